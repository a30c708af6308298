package crash_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
)

var wallets = []string{"HK-HARBOUR", "PH-LUZON", "KR-HANGANG"}

// shop is an acquirer with the currency of its tills.
type shop struct{ acquirer, currency string }

var shops = []shop{{"JP-SAKURA", "JPY"}, {"SG-MERLION", "SGD"}}

// said is one answer that an acquirer got.
type said struct {
	verb, acquirer, requestID, code, status, paymentID string
}

// traffic is partners that go on paying whatever happens to the hub. Like real
// ones they repeat a request, byte for byte the same but for its time and
// signature, until they get an answer.
type traffic struct {
	t      *testing.T
	stage  *stage.Stage
	client *http.Client
	cancel context.CancelFunc
	ctx    context.Context // ends when no new payment may begin
	tills  sync.WaitGroup

	mu      sync.Mutex
	answers []said         // guarded by mu
	counts  map[string]int // guarded by mu
}

func startTraffic(t *testing.T, s *stage.Stage, seed uint64) *traffic {
	ctx, cancel := context.WithCancel(t.Context())
	tr := &traffic{
		t: t, stage: s, ctx: ctx, cancel: cancel, counts: map[string]int{},
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
	for number := range tills * len(shops) {
		tr.tills.Go(func() {
			till := &till{traffic: tr, shop: shops[number%len(shops)], number: number,
				random: rand.New(rand.NewPCG(seed, uint64(number)+1))}
			till.work()
		})
	}
	t.Cleanup(tr.stop)
	return tr
}

// stop lets every till finish what it began.
func (tr *traffic) stop() {
	tr.cancel()
	tr.tills.Wait()
}

func (tr *traffic) control(partner string) *sandbox.Control {
	control := tr.stage.Control(partner)
	control.Client = tr.client
	return control
}

func (tr *traffic) count(what string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.counts[what]++
}

func (tr *traffic) heard(answer said) {
	tr.count(answer.verb + " " + answer.code)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.answers = append(tr.answers, answer)
}

func (tr *traffic) summary() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return fmt.Sprint(tr.counts)
}

// till makes one payment after the other.
type till struct {
	*traffic
	shop
	number   int
	payments int
	random   *rand.Rand
}

func (l *till) work() {
	for l.ctx.Err() == nil {
		l.payments++
		requestID := fmt.Sprintf("TILL-%d-%d", l.number, l.payments)
		switch {
		case l.chance(15):
			l.orderCode(requestID)
		default:
			l.paymentCode(requestID)
		}
		pause(l.ctx, between(l.random, 0, 150*time.Millisecond))
	}
}

// chance is true so many times in a hundred.
func (l *till) chance(percent int) bool { return l.random.IntN(100) < percent }

// customer is mostly one without trouble.
func (l *till) customer() string {
	hard := []string{stage.Poor, stage.Silent, stage.SilentDebited, slow, slow, later, double}
	if l.chance(30) {
		return hard[l.random.IntN(len(hard))]
	}
	return fmt.Sprintf("%s-%d", stage.Regular, l.random.IntN(stage.RegularCustomers))
}

func (l *till) amount() string { return fmt.Sprint(300 + l.random.IntN(3000)) }

// answerWait is how long a till asks for an answer. A hub is up again within a
// second or two.
const answerWait = time.Minute

// insist repeats a call until it has an answer.
func (l *till) insist(what string, call func() (answered bool)) bool {
	deadline := time.Now().Add(answerWait)
	for try := 1; ; try++ {
		if call() {
			return true
		}
		l.count("unanswered " + what)
		if time.Now().After(deadline) {
			l.t.Errorf("%s got no answer for %s, %d times", what, answerWait, try)
			return false
		}
		// The test's own context: what was begun is finished after the stop.
		pause(l.t.Context(), time.Duration(50+25*min(try, 8))*time.Millisecond)
		if l.t.Context().Err() != nil {
			return false
		}
	}
}

