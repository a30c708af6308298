package engine_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
	"github.com/causeway-pay/causeway/switch/route"
)

// acquirer is an acquirer's side that refuses notifications at first.
type acquirer struct {
	mu     sync.Mutex
	refuse int
	told   []connectors.Payment
	tries  int
}

// Notify implements connectors.Acquirer.
func (a *acquirer) Notify(_ context.Context, _ connectors.Participant, p connectors.Payment) connectors.Answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tries++
	if a.tries <= a.refuse {
		return connectors.Answer{Sent: []byte("told"), Err: errors.New("connection refused")}
	}
	a.told = append(a.told, p)
	return connectors.Answer{Decision: connectors.Accepted, Sent: []byte("told"), Received: []byte("heard")}
}

func (a *acquirer) Order(
	context.Context, connectors.Participant, connectors.OrderRequest,
) (connectors.Order, connectors.Answer) {
	return connectors.Order{}, connectors.Answer{Err: errors.New("no codes of its own")}
}

func (a *acquirer) Push(context.Context, connectors.Participant, connectors.Payment) connectors.Answer {
	return connectors.Answer{Err: errors.New("no push")}
}

func (a *acquirer) InquirePush(context.Context, connectors.Participant, connectors.Payment) connectors.Answer {
	return connectors.Answer{Err: errors.New("no push")}
}

func (a *acquirer) counts() (tries, told int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tries, len(a.told)
}

// notifying runs relay and notifier of the hub on a real broker.
func (h *hub) notifying(to *acquirer, schedule ...time.Duration) {
	h.t.Helper()
	logger := slog.New(slog.DiscardHandler)
	broker, err := bus.Open(h.t.Context(), bus.Options{Dir: h.t.TempDir(), Logger: logger})
	if err != nil {
		h.t.Fatal(err)
	}
	relay := outbox.NewRelay(h.pool, broker, h.clock, logger, outbox.Options{
		Stream: bus.StreamOptions{Name: engine.Stream, Subjects: engine.StreamSubjects()}, Region: region,
		Poll: 10 * time.Millisecond,
	})
	h.Acquirers = map[string]connectors.Acquirer{"scripted": to}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := relay.Run(ctx); err != nil && ctx.Err() == nil {
			h.t.Error(err)
		}
	})
	consumer := engine.NewNotifier(h.Engine, broker, schedule).Start(ctx, "JP-ACQUIRER")
	h.t.Cleanup(func() {
		cancel()
		consumer.Wait()
		wg.Wait()
		broker.Close()
	})
}

// eventually polls until a condition holds.
func (h *hub) eventually(what string, holds func() bool) {
	h.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !holds() {
		if time.Now().After(deadline) {
			h.t.Fatalf("not within a minute: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// TestNotification: the acquirer is told the final state, again until it
// confirms, and only for final states.
func TestNotification(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		to := &acquirer{refuse: 2}
		h.notifying(to, 10*time.Millisecond, 10*time.Millisecond, 10*time.Millisecond)
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		h.eventually("the acquirer confirms", func() bool {
			file, err := engine.Open(t.Context(), h.pool, paid.ID)
			return err == nil && file.Notified
		})
		tries, told := to.counts()
		if tries != 3 || told != 1 {
			t.Errorf("%d tries, told %d times", tries, told)
		}
		if p := to.told[0]; p.ID != paid.ID || p.Status != iso20022.Completed || p.NotifyURL == "" {
			t.Errorf("told %s %s at %q", p.ID, p.Status, p.NotifyURL)
		}
	})
}

// TestToldByItsAnswer: an acquirer whose contract says so is notified of those final states
// alone that no answer of its own pay has told it.
func TestToldByItsAnswer(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		all := participants()
		all[0].Notices = route.NoticesUntold
		h.directory = route.NewDirectory(all, corridors())
		to := &acquirer{}
		h.notifying(to)
		later := says(connectors.Accepted)
		for _, c := range []struct {
			name   string
			wallet func(string) connectors.Answer
			minor  int64
			state  payment.State
			told   bool
		}{
			{"posted", says(connectors.Accepted), 1500, payment.Posted, true},
			{"declined", says(connectors.Declined), 1500, payment.Declined, true},
			{"rejected", says(connectors.Accepted), 2_000_000, payment.Rejected, true},
			{"unknown", nil, 1500, payment.Unresolved, false},
		} {
			h.wallet.pay, h.wallet.inquire = c.wallet, later
			answered, err := h.pay("PR-"+c.name, jpy(c.minor))
			if err != nil {
				t.Fatal(err)
			}
			file, err := engine.Open(t.Context(), h.pool, answered.ID)
			if err != nil || file.Payment.State != c.state || file.Told != c.told || file.Notified {
				t.Errorf("%s: %s, told %t, notified %t, %v", c.name, file.Payment.State, file.Told, file.Notified, err)
			}
			if h.Young(answered.ID, file.Payment.Version) != nil {
				t.Errorf("%s is remembered for a notification", c.name)
			}
		}
		h.duties()
		unknown, err := engine.ByRequest(t.Context(), h.pool, "JP-ACQUIRER", "PR-unknown")
		if err != nil {
			t.Fatal(err)
		}
		h.eventually("the acquirer confirms what it was not told", func() bool {
			file, err := engine.Open(t.Context(), h.pool, unknown.ID)
			return err == nil && file.Payment.State == payment.Posted && file.Notified && !file.Told
		})
		if tries, _ := to.counts(); tries != 1 || to.told[0].ID != unknown.ID {
			t.Errorf("%d notifications, the first about %s", tries, to.told[0].ID)
		}
		h.sound()
	})
}

