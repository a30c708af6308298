package merchant_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/merchant"
	"github.com/causeway-pay/causeway/switch/route"
)

func participant(id string, role connectors.Role, country string) route.Participant {
	return route.Participant{Participant: connectors.Participant{ID: id, Role: role, Country: country, ClientID: id}}
}

// bench is a desk on a real database: two wallets reach Japan, one does not.
type bench struct {
	*merchant.Desk
	t        *testing.T
	pool     *db.Pool
	clock    *clock.Fixed
	acquirer route.Participant
}

func each(t *testing.T, contract route.Registration, body func(t *testing.T, b *bench)) {
	t.Helper()
	migrations, err := merchant.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		b := &bench{t: t, pool: pool, clock: &clock.Fixed{At: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}}
		b.acquirer = participant("JP-ACQUIRER", connectors.RoleAcquirer, "JP")
		b.acquirer.Registration = contract
		directory := route.NewDirectory([]route.Participant{
			b.acquirer, participant("HK-WALLET", connectors.RoleWallet, "HK"),
			participant("KR-WALLET", connectors.RoleWallet, "KR"), participant("FR-WALLET", connectors.RoleWallet, "FR"),
		}, []route.Corridor{
			{PayerCountry: "HK", MerchantCountry: "JP", Limit: money.New(1, "JPY")},
			{PayerCountry: "KR", MerchantCountry: "JP", Limit: money.New(1, "JPY")},
			{PayerCountry: "FR", MerchantCountry: "SG", Limit: money.New(1, "SGD")},
		})
		b.Desk = &merchant.Desk{
			Listed: func(_ context.Context, names []string) (bool, error) { return slices.Contains(names, listedName), nil },
			Pool:   pool, Clock: b.clock, Region: "asia-1", Directory: func() *route.Directory { return directory },
		}
		body(t, b)
	}, migrations)
}

// listedName stands on a sanctions list.
const listedName = "Blocksworth Trading"

func registration(requestID, merchantID, storeID, body string) connectors.MerchantRegistration {
	return connectors.MerchantRegistration{
		RequestID: requestID, MerchantID: merchantID, StoreID: storeID, Body: []byte(body),
		CheckedFields: sha256.Sum256([]byte(body)),
	}
}

func (b *bench) register(requestID, merchantID, storeID, body string) reason.Kind {
	b.t.Helper()
	return reason.Of(b.Register(b.t.Context(), b.acquirer.Participant, registration(requestID, merchantID, storeID, body)))
}

func (b *bench) status(requestID string) []connectors.WalletRegistration {
	b.t.Helper()
	all, err := b.RegistrationStatus(b.t.Context(), b.acquirer.Participant, requestID)
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b *bench) decide(requestID, walletID string, status connectors.MerchantStatus, why string) reason.Kind {
	b.t.Helper()
	return reason.Of(b.pool.InTx(b.t.Context(), func(ctx context.Context, tx db.Tx) error {
		return merchant.Decide(ctx, tx, b.acquirer.ID, requestID, walletID, status, why, b.clock.Now())
	}))
}

// payable says at which wallets a merchant may be paid.
func (b *bench) payable(merchantID string) map[string]reason.Kind {
	b.t.Helper()
	all := map[string]reason.Kind{}
	for _, wallet := range []string{"HK-WALLET", "KR-WALLET", "FR-WALLET"} {
		all[wallet] = reason.Of(merchant.Registered(b.t.Context(), b.pool, b.acquirer, merchant.Place{MerchantID: merchantID}, wallet))
	}
	return all
}

func kinds(hongKong, korea, france reason.Kind) map[string]reason.Kind {
	return map[string]reason.Kind{"HK-WALLET": hongKong, "KR-WALLET": korea, "FR-WALLET": france}
}

