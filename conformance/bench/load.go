package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/openssl"
	"github.com/causeway-pay/causeway/internal/reason"
)

// call is what became of one request. Times are microseconds since the beginning.
type call struct {
	due, sent, ended int64
	// timing is the number of the wallet's timing, -1 without one.
	timing int
	said   said
}

// said is how a request ended for the acquirer.
type said byte

const (
	notSent said = '-'
	paid    said = 'S'
	refused said = 'F'
	pending said = 'U'
	busy    said = 'B'
	failed  said = 'E'
)

// generator carries out a plan.
type generator struct {
	plan     Plan
	clock    clock.Clock
	verifier keys.Verifier
	requests [][]byte
	calls    []call
	start    time.Time
	next     atomic.Int64
	falsely  atomic.Int64 // answers whose signature does not fit
	// turned is what a hub said that had no time, the same bytes for everybody.
	turned atomic.Pointer[[]byte]
}

// RunLoad carries out the plan in a file.
func RunLoad(ctx context.Context, path string) error {
	g := &generator{clock: clock.System{}}
	if err := readFile(path, &g.plan); err != nil {
		return err
	}
	library, err := openssl.Choose(g.plan.Library)
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	g.verifier = keys.NewPublishedWith(library, keys.Table(map[string]map[int]string{hubName: {1: g.plan.HubKey}}))
	if g.requests, err = g.plan.sign(ctx, g.clock); err != nil {
		return err
	}
	g.calls = make([]call, len(g.requests))
	for i := range g.calls {
		g.calls[i] = call{timing: -1, said: notSent}
	}
	// All are signed. Sending needs a part of one processor, and a second one would be woken
	// for each answer while it is somebody else's.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	g.start = g.clock.Now().Add(lead)
	if err := writeFile(g.plan.Ready, g.start); err != nil {
		return err
	}
	sleepUntil(ctx, g.clock, g.start)
	if g.plan.Rate > 0 {
		g.open(ctx)
	} else {
		g.closed(ctx)
	}
	spans, err := fetchTimings(ctx, g.plan.Control)
	if err != nil {
		return err
	}
	outcome := summarise(g.plan, g.calls, spans)
	outcome.FalseSignatures = g.falsely.Load()
	return writeFile(g.plan.Result, outcome)
}

func sleepUntil(ctx context.Context, c clock.Clock, at time.Time) {
	timer := time.NewTimer(at.Sub(c.Now()))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// closed keeps every connection busy until the time is over or all is sent.
func (g *generator) closed(ctx context.Context) {
	end := g.start.Add(g.plan.Duration)
	var workers sync.WaitGroup
	for range g.plan.Connections {
		workers.Go(func() {
			c := g.connection()
			defer c.close()
			for ctx.Err() == nil && g.clock.Now().Before(end) {
				i := int(g.next.Add(1)) - 1
				if i >= len(g.requests) {
					return
				}
				g.calls[i].due = g.since()
				g.send(ctx, c, i)
			}
		})
	}
	workers.Wait()
}

// open sends each request when it is due, on a connection that is free, on a new one
// if none is, and late if there may be no more.
func (g *generator) open(ctx context.Context) {
	arrivals, _ := g.plan.arrivals()
	pool := newWorkers(g.plan.Connections, func() (func(int), func()) {
		c := g.connection()
		return func(i int) { g.send(ctx, c, i) }, c.close
	})
	for i, due := range arrivals {
		if ctx.Err() != nil {
			break
		}
		g.calls[i].due = due.Microseconds()
		if wait := due - g.clock.Now().Sub(g.start); wait > 0 {
			time.Sleep(wait)
		}
		pool.give(i)
	}
	pool.finish()
}

func (g *generator) connection() *connection {
	return &connection{address: g.plan.Hub, patient: patience}
}

// patience is how long an acquirer waits for an answer, as partners' clients do.
const patience = 15 * time.Second

func (g *generator) since() int64 { return g.clock.Now().Sub(g.start).Microseconds() }

// verifyEach is which answers are verified, every one of so many: an acquirer would
// verify all, but its processor time is not what is measured.
const verifyEach = 64

// send makes one call and writes down what became of it.
func (g *generator) send(ctx context.Context, c *connection, i int) {
	record := &g.calls[i]
	record.sent = g.since()
	answer, err := c.exchange(g.requests[i])
	record.ended = g.since()
	switch {
	case err != nil:
		record.said = failed
		return
	case answer.status == 503:
		record.said = busy
		return
	case answer.status != 200:
		record.said = failed
		return
	}
	record.said, record.timing = g.read(answer.body)
	if i%verifyEach == 0 && !g.genuine(ctx, i, answer) {
		g.falsely.Add(1)
	}
}

// read reads what a payment came to. What turned another request away is not taken apart
// again, so that refusals cost the generator no more than they must.
func (g *generator) read(body []byte) (said, int) {
	if known := g.turned.Load(); known != nil && bytes.Equal(*known, body) {
		return busy, -1
	}
	said, timing := read(body)
	if said == busy {
		body = bytes.Clone(body)
		g.turned.Store(&body)
	}
	return said, timing
}

// read reads what a payment came to.
func read(body []byte) (said, int) {
	var message struct {
		Result        alipayplus.Result `json:"result"`
		WalletPayment string            `json:"mppPaymentId"`
	}
	if err := json.Unmarshal(body, &message); err != nil {
		return failed, -1
	}
	timing, measured := timingOf(message.WalletPayment)
	if !measured {
		timing = -1
	}
	switch {
	case message.Result.Code == reason.Busy.Codes().APS:
		return busy, -1
	case message.Result.Status == "S":
		return paid, timing
	case message.Result.Status == "F":
		return refused, timing
	case message.Result.Status == "U":
		return pending, timing
	default:
		return failed, -1
	}
}

// genuine verifies an answer as an acquirer does.
func (g *generator) genuine(ctx context.Context, i int, answer reply) bool {
	signature, err := alipayplus.ParseSignature(answer.signature)
	clientID := g.plan.Acquirers[g.plan.Payments[i].Acquirer].ClientID
	signed := alipayplus.SigningString("POST", alipayplus.PathPay, clientID, answer.time, answer.body)
	return err == nil && answer.clientID == clientID &&
		g.verifier.Verify(ctx, hubName, signature.KeyVersion, signed, signature.Value) == nil
}
