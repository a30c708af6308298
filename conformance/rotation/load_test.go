package rotation_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// underWayMost bounds the payments that are made at once. On a machine that is too
// slow for the rate the rest is not begun, and the rate that was reached is told.
const underWayMost = 128

// load is travellers who pay at shops, at a rate.
type load struct {
	t      *testing.T
	stage  *stage.Stage
	client *http.Client
	stop   func()
	began  time.Time

	mu     sync.Mutex
	stock  map[string][]string // codes of each wallet that are not used yet; guarded by mu
	wrong  map[string]int      // guarded by mu
	signed map[string]bool     // versions that the hub signed with; guarded by mu
	paid   int                 // guarded by mu
	missed int                 // guarded by mu
	took   time.Duration       // guarded by mu
}

func startLoad(t *testing.T, s *stage.Stage, rate int) *load {
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{
		t: t, stage: s, began: time.Now(), stock: map[string][]string{}, wrong: map[string]int{}, signed: map[string]bool{},
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: underWayMost}},
	}
	var running sync.WaitGroup
	running.Go(func() { l.begin(ctx, rate) })
	running.Go(func() { l.watchVersions(ctx) })
	l.stop = sync.OnceFunc(func() { cancel(); running.Wait(); l.client.CloseIdleConnections() })
	t.Cleanup(l.stop)
	return l
}

// begin begins payments at the rate, and waits for those under way at the end.
func (l *load) begin(ctx context.Context, rate int) {
	ticker := time.NewTicker(time.Second / time.Duration(rate))
	defer ticker.Stop()
	slots := make(chan struct{}, underWayMost)
	var payments sync.WaitGroup
	defer payments.Wait()
	defer func() { l.mu.Lock(); l.took = time.Since(l.began); l.mu.Unlock() }()
	for number := 0; ; number++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		select {
		case slots <- struct{}{}:
			payments.Go(func() { l.pay(number); <-slots })
		default:
			l.mu.Lock()
			l.missed++
			l.mu.Unlock()
		}
	}
}

var shops = []struct{ acquirer, currency string }{{"JP-SAKURA", "JPY"}, {"SG-MERLION", "SGD"}}

// pay makes one payment, which must be answered by success, signed.
func (l *load) pay(number int) {
	wallet := stage.Cast()[2+number%3].ID
	code, err := l.code(wallet, fmt.Sprintf("%s-%d", stage.Regular, number%stage.RegularCustomers))
	if err != nil {
		l.note(fmt.Sprintf("%s has no code: %v", wallet, err))
		return
	}
	shop := shops[number%len(shops)]
	outcome, err := l.control(shop.acquirer).Pay(l.t.Context(), sandbox.PayOrder{
		RequestID: fmt.Sprintf("ROTATION-%d", number), Code: code,
		Amount: "100", Currency: shop.currency,
	})
	switch {
	case err != nil:
		l.note(err.Error())
	case outcome.Error != "":
		l.note(outcome.Error)
	case outcome.Answer.Result.Status != "S":
		l.note(outcome.Answer.Result.Code)
	default:
		l.mu.Lock()
		l.paid++
		l.mu.Unlock()
	}
}

// code is a fresh payment code of a wallet, which fetches ten at a time as wallets do: a
// payment then costs three messages and a tenth.
func (l *load) code(wallet, customer string) (string, error) {
	if code, found := l.fromStock(wallet); found {
		return code, nil
	}
	codes, err := l.control(wallet).Codes(l.t.Context(), sandbox.CodeOrder{Customer: customer, Quantity: 10})
	if err != nil {
		return "", err
	}
	if len(codes.Codes) == 0 {
		return "", errors.New(codes.Result.Code)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, more := range codes.Codes[1:] {
		l.stock[wallet] = append(l.stock[wallet], more.PaymentCode)
	}
	return codes.Codes[0].PaymentCode, nil
}

// fromStock takes the code of a wallet that was fetched last: it is good for longest.
func (l *load) fromStock(wallet string) (code string, found bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	stock := l.stock[wallet]
	if len(stock) == 0 {
		return "", false
	}
	l.stock[wallet] = stock[:len(stock)-1]
	return stock[len(stock)-1], true
}

func (l *load) control(partner string) *sandbox.Control {
	control := l.stage.Control(partner)
	control.Client = l.client
	return control
}

// watchVersions notes which versions the hub signs with: its answers to a client
// that nobody knows are signed too.
func (l *load) watchVersions(ctx context.Context) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for ctx.Err() == nil {
		version, err := l.version(l.t.Context())
		if err != nil {
			l.note(err.Error())
		} else {
			l.mu.Lock()
			l.signed[version] = true
			l.mu.Unlock()
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

func (l *load) version(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.stage.PartnersURL()+alipayplus.PathPay,
		bytes.NewReader([]byte(`{}`)))
	if err != nil {
		return "", err
	}
	request.Header.Set("Client-Id", "NOBODY")
	answer, err := l.client.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return "", err
	}
	signature, err := alipayplus.ParseSignature(answer.Header.Get("Signature"))
	return fmt.Sprint(signature.KeyVersion), err
}

func (l *load) pause(length time.Duration) {
	select {
	case <-l.t.Context().Done():
	case <-time.After(length):
	}
}

func (l *load) note(problem string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong[problem]++
}

func (l *load) problems() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.wrong)
}

func (l *load) versions() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.signed)
}

func (l *load) summary() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("%d payments in %s (%.0f a second, %d not begun), signed with %d versions",
		l.paid, l.took.Round(time.Second), float64(l.paid)/l.took.Seconds(), l.missed, len(l.signed))
}