// TestReviewedByWallet: pending until decided, at each wallet by itself; the wallet that
// cannot reach the merchant is not asked.
func TestReviewedByWallet(t *testing.T) {
	each(t, route.RegistrationReviewed, func(t *testing.T, b *bench) {
		const open = reason.MerchantUnregistered
		if kind := b.register("R-1", "M-1", "", "tea"); kind != reason.None {
			t.Fatal(kind)
		}
		want := []connectors.WalletRegistration{
			{WalletID: "HK-WALLET", Status: connectors.MerchantPending},
			{WalletID: "KR-WALLET", Status: connectors.MerchantPending},
		}
		if diff := cmp.Diff(want, b.status("R-1")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(kinds(open, open, open), b.payable("M-1")); diff != "" {
			t.Error(diff)
		}
		if kind := b.decide("R-1", "HK-WALLET", connectors.MerchantRegistered, ""); kind != reason.None {
			t.Error(kind)
		}
		if kind := b.decide("R-1", "KR-WALLET", connectors.MerchantRefused, "no licence"); kind != reason.None {
			t.Error(kind)
		}
		want[0].Status, want[1].Status, want[1].Why = connectors.MerchantRegistered, connectors.MerchantRefused, "no licence"
		if diff := cmp.Diff(want, b.status("R-1")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(kinds(reason.None, open, open), b.payable("M-1")); diff != "" {
			t.Error(diff)
		}
		if kind := b.decide("R-1", "FR-WALLET", connectors.MerchantRegistered, ""); kind != reason.Missing {
			t.Errorf("a wallet that was not asked: %s", kind)
		}
		if kind := b.decide("R-9", "", connectors.MerchantRegistered, ""); kind != reason.Missing {
			t.Errorf("a registration that is none: %s", kind)
		}
	})
}

// TestChangeWaits: within 30 minutes a change of what nobody has decided about is
// refused and leaves nothing behind; another merchant and a store of it are others.
func TestChangeWaits(t *testing.T) {
	each(t, route.RegistrationReviewed, func(t *testing.T, b *bench) {
		for _, step := range []struct {
			after                time.Duration
			request, store, body string
			want                 reason.Kind
		}{
			{0, "R-1", "", "tea", reason.None},
			{0, "R-1", "", "tea", reason.None},
			{0, "R-1", "", "coffee", reason.Inconsistent},
			{merchant.ChangePause - time.Second, "R-2", "", "coffee", reason.Failed},
			{0, "R-3", "S-1", "a store", reason.None},
			{time.Second, "R-2", "", "coffee", reason.None},
			{0, "R-1", "", "tea", reason.None},
			{time.Minute, "R-4", "", "cake", reason.Failed},
		} {
			b.clock.At = b.clock.At.Add(step.after)
			if kind := b.register(step.request, "M-1", step.store, step.body); kind != step.want {
				t.Errorf("%s %q: %s, want %s", step.request, step.body, kind, step.want)
			}
		}
		if kind := b.decide("R-1", "", connectors.MerchantRegistered, ""); kind != reason.Missing {
			t.Errorf("a registration that was replaced: %s", kind)
		}
		if kind := b.decide("R-2", "", connectors.MerchantRegistered, ""); kind != reason.None {
			t.Error(kind)
		}
		if kind := b.register("R-5", "M-1", "", "cake"); kind != reason.None {
			t.Errorf("a change after the decision: %s", kind)
		}
		_, err := b.RegistrationStatus(t.Context(), b.acquirer.Participant, "R-4")
		if reason.Of(err) != reason.NotFound {
			t.Errorf("what was refused is on record: %v", err)
		}
	})
}

// TestContracts: without a demand anybody may be paid, at once means at once, and what
// one acquirer registered is nothing to another.
func TestContracts(t *testing.T) {
	for contract, before := range map[route.Registration]reason.Kind{
		route.RegistrationNone: reason.None, route.RegistrationAtOnce: reason.MerchantUnregistered,
	} {
		each(t, contract, func(t *testing.T, b *bench) {
			if diff := cmp.Diff(kinds(before, before, before), b.payable("M-1")); diff != "" {
				t.Error(diff)
			}
			if kind := b.register("R-1", "M-1", "", "tea"); kind != reason.None {
				t.Fatal(kind)
			}
			if diff := cmp.Diff(kinds(reason.None, reason.None, before), b.payable("M-1")); diff != "" {
				t.Error(diff)
			}
			stranger := b.acquirer
			stranger.ID = "SG-ACQUIRER"
			_, err := b.RegistrationStatus(t.Context(), stranger.Participant, "R-1")
			if reason.Of(err) != reason.NotFound {
				t.Errorf("another acquirer sees it: %v", err)
			}
			if err := b.Register(t.Context(), stranger.Participant, registration("R-1", "M", "", "x")); reason.Of(err) !=
				reason.InvalidContract {
				t.Errorf("a stranger registers: %v", err)
			}
		})
	}
}

// TestRegisteredAtOnceByMany: of many changes of one merchant at the same time one is
// taken.
func TestRegisteredAtOnceByMany(t *testing.T) {
	each(t, route.RegistrationReviewed, func(t *testing.T, b *bench) {
		results := make(chan reason.Kind, 6)
		var wg sync.WaitGroup
		for i := range cap(results) {
			wg.Go(func() {
				name := string(rune('A' + i))
				results <- reason.Of(dbtest.Persistently(func() error {
					return b.Register(t.Context(), b.acquirer.Participant, registration(name, "M-1", "", name))
				}))
			})
		}
		wg.Wait()
		close(results)
		taken := 0
		for kind := range results {
			if kind == reason.None {
				taken++
			} else if kind != reason.Failed {
				t.Error(kind)
			}
		}
		if taken != 1 {
			t.Errorf("%d were taken", taken)
		}
	})
}

// TestListedMerchantWaits: people decide about a merchant that is like a listed entry,
// whatever the contract says.
func TestListedMerchantWaits(t *testing.T) {
	each(t, route.RegistrationAtOnce, func(t *testing.T, b *bench) {
		for request, want := range map[string]connectors.MerchantStatus{
			"Ginza Tea": connectors.MerchantRegistered, listedName: connectors.MerchantPending,
		} {
			r := registration(request, request, "", "{}")
			r.Names = []string{"a shop", request}
			if err := b.Register(t.Context(), b.acquirer.Participant, r); err != nil {
				t.Fatal(err)
			}
			if all := b.status(request); len(all) == 0 || all[0].Status != want {
				t.Errorf("%s: %+v, want %s", request, all, want)
			}
		}
	})
}

// TestNames: every page size finds all merchants that may yet be paid, once.
func TestNames(t *testing.T) {
	each(t, route.RegistrationReviewed, func(t *testing.T, b *bench) {
		for i := range 5 {
			r := registration(fmt.Sprint("R-", i), fmt.Sprint("M-", i), "", "{}")
			r.Names = []string{fmt.Sprint("Shop ", i), "Chain"}
			if err := b.Register(t.Context(), b.acquirer.Participant, r); err != nil {
				t.Fatal(err)
			}
		}
		if kind := b.decide("R-3", "", connectors.MerchantRefused, "no licence"); kind != reason.None {
			t.Fatal(kind)
		}
		if kind := b.decide("R-2", "HK-WALLET", connectors.MerchantRefused, "no licence"); kind != reason.None {
			t.Fatal(kind)
		}
		for limit := 1; limit <= 6; limit++ {
			var found []string
			var last merchant.Named
			for {
				page, err := merchant.Names(t.Context(), b.pool, b.Region, last, limit)
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range page {
					found = append(found, n.MerchantID+" "+strings.Join(n.Names, "+"))
				}
				if len(page) < limit {
					break
				}
				last = page[len(page)-1]
			}
			want := []string{"M-0 Shop 0+Chain", "M-1 Shop 1+Chain", "M-2 Shop 2+Chain", "M-4 Shop 4+Chain"}
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("in pages of %d: %s", limit, diff)
			}
		}
	})
}
