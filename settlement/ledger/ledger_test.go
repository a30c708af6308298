package ledger_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

var owners = []string{"HK-WALLET", "KR-WALLET", "JP-ACQUIRER", "SG-ACQUIRER"}

var currencies = []money.Currency{"HKD", "JPY", "KWD"}

// each runs a test on every engine of the database with all accounts open.
func each(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		openAll(t, pool)
		body(t, pool)
	}, dbtest.Load(t, ledger.Migrations))
}

func openAll(t *testing.T, pool *db.Pool) {
	t.Helper()
	var accounts []string
	for _, currency := range currencies {
		for _, owner := range owners {
			accounts = append(accounts, ledger.PositionOf(owner).ID(currency))
		}
		accounts = append(accounts, ledger.HubAccount(ledger.Exchange).ID(currency), ledger.HubAccount(ledger.Fee).ID(currency))
	}
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return ledger.OpenAccounts(ctx, tx, accounts) })
	if err != nil {
		t.Fatal(err)
	}
}

func post(t *testing.T, pool *db.Pool, entries []ledger.Entry) error {
	t.Helper()
	return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return ledger.Post(ctx, tx, entries) })
}

// some returns the entries of one subject: up to five, in any currency, between
// any two accounts.
func some(random *rand.Rand, window ids.ID) []ledger.Entry {
	subject := ids.New()
	kinds := []ledger.Kind{
		ledger.KindPayment, ledger.KindReturn, ledger.KindMarkup, ledger.KindRounding, ledger.KindFee, ledger.KindSpread,
		ledger.KindPromotion, ledger.KindDeal, ledger.KindRevaluation, ledger.KindRealisation,
	}
	entries := make([]ledger.Entry, 1+random.IntN(5))
	for i := range entries {
		debit, credit := ledger.PositionOf(owners[random.IntN(len(owners))]), ledger.HubAccount(ledger.Exchange)
		if random.IntN(2) == 0 {
			debit, credit = credit, debit
		}
		if random.IntN(5) == 0 {
			debit, credit = ledger.HubAccount(ledger.Fee), ledger.HubAccount(ledger.Exchange)
		}
		entries[i] = ledger.Entry{
			ID: ids.New(), Region: "asia-1", PaymentID: subject, SubjectID: subject, Sequence: int16(i + 1),
			Kind: kinds[random.IntN(len(kinds))], Debit: debit, Credit: credit,
			Amount:   money.New(1+random.Int64N(1_000_000_000_000), currencies[random.IntN(len(currencies))]),
			WindowID: window, BookedAt: at, EffectiveAt: at.Add(time.Duration(random.IntN(3)) * time.Hour),
		}
	}
	return entries
}

// TestManyEntriesAtOnce: a thousand entries written by one statement come back
// as they were, column by column.
func TestManyEntriesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		random := rand.New(rand.NewPCG(1, 1))
		var all []ledger.Entry
		bySubject := map[ids.ID][]ledger.Entry{}
		for len(all) < 1000 {
			entries := some(random, ids.New())
			bySubject[entries[0].SubjectID] = entries
			all = append(all, entries...)
		}
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if err := post(t, pool, all); err != nil {
			t.Fatal(err)
		}
		for subject, want := range bySubject {
			got, err := ledger.EntriesOf(t.Context(), pool, subject)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
		}
		checkBalances(t, pool, all)
	})
}

// checkBalances compares every balance with the sum of the entries, added up
// the slow way.
func checkBalances(t *testing.T, pool *db.Pool, entries []ledger.Entry) {
	t.Helper()
	balances, err := ledger.Balances(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[money.Currency]int64{}
	for _, balance := range balances {
		var debits, credits int64
		for _, e := range entries {
			if e.Debit.ID(e.Amount.Currency) == balance.AccountID {
				debits += e.Amount.Minor
			}
			if e.Credit.ID(e.Amount.Currency) == balance.AccountID {
				credits += e.Amount.Minor
			}
		}
		if balance.Debits.Minor != debits || balance.Credits.Minor != credits || balance.Net().Minor != credits-debits {
			t.Errorf("%s: %s and %s, the entries say %d and %d", balance.AccountID, balance.Debits, balance.Credits, debits, credits)
		}
		sums[balance.Net().Currency] += balance.Net().Minor
	}
	for currency, sum := range sums {
		if sum != 0 {
			t.Errorf("all accounts in %s sum to %d", currency, sum)
		}
	}
}

// TestPostedTogetherOrApart: balances do not depend on how entries are grouped
// into statements.
func TestPostedTogetherOrApart(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		random := rand.New(rand.NewPCG(2, 2))
		var all, group []ledger.Entry
		for len(all) < 1000 {
			entries := some(random, ids.New())
			all, group = append(all, entries...), append(group, entries...)
			if random.IntN(12) > 0 {
				continue
			}
			if err := post(t, pool, group); err != nil {
				t.Fatal(err)
			}
			group = nil
		}
		if err := post(t, pool, group); err != nil {
			t.Fatal(err)
		}
		checkBalances(t, pool, all)
	})
}

