package merchant_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/merchant"
	"github.com/causeway-pay/causeway/switch/route"
)

// office is where an acquirer hears what its registrations have come to.
type office struct {
	mu    sync.Mutex
	deaf  bool
	heard []string
	last  []connectors.WalletRegistration
}

// NotifyRegistration implements connectors.RegistrationAcquirer.
func (o *office) NotifyRegistration(
	_ context.Context, to connectors.Participant, requestID string, states []connectors.WalletRegistration,
) connectors.Answer {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.heard = append(o.heard, to.ID+" "+requestID)
	if o.deaf {
		return connectors.Answer{Reason: reason.Unknown}
	}
	o.last = states
	return connectors.Answer{Decision: connectors.Accepted}
}

func (o *office) times() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.heard)
}

// watched gives the desk an office to tell, and runs it.
func (b *bench) watched() *office {
	b.t.Helper()
	o := &office{}
	b.Logger, b.Notices = slog.New(slog.DiscardHandler), []time.Duration{time.Minute}
	b.Acquirers = map[string]connectors.RegistrationAcquirer{"": o}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { b.Run(ctx) })
	b.t.Cleanup(func() { cancel(); group.Wait() })
	return o
}

func (b *bench) within(what string, holds func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("not within a minute: %s", what)
		}
	}
}

// TestAcquirerIsTold: of each decision, by wallet, until it confirms; and of a
// registration at once, at once.
func TestAcquirerIsTold(t *testing.T) {
	each(t, route.RegistrationReviewed, func(t *testing.T, b *bench) {
		b.register("R-1", "M-1", "", "tea")
		if kind := b.decide("R-1", "KR-WALLET", connectors.MerchantRefused, "no licence"); kind != reason.None {
			t.Fatal(kind)
		}
		o := b.watched()
		b.within("the acquirer is told", func() bool { return o.times() == 1 })
		want := []connectors.WalletRegistration{
			{WalletID: "HK-WALLET", Status: connectors.MerchantPending},
			{WalletID: "KR-WALLET", Status: connectors.MerchantRefused, Why: "no licence"},
		}
		o.mu.Lock()
		diff := cmp.Diff(want, o.last)
		o.mu.Unlock()
		if diff != "" || o.heard[0] != "JP-ACQUIRER R-1" {
			t.Errorf("%v %s", o.heard, diff)
		}
	})
	each(t, route.RegistrationAtOnce, func(t *testing.T, b *bench) {
		b.register("R-1", "M-1", "", "tea")
		o := b.watched()
		b.within("the acquirer is told", func() bool { return o.times() == 1 })
	})
}

// TestAcquirerIsToldAgain: as long as it does not confirm, and not once more after.
func TestAcquirerIsToldAgain(t *testing.T) {
	each(t, route.RegistrationAtOnce, func(t *testing.T, b *bench) {
		b.register("R-1", "M-1", "", "tea")
		o := &office{deaf: true}
		b.Logger, b.Notices = slog.New(slog.DiscardHandler), []time.Duration{time.Minute}
		b.Acquirers = map[string]connectors.RegistrationAcquirer{"": o}
		tell := func() {
			before := o.times()
			ctx, cancel := context.WithCancel(t.Context())
			var group sync.WaitGroup
			group.Go(func() { b.Run(ctx) })
			b.within("it was tried", func() bool { return o.times() > before })
			cancel()
			group.Wait()
		}
		tell()
		b.clock.At = b.clock.At.Add(time.Hour)
		o.deaf = false
		tell()
		var untold int
		err := b.pool.QueryRow(t.Context(), `SELECT count(*) FROM merchant_registration WHERE untold`).Scan(&untold)
		if err != nil || untold != 0 {
			t.Errorf("%d are untold, %v", untold, err)
		}
	})
}

// TestStoreCounts: where a payment names a store, merchant and store must be registered.
func TestStoreCounts(t *testing.T) {
	each(t, route.RegistrationReviewed, func(t *testing.T, b *bench) {
		payable := func(storeID string) reason.Kind {
			return reason.Of(merchant.Registered(t.Context(), b.pool, b.acquirer,
				merchant.Place{MerchantID: "M-1", StoreID: storeID}, "HK-WALLET"))
		}
		const open = reason.MerchantUnregistered
		b.register("R-1", "M-1", "", "tea")
		b.register("R-2", "M-1", "S-1", "ginza")
		b.decide("R-2", "", connectors.MerchantRegistered, "")
		if got := payable("S-1"); got != open {
			t.Errorf("a store of a merchant who is not registered: %s", got)
		}
		b.decide("R-1", "", connectors.MerchantRegistered, "")
		for storeID, want := range map[string]reason.Kind{"": reason.None, "S-1": reason.None, "S-2": open} {
			if got := payable(storeID); got != want {
				t.Errorf("store %q: %s, want %s", storeID, got, want)
			}
		}
	})
}

// TestListed: by acquirer and status, the last change first; a registration with what it
// has come to.
func TestListed(t *testing.T) {
	each(t, route.RegistrationReviewed, func(t *testing.T, b *bench) {
		b.register("R-1", "M-1", "", `{"a":1}`)
		b.clock.At = b.clock.At.Add(time.Minute)
		b.register("R-2", "M-2", "S-1", `{"b":2}`)
		b.clock.At = b.clock.At.Add(time.Minute)
		b.decide("R-1", "KR-WALLET", connectors.MerchantRefused, "no licence")
		for _, c := range []struct {
			filter merchant.Filter
			want   []string
		}{
			{merchant.Filter{Limit: 10}, []string{"R-1 KR-WALLET", "R-2 HK-WALLET", "R-2 KR-WALLET", "R-1 HK-WALLET"}},
			{merchant.Filter{Limit: 2}, []string{"R-1 KR-WALLET", "R-2 HK-WALLET"}},
			{merchant.Filter{Status: connectors.MerchantRefused, Limit: 10}, []string{"R-1 KR-WALLET"}},
			{merchant.Filter{AcquirerID: "SG-ACQUIRER", Limit: 10}, nil},
		} {
			all, err := merchant.List(t.Context(), b.pool, c.filter)
			var got []string
			for _, one := range all {
				got = append(got, one.RequestID+" "+one.WalletID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("%+v: %v %s", c.filter, err, diff)
			}
		}
		file, err := merchant.Open(t.Context(), b.pool, "JP-ACQUIRER", "R-2")
		if err != nil || file.Body != `{"b":2}` || len(file.Statuses) != 2 || file.Statuses[0].StoreID != "S-1" {
			t.Errorf("%+v, %v", file, err)
		}
		if _, err := merchant.Open(t.Context(), b.pool, "SG-ACQUIRER", "R-2"); reason.Of(err) != reason.Missing {
			t.Errorf("another acquirer's: %v", err)
		}
	})
}
