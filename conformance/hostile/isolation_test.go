package hostile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/throttle"
	"github.com/causeway-pay/causeway/switch/route"
)

// measureSeconds names how long each part of the measurement takes; unset means
// that nothing is measured, because a figure of a busy machine is no proof.
const measureSeconds = "CAUSEWAY_TEST_ISOLATION_SECONDS"

// Rates of the measurement, a second: what a small machine carries with RSA
// signatures beside the partners and the database.
const (
	victimRate = 20
	silentRate = 50
)

// rounds are how often the payments are measured alone and disturbed, in turn, so that
// what else the machine does falls on both.
const rounds = 3

// TestIsolation measures how long one acquirer's payments take alone, while another
// acquirer's wallet is silent, and while that acquirer asks 10,000 times as fast as it
// can. It reports; what it asserts is only that every payment of the first succeeds.
func TestIsolation(t *testing.T) {
	seconds, err := strconv.Atoi(os.Getenv(measureSeconds))
	if err != nil || seconds < 1 {
		t.Skip("set " + measureSeconds + " to measure")
	}
	s := stagetest.Open(t, stage.Options{})
	w := &world{caller: newCaller(t, s)}
	w.client.Transport = &http.Transport{MaxIdleConnsPerHost: 1024}
	w.limit(t)
	w.victim(t, "warming up", 4)
	for _, disturbance := range []struct {
		name    string
		disturb func(t *testing.T, seconds int, held *sync.WaitGroup)
	}{
		{"another's wallet is silent", w.silence}, {"another asks 10,000 times", w.flood},
	} {
		var alone, disturbed []took
		for range rounds {
			alone = append(alone, w.victim(t, "alone", seconds))
			var disturbing, held sync.WaitGroup
			disturbing.Go(func() { disturbance.disturb(t, seconds, &held) })
			disturbed = append(disturbed, w.victim(t, disturbance.name, seconds))
			disturbing.Wait()
			held.Wait()
		}
		before, during := median(alone), median(disturbed)
		t.Logf("%-30s medians of %d rounds: p50 %+d %%, p99 %+d %%", disturbance.name, rounds,
			(during.p50-before.p50)*100/before.p50, (during.p99-before.p99)*100/before.p99)
	}
}

// took is how long payments took.
type took struct{ p50, p99 time.Duration }

// median is the middle of each figure.
func median(all []took) took {
	middle := func(of func(took) time.Duration) time.Duration {
		var figures []time.Duration
		for _, one := range all {
			figures = append(figures, of(one))
		}
		slices.Sort(figures)
		return figures[len(figures)/2]
	}
	return took{middle(func(t took) time.Duration { return t.p50 }), middle(func(t took) time.Duration { return t.p99 })}
}

// limit gives the other acquirer and its wallet a contract that fits the machine.
// The hub follows within its polling, while the measurement warms up.
func (w *world) limit(t *testing.T) {
	t.Helper()
	err := w.stage.Pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		limits := throttle.Limits{PerSecond: 60, Burst: 60, AtOnce: 16}
		if err := route.SetLimits(ctx, tx, merlion, limits, throttle.Limits{}); err != nil {
			return err
		}
		return route.SetLimits(ctx, tx, luzon, throttle.Limits{}, limits)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// victim pays regularly and returns the times, from when each was due.
func (w *world) victim(t *testing.T, name string, seconds int) took {
	t.Helper()
	count := seconds * victimRate
	orders := make([]*http.Request, count)
	codes := w.manyCodes(t, harbour, stage.Regular+"-0", count)
	for i, code := range codes {
		orders[i] = w.build(t, envelope{partner: sakura, path: alipayplus.PathPay, body: w.order(t, code).text(t)})
	}
	times := make([]time.Duration, count)
	var group sync.WaitGroup
	start := time.Now()
	for i, order := range orders {
		due := start.Add(time.Duration(i) * time.Second / victimRate)
		group.Go(func() {
			time.Sleep(time.Until(due))
			status, body := w.raw(order)
			times[i] = time.Since(due)
			if status != http.StatusOK || !bytes.Contains(body, []byte(`"SUCCESS"`)) {
				t.Errorf("%s: %d %s", name, status, body)
			}
		})
	}
	group.Wait()
	slices.Sort(times)
	p99 := times[len(times)*99/100]
	t.Logf("%-30s %d payments: p50 %v, p99 %v, most %v", name, count, times[count/2].Round(time.Millisecond),
		p99.Round(time.Millisecond), times[count-1].Round(time.Millisecond))
	return took{times[count/2], p99}
}

// silence lets another acquirer pay with codes of a wallet that never answers.
func (w *world) silence(t *testing.T, seconds int, held *sync.WaitGroup) {
	codes := w.manyCodes(t, luzon, stage.Silent, seconds*silentRate)
	elsewhere := strings.NewReplacer(`"JPY"`, `"SGD"`, `"JP"`, `"SG"`)
	ticker := time.NewTicker(time.Second / silentRate)
	defer ticker.Stop()
	for _, code := range codes {
		<-ticker.C
		order := w.build(t, envelope{
			partner: merlion, path: alipayplus.PathPay, body: elsewhere.Replace(w.order(t, code).text(t)),
		})
		held.Go(func() { w.raw(order) })
	}
}

// flood lets another acquirer send one signed inquiry 10,000 times.
func (w *world) flood(t *testing.T, _ int, held *sync.WaitGroup) {
	honest := w.build(t, envelope{
		partner: merlion, path: alipayplus.PathInquiryPayment, body: `{"paymentRequestId":"NOBODYS"}`,
	})
	answers := map[int]int{}
	var mu sync.Mutex
	for range 50 {
		held.Go(func() {
			for range 200 {
				status, _ := w.raw(repeat(t, honest))
				mu.Lock()
				answers[status]++
				mu.Unlock()
			}
		})
	}
	start := time.Now()
	held.Wait()
	t.Logf("the flood took %v: answers by HTTP status %v", time.Since(start).Round(time.Millisecond), answers)
}

// manyCodes lets a wallet fetch payment codes, ten at a time.
func (w *world) manyCodes(t *testing.T, wallet, customer string, count int) []string {
	t.Helper()
	var all []string
	for len(all) < count {
		request := w.build(t, envelope{partner: wallet, path: alipayplus.PathGetPaymentCode, body: `{"customerId":"` +
			customer + `","codeQuantity":"10","customerName":{"fullName":"Wander ` + w.next("W") + `"}}`})
		_, body := w.raw(request)
		var codes alipayplus.CodeAnswer
		if err := json.Unmarshal(body, &codes); err != nil || len(codes.Codes) == 0 {
			t.Errorf("no code: %s", body)
			return all
		}
		for _, code := range codes.Codes {
			all = append(all, code.PaymentCode)
		}
	}
	return all[:count]
}

// raw sends a request and returns what came back; 0 for nothing.
func (w *world) raw(request *http.Request) (status int, body []byte) {
	response, err := w.client.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	if err != nil {
		return 0, nil
	}
	return response.StatusCode, body
}
