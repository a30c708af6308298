package connectortest

import (
	"bytes"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// bench is a connector under examination before a fresh hub.
type bench struct {
	Protocol
	hub  *Hub
	host string
}

func newBench(t *testing.T, protocol Protocol) bench {
	hub := NewHub()
	return bench{protocol, hub, protocol.Serve(t, hub)}
}

func (b bench) pay(t *testing.T, key string) Request {
	return b.Request(t, b.Acquirer, Pay, Subject{Key: key, Minor: 1500})
}

func (b bench) send(t *testing.T, request Request) Outcome {
	t.Helper()
	return exchange(t, b.Protocol, b.host, request)
}

func inbound(t *testing.T, protocol Protocol) {
	for name, examine := range map[string]func(*testing.T, bench){
		"every verb reaches the hub":             everyVerb,
		"a repetition executes once":             duplicates,
		"a request id keeps its fields":          inconsistent,
		"forged requests do not reach the hub":   forgeries,
		"malformed bodies do not reach the hub":  malformed,
		"roles are kept apart":                   roles,
		"foreign and unknown payments look same": foreign,
		"failures of the hub stay open":          hubFailures,
	} {
		t.Run(name, func(t *testing.T) { examine(t, newBench(t, protocol)) })
	}
}

func everyVerb(t *testing.T, b bench) {
	steps := []struct {
		from  connectors.Participant
		verb  Verb
		about Subject
	}{
		{b.Acquirer, Pay, Subject{Key: "P-1", Minor: 1500}},
		{b.Acquirer, Inquire, Subject{Key: "P-1"}},
		{b.Acquirer, Return, Subject{Key: "R-1", Payment: "P-1", Minor: 500}},
		{b.Acquirer, Cancel, Subject{Key: "P-1"}},
		{b.Wallet, IssueCodes, Subject{Key: "payer"}},
		{b.Wallet, Confirm, Subject{Key: "U-1", Minor: 1500}},
		{b.Wallet, Price, Subject{}},
		{b.Wallet, Identify, Subject{Key: "HTTPS://CODES.EXAMPLE/1"}},
		{b.Acquirer, Consult, Subject{}},
		{b.Acquirer, ConfirmPush, Subject{Key: "P-1"}},
		{b.Acquirer, Prepare, Subject{Key: "A-1"}},
		{b.Wallet, Told, Subject{Key: "A-1"}},
		{b.Acquirer, Apply, Subject{Key: "A-1"}},
		{b.Acquirer, Revoke, Subject{Key: "A-1"}},
		{b.Acquirer, Declare, Subject{Key: "D-1", Payment: "P-1", Minor: 100}},
		{b.Acquirer, Declarations, Subject{Key: "D-1"}},
	}
	seen := 0
	for _, step := range steps {
		if !b.has(step.verb) {
			continue
		}
		request := b.Request(t, step.from, step.verb, step.about)
		outcome := b.send(t, request)
		if !outcome.Genuine || !outcome.Accepted {
			t.Errorf("%s: %+v", step.verb, outcome)
		}
		calls := b.hub.Calls()
		if len(calls) != seen+1 || calls[seen].Verb != step.verb || calls[seen].From != step.from.ID {
			t.Fatalf("%s: the hub saw %d calls", step.verb, len(calls))
		}
		if !step.verb.asks() {
			onRecord(t, step.verb, request, calls[seen].Words())
		}
		seen++
	}
}

// onRecord checks that a call can be put on record: named, as received, with an
// answer to every outcome that is never the same for a success and a failure.
func onRecord(t *testing.T, verb Verb, request Request, words connectors.Words) {
	t.Helper()
	if words.Operation == "" || !bytes.Equal(words.Received, request.Body) {
		t.Errorf("%s: %q on record with %q, received %q", verb, words.Operation, words.Received, request.Body)
	}
	failure := words.Reply(connectors.Outcome{Err: reason.New(reason.Closed, "hub", "")})
	success := words.Reply(connectors.Outcome{Payment: settled(connectors.Participant{}, connectors.Order{})})
	if len(failure) == 0 || len(success) == 0 || bytes.Equal(failure, success) {
		t.Errorf("%s: would be answered %q and %q", verb, success, failure)
	}
}

// duplicates sends the same bytes many times at once.
func duplicates(t *testing.T, b bench) {
	request := b.pay(t, "P-1")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if outcome := b.send(t, request); !outcome.Genuine || !outcome.Accepted {
				t.Errorf("a repetition was answered %+v", outcome)
			}
		})
	}
	group.Wait()
	want := 1
	if b.has(IssueCodes) {
		codes := b.Request(t, b.Wallet, IssueCodes, Subject{Key: "payer"})
		b.send(t, codes)
		b.send(t, codes)
		want++
	}
	if executed := b.hub.Executed(); executed != want {
		t.Errorf("%d payments and codes were asked for, %d executed", want, executed)
	}
}