// TestPostedOnce: the entries of a subject are written once, also if they come
// again under other ids, among others, or with another amount.
func TestPostedOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		random := rand.New(rand.NewPCG(3, 3))
		first := some(random, ids.New())
		if err := post(t, pool, first); err != nil {
			t.Fatal(err)
		}
		renamed := append([]ledger.Entry(nil), first...)
		renamed[0].ID, renamed[0].Amount.Minor = ids.New(), 1
		sameID := some(random, ids.New())
		sameID[0].ID = first[0].ID
		for name, entries := range map[string][]ledger.Entry{
			"again": first, "under another id": renamed, "under a used id": sameID,
			"among others": append(some(random, ids.New()), first...),
		} {
			if err := post(t, pool, entries); err == nil {
				t.Errorf("%s: booked twice", name)
			}
		}
		checkBalances(t, pool, first)
	})
}

func TestWrongEntries(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		random := rand.New(rand.NewPCG(4, 4))
		cases := map[string]struct {
			edit func(e *ledger.Entry)
			want error
		}{
			"zero":                {func(e *ledger.Entry) { e.Amount.Minor = 0 }, ledger.ErrEntry},
			"negative":            {func(e *ledger.Entry) { e.Amount.Minor = -1 }, ledger.ErrEntry},
			"no currency":         {func(e *ledger.Entry) { e.Amount.Currency = "" }, ledger.ErrEntry},
			"one account":         {func(e *ledger.Entry) { e.Debit = e.Credit }, ledger.ErrEntry},
			"no id":               {func(e *ledger.Entry) { e.ID = ids.Nil }, ledger.ErrEntry},
			"no subject":          {func(e *ledger.Entry) { e.SubjectID = ids.Nil }, ledger.ErrEntry},
			"no window":           {func(e *ledger.Entry) { e.WindowID = ids.Nil }, ledger.ErrEntry},
			"nobody's account":    {func(e *ledger.Entry) { e.Debit.Owner = "NOBODY" }, ledger.ErrNoAccount},
			"unopened currency":   {func(e *ledger.Entry) { e.Amount.Currency = "USD" }, ledger.ErrNoAccount},
			"unopened hub's side": {func(e *ledger.Entry) { e.Credit = ledger.HubAccount(ledger.Markup) }, ledger.ErrNoAccount},
		}
		for name, c := range cases {
			good := some(random, ids.New())
			wrong := some(random, ids.New())
			c.edit(&wrong[len(wrong)-1])
			if err := post(t, pool, append(good, wrong...)); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		checkBalances(t, pool, nil)
		if err := post(t, pool, nil); err != nil {
			t.Errorf("nothing to post: %v", err)
		}
	})
}

// TestPostingAtOnce: twenty writers that meet on the same accounts in both
// directions lose nothing and count nothing twice.
func TestPostingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		var mu sync.Mutex
		var all []ledger.Entry
		var wg sync.WaitGroup
		for writer := range uint64(20) {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(5, writer))
				for range 5 {
					entries := some(random, ids.New())
					if err := dbtest.Persistently(func() error { return post(t, pool, entries) }); err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					all = append(all, entries...)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		checkBalances(t, pool, all)
	})
}

func TestAccountsAreOpenedOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		entries := some(rand.New(rand.NewPCG(6, 6)), ids.New())
		if err := post(t, pool, entries); err != nil {
			t.Fatal(err)
		}
		var used []string
		for _, e := range entries {
			used = append(used, e.Debit.ID(e.Amount.Currency))
		}
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return ledger.OpenAccounts(ctx, tx, used) })
		if err != nil {
			t.Fatal(err)
		}
		checkBalances(t, pool, entries)
	})
}

// TestUnknownKinds: the database knows why an entry may be made, and takes no
// other reason.
func TestUnknownKinds(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		for _, kind := range []ledger.Kind{"", "GIFT", "payment"} {
			entries := some(rand.New(rand.NewPCG(9, 9)), ids.New())
			entries[0].Kind = kind
			if err := post(t, pool, entries); !db.Violates(err, "ledger_entry_kind_funding") {
				t.Errorf("%q: %v", kind, err)
			}
		}
		checkBalances(t, pool, nil)
	})
}