// unknown is an answer that promises nothing: the hub could not find out, and the request
// is to be repeated.
func unknown(result alipayplus.Result) bool { return result.Code == "UNKNOWN_EXCEPTION" }

func (l *till) paymentCode(requestID string) {
	wallet, customer := wallets[l.random.IntN(len(wallets))], l.customer()
	var code string
	fetched := l.insist("getPaymentCode", func() bool {
		got, err := l.control(wallet).Codes(l.t.Context(), sandbox.CodeOrder{Customer: customer})
		if err != nil || len(got.Codes) != 1 {
			return false
		}
		code = got.Codes[0].PaymentCode
		return true
	})
	if !fetched {
		return
	}
	order := sandbox.PayOrder{RequestID: requestID, Code: code, Amount: l.amount(), Currency: l.currency}
	copies := 1
	if l.chance(20) {
		copies += 1 + l.random.IntN(3)
	}
	results := make([]alipayplus.PayAnswer, copies)
	var wg sync.WaitGroup
	for i := range copies {
		wg.Go(func() { results[i] = l.pay(order) })
	}
	wg.Wait()
	l.afterwards(requestID, results[0])
}

// pay takes a payment, again and again until there is an answer.
func (l *till) pay(order sandbox.PayOrder) (answer alipayplus.PayAnswer) {
	l.insist("pay", func() bool {
		outcome, err := l.control(l.acquirer).Pay(l.t.Context(), order)
		if err != nil || outcome.Error != "" || unknown(outcome.Answer.Result) {
			return false
		}
		answer = outcome.Answer
		l.heard(said{"pay", l.acquirer, order.RequestID, answer.Result.Code, answer.Result.Status, answer.PaymentID})
		return true
	})
	return answer
}

// orderCode shows an order that a payer scans, and sometimes nobody does.
func (l *till) orderCode(requestID string) {
	wallet, customer := wallets[l.random.IntN(len(wallets))], l.customer()
	shown := l.pay(sandbox.PayOrder{RequestID: requestID, Amount: l.amount(), Currency: l.currency, ExpiresInSeconds: 5})
	if shown.OrderCodeForm == nil || l.chance(15) {
		return
	}
	order := sandbox.ScanOrder{
		CodeValue: shown.OrderCodeForm.CodeDetails[0].CodeValue, Customer: customer, Confirm: true,
	}
	l.insist("userInitiatedPay", func() bool {
		scan, err := l.control(wallet).Scan(l.t.Context(), order)
		if err != nil {
			return false
		}
		l.count("scan " + scan.Shown.Result.Code)
		return true
	})
}

// afterwards undoes some payments wholly or in part.
func (l *till) afterwards(requestID string, answer alipayplus.PayAnswer) {
	named := sandbox.NamedPayment{RequestID: requestID}
	switch {
	case l.chance(6):
		l.insist("cancelPayment", func() bool {
			outcome, err := l.control(l.acquirer).Cancel(l.t.Context(), named)
			if err != nil || outcome.Error != "" || unknown(outcome.Answer.Result) {
				return false
			}
			result := outcome.Answer.Result
			l.heard(said{"cancel", l.acquirer, requestID, result.Code, result.Status, ""})
			return true
		})
	case answer.Result.Status == "S" && l.chance(10):
		refund := sandbox.RefundOrder{
			NamedPayment: named, RefundID: "BACK-" + requestID, Amount: fmt.Sprint(1 + l.random.IntN(300)), Currency: l.currency,
		}
		l.insist("refund", func() bool {
			outcome, err := l.control(l.acquirer).Refund(l.t.Context(), refund)
			if err != nil || outcome.Error != "" || unknown(outcome.Answer.Result) {
				return false
			}
			result := outcome.Answer.Result
			l.heard(said{"refund", l.acquirer, refund.RefundID, result.Code, result.Status, outcome.Answer.RefundID})
			return true
		})
	}
}