func inconsistent(t *testing.T, b bench) {
	b.send(t, b.pay(t, "P-1"))
	other := b.Request(t, b.Acquirer, Pay, Subject{Key: "P-1", Minor: 1501})
	if outcome := b.send(t, other); !outcome.Genuine || outcome.Accepted {
		t.Errorf("another amount under the same id: %+v", outcome)
	}
	if executed := b.hub.Executed(); executed != 1 {
		t.Errorf("%d payments executed", executed)
	}
}

func forgeries(t *testing.T, b bench) {
	seen := make(map[Forgery]string)
	for _, forgery := range []Forgery{OtherKey, OtherVersion, OtherClient, OldTime, NoSignature} {
		request := b.Forge(t, b.Acquirer, b.pay(t, "P-1"), forgery)
		outcome := b.send(t, request)
		if !outcome.Genuine || outcome.Accepted {
			t.Errorf("forgery %d: %+v", forgery, outcome)
		}
		seen[forgery] = outcome.Code
	}
	if calls := b.hub.Calls(); len(calls) != 0 {
		t.Errorf("the hub saw %d forged calls", len(calls))
	}
	if seen[OtherKey] == seen[OtherVersion] || seen[OtherKey] == seen[OtherClient] {
		t.Errorf("operators cannot tell forgeries apart: %v", seen)
	}
}

// malformed signs what cannot be read: the signature is genuine, the message is
// not.
func malformed(t *testing.T, b bench) {
	genuine := b.pay(t, "P-1")
	for name, body := range map[string][]byte{
		"empty":     {},
		"garbage":   []byte("\x00\xff not a message"),
		"cut":       genuine.Body[:len(genuine.Body)/2],
		"twice":     append(bytes.Clone(genuine.Body), genuine.Body...),
		"oversized": append(bytes.Clone(genuine.Body), bytes.Repeat([]byte(" "), b.BodyMost)...),
	} {
		request := genuine
		request.Body = body
		if outcome := b.send(t, b.Sign(t, b.Acquirer, request)); !outcome.Genuine || outcome.Accepted {
			t.Errorf("%s: %+v", name, outcome)
		}
	}
	short := genuine
	short.Body, short.Length = genuine.Body[:10], len(genuine.Body)
	if outcome := b.send(t, short); outcome.Accepted {
		t.Errorf("a body that broke off was accepted: %+v", outcome)
	}
	if calls := b.hub.Calls(); len(calls) != 0 {
		t.Errorf("the hub saw %d malformed calls", len(calls))
	}
}

func roles(t *testing.T, b bench) {
	for _, step := range []struct {
		from connectors.Participant
		verb Verb
	}{
		{b.Acquirer, IssueCodes}, {b.Acquirer, Scanned}, {b.Acquirer, Confirm}, {b.Acquirer, Price},
		{b.Acquirer, Identify},
		{b.Wallet, Pay}, {b.Wallet, Inquire}, {b.Wallet, Cancel}, {b.Wallet, Return}, {b.Wallet, Consult},
		{b.Wallet, ConfirmPush}, {b.Wallet, Prepare}, {b.Wallet, Apply}, {b.Wallet, Revoke}, {b.Acquirer, Told},
		{b.Wallet, Declare}, {b.Wallet, Declarations},
	} {
		request := b.Request(t, step.from, step.verb, Subject{Key: "K-1", Payment: "P-1", Minor: 1500})
		if outcome := b.send(t, request); !outcome.Genuine || outcome.Accepted {
			t.Errorf("%s by %s: %+v", step.verb, step.from.Role, outcome)
		}
	}
	if calls := b.hub.Calls(); len(calls) != 0 {
		t.Errorf("the hub saw %d calls in the wrong role", len(calls))
	}
}

func foreign(t *testing.T, b bench) {
	b.send(t, b.pay(t, "P-1"))
	for _, verb := range []Verb{Inquire, Cancel, Return} {
		about := func(payment string) Subject {
			if verb == Return {
				return Subject{Key: "R-1", Payment: payment, Minor: 1}
			}
			return Subject{Key: payment}
		}
		theirs := b.send(t, b.Request(t, b.Stranger, verb, about("P-1")))
		nobodys := b.send(t, b.Request(t, b.Stranger, verb, about("P-2")))
		if theirs != nobodys || theirs.Accepted || !theirs.Genuine {
			t.Errorf("%s: foreign %+v, unknown %+v", verb, theirs, nobodys)
		}
	}
}

// hubFailures: what failed inside must not read as a refusal, or the partner
// would believe that nothing happened.
func hubFailures(t *testing.T, b bench) {
	b.hub.FailWith(reason.New(reason.Unknown, "hub", "secret detail"))
	failed := b.send(t, b.pay(t, "P-1"))
	if !failed.Genuine || !failed.Accepted {
		t.Errorf("a failure inside was answered %+v", failed)
	}
	b.hub.FailWith(nil)
	if outcome := b.send(t, b.pay(t, "P-1")); !outcome.Accepted {
		t.Errorf("the repetition was answered %+v", outcome)
	}
}