// TestDeadLetter: after the last try a notification waits for an operator, whose
// replay sends it through the schedule again.
func TestDeadLetter(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		to := &acquirer{refuse: 2}
		h.notifying(to, 10*time.Millisecond)
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		var letters []engine.DeadLetter
		h.eventually("the notification is given up", func() bool {
			letters, err = engine.DeadLetters(t.Context(), h.pool, 10)
			return err == nil && len(letters) == 1
		})
		if l := letters[0]; l.PaymentID != paid.ID || l.Attempts != 2 || l.ParticipantID != "JP-ACQUIRER" || l.Problem == "" {
			t.Errorf("%+v", l)
		}
		if err := h.Replay(t.Context(), letters[0].EventID); err != nil {
			t.Fatal(err)
		}
		h.eventually("the acquirer confirms", func() bool {
			_, told := to.counts()
			return told == 1
		})
		if left, err := engine.DeadLetters(t.Context(), h.pool, 10); err != nil || len(left) != 0 {
			t.Errorf("%d letters left, %v", len(left), err)
		}
		if err := h.Replay(t.Context(), letters[0].EventID); err == nil {
			t.Error("replayed twice")
		}
		h.sound()
	})
}

// TestNotifiedStaysSo: a cancel after the payment was posted is a return, and
// changes nothing of what the acquirer was notified of.
func TestNotifiedStaysSo(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.notifying(&acquirer{}, 10*time.Millisecond)
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		notified := func() bool {
			file, err := engine.Open(t.Context(), h.pool, paid.ID)
			return err == nil && file.Notified
		}
		h.eventually("the acquirer confirms", notified)
		if err := h.cancelWith("PR-1"); err != nil {
			t.Fatal(err)
		}
		if !notified() {
			t.Error("the acquirer's confirmation is forgotten")
		}
		h.sound()
	})
}

// TestYoungIsWhatIsStored: what a notification takes from memory is what the database would
// have said, however a payment ended.
func TestYoungIsWhatIsStored(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		for name, c := range map[string]struct {
			wallet func(string) connectors.Answer
			minor  int64
			state  payment.State
		}{
			"posted":   {says(connectors.Accepted), 1500, payment.Posted},
			"declined": {says(connectors.Declined), 1500, payment.Declined},
			"rejected": {says(connectors.Accepted), 2_000_000, payment.Rejected},
		} {
			h.wallet.pay = c.wallet
			if _, err := h.pay("PR-"+name, jpy(c.minor)); err != nil {
				t.Fatal(err)
			}
			stored, err := engine.ByRequest(t.Context(), h.pool, "JP-ACQUIRER", "PR-"+name)
			if err != nil || stored.State != c.state {
				t.Fatalf("%s is %s, %v", name, stored.State, err)
			}
			young := h.Young(stored.ID, stored.Version)
			if young == nil {
				t.Fatalf("%s is not remembered", name)
			}
			if diff := cmp.Diff(stored, *young, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})
}
