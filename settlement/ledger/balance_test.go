package ledger_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

// scattered posts entries of many booking and effective times.
func scattered(t *testing.T, pool *db.Pool, random *rand.Rand) []ledger.Entry {
	t.Helper()
	var all []ledger.Entry
	for len(all) < 400 {
		entries := some(random, ids.New())
		booked := at.Add(time.Duration(random.IntN(100)) * time.Hour)
		for i := range entries {
			entries[i].BookedAt = booked
			entries[i].EffectiveAt = booked.Add(time.Duration(random.IntN(100)-50) * time.Hour)
		}
		all = append(all, entries...)
	}
	if err := post(t, pool, all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTrialBalanceOfAnyMoment: a balance of the past is the sum of the entries up to
// then, added up one by one, and debits equal credits in each currency.
func TestTrialBalanceOfAnyMoment(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		all := scattered(t, pool, rand.New(rand.NewPCG(40, 40)))
		rapid.Check(t, func(t *rapid.T) {
			moment := at.Add(time.Duration(rapid.IntRange(-60, 160).Draw(t, "hour")) * time.Hour).
				Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "microsecond")) * time.Microsecond)
			basis := rapid.SampledFrom([]ledger.Basis{ledger.Booked, ledger.Effective}).Draw(t, "basis")
			balances, err := ledger.TrialBalance(t.Context(), pool, moment, basis)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range balances {
				debits, credits := sums(all, b.AccountID, moment, basis)
				if b.Debits.Minor != debits || b.Credits.Minor != credits {
					t.Fatalf("%s: %s and %s, not %d and %d", b.AccountID, b.Debits, b.Credits, debits, credits)
				}
			}
			for currency, total := range ledger.Totals(balances) {
				if total.Debits != total.Credits {
					t.Fatalf("%s: %s debits, %s credits", currency, total.Debits, total.Credits)
				}
			}
		})
		if _, err := ledger.TrialBalance(t.Context(), pool, at, "guessed"); err == nil {
			t.Error("an unknown basis was taken")
		}
	})
}

// sums adds up the entries of an account up to a moment.
func sums(all []ledger.Entry, account string, moment time.Time, basis ledger.Basis) (debits, credits int64) {
	for _, e := range all {
		counts := e.BookedAt
		if basis == ledger.Effective {
			counts = e.EffectiveAt
		}
		if counts.After(moment) {
			continue
		}
		if e.Debit.ID(e.Amount.Currency) == account {
			debits += e.Amount.Minor
		}
		if e.Credit.ID(e.Amount.Currency) == account {
			credits += e.Amount.Minor
		}
	}
	return debits, credits
}

// TestPagesOfAnAccount: pages of any length together are all entries of an account,
// each once and in order, also of the exchange, which is in no index of accounts.
func TestPagesOfAnAccount(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		account := ledger.PositionOf("KR-WALLET").ID("JPY")
		all := scattered(t, pool, rand.New(rand.NewPCG(41, 41)))
		for _, id := range []string{account, ledger.HubAccount(ledger.Exchange).ID("JPY")} {
			for _, limit := range []int{1, 3, 7, 1000} {
				pagesAre(t, pool, id, limit, all)
			}
		}
		for id, want := range map[string]bool{account: true, "NOBODY.POSITION.JPY": false, "": false} {
			if opened, err := ledger.Opened(t.Context(), pool, id); err != nil || opened != want {
				t.Errorf("%q: %v, %v", id, opened, err)
			}
		}
	})
}

// pagesAre requires pages of a length to be the entries of an account among all.
func pagesAre(t *testing.T, pool *db.Pool, account string, limit int, all []ledger.Entry) {
	t.Helper()
	var want, got []ledger.Entry
	for _, e := range all {
		if e.Debit.ID(e.Amount.Currency) == account || e.Credit.ID(e.Amount.Currency) == account {
			want = append(want, e)
		}
	}
	slices.SortFunc(want, func(a, b ledger.Entry) int {
		return cmp.Or(a.BookedAt.Compare(b.BookedAt), slices.Compare(a.ID[:], b.ID[:]))
	})
	for place := (ledger.Place{}); ; place = ledger.PlaceOf(got[len(got)-1]) {
		page, err := ledger.EntriesOfAccount(t.Context(), pool, account, place, limit)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, page...)
		if len(page) < limit {
			break
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Fatalf("%s, pages of %d: %s", account, limit, diff)
	}
}
