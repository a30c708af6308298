package ledger_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

// history is a ledger that grows, in the simplest form: its entries in their order.
type history struct {
	entries []ledger.Entry
	now     time.Time
	windows map[string]ids.ID
}

// regions of a history; each has a window of its own.
var regions = []string{"asia-1", "eu-1", "us-1"}

// parties are whose accounts a history moves money between.
var parties = []ledger.Account{
	ledger.PositionOf("HK-WALLET"), ledger.PositionOf("KR-WALLET"), ledger.PositionOf("JP-ACQUIRER"),
	ledger.HubAccount(ledger.Exchange), ledger.HubAccount(ledger.Fee), ledger.HubAccount(ledger.Nostro),
	{Owner: "HK-WALLET", Purpose: ledger.Prefunding},
}

// drawEntries are the entries of a payment or another step, in one window.
func (h *history) drawEntries(r *rapid.T) []ledger.Entry {
	subject, payment := ids.New(), ids.New()
	if len(h.entries) > 0 && rapid.Bool().Draw(r, "about an earlier payment") {
		payment = rapid.SampledFrom(h.entries).Draw(r, "payment").PaymentID
	}
	region := rapid.SampledFrom(regions).Draw(r, "region")
	kinds := []ledger.Kind{
		ledger.KindPayment, ledger.KindReturn, ledger.KindFee, ledger.KindSchedule, ledger.KindAdjustment, ledger.KindSettlement,
	}
	var entries []ledger.Entry
	for i := range rapid.IntRange(1, 4).Draw(r, "entries") {
		sides := rapid.Permutation(parties).Draw(r, "sides")
		entries = append(entries, ledger.Entry{
			ID: ids.New(), Region: region, PaymentID: payment, SubjectID: subject, Sequence: int16(i + 1),
			Kind: rapid.SampledFrom(kinds).Draw(r, "kind"), Debit: sides[0], Credit: sides[1],
			Amount:   money.New(rapid.Int64Range(1, 1e9).Draw(r, "minor"), rapid.SampledFrom([]money.Currency{"HKD", "JPY"}).Draw(r, "currency")),
			WindowID: h.windows[region], BookedAt: h.now,
			EffectiveAt: h.now.Add(time.Duration(rapid.IntRange(-72, 72).Draw(r, "effective")) * time.Hour),
		})
	}
	return entries
}

// of is what an account has after the entries that some condition lets count.
func (h *history) of(account string, counts func(ledger.Entry) bool) (debits, credits int64) {
	for _, e := range h.entries {
		if !counts(e) {
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

// said is a trial balance in a form that is compared.
func said(balances []ledger.Balance) map[string]string {
	said := map[string]string{}
	for _, b := range balances {
		if b.Debits.Minor != 0 || b.Credits.Minor != 0 {
			said[b.AccountID] = fmt.Sprint(b.Debits.Minor, " ", b.Credits.Minor)
		}
	}
	return said
}

// balances holds the trial balance of a moment against the entries until it.
func (h *history) balances(r *rapid.T, pool *db.Pool, moment time.Time, basis ledger.Basis) map[string]string {
	balances, err := ledger.TrialBalance(context.Background(), pool, moment, basis)
	if err != nil {
		r.Fatal(err)
	}
	for _, b := range balances {
		debits, credits := h.of(b.AccountID, func(e ledger.Entry) bool {
			at := e.BookedAt
			if basis == ledger.Effective {
				at = e.EffectiveAt
			}
			return !at.After(moment)
		})
		if b.Debits.Minor != debits || b.Credits.Minor != credits {
			r.Fatalf("%s %s %s: %s and %s, not %d and %d", moment, basis, b.AccountID, b.Debits, b.Credits, debits, credits)
		}
	}
	for currency, total := range ledger.Totals(balances) {
		if total.Debits != total.Credits {
			r.Fatalf("%s of %s: %s debits, %s credits", moment, currency, total.Debits, total.Credits)
		}
	}
	return said(balances)
}

// ofWindow holds the entries of a window on an account, read in pages, against those that were
// posted into it: each is there once, and with those of all other windows they are the account.
func (h *history) ofWindow(r *rapid.T, pool *db.Pool, account string, size int) {
	var net int64
	for _, id := range h.windows {
		seen := map[ids.ID]bool{}
		for place := (ledger.WindowPlace{}); ; {
			page, err := ledger.EntriesOfWindow(context.Background(), pool, id, account, place, size)
			if err != nil {
				r.Fatal(err)
			}
			for _, e := range page {
				if seen[e.ID] || e.WindowID != id {
					r.Fatalf("%+v in window %s again", e, id)
				}
				seen[e.ID] = true
				if net += e.Amount.Minor; e.Debit.ID(e.Amount.Currency) == account {
					net -= 2 * e.Amount.Minor
				}
			}
			if len(page) < size {
				break
			}
			place = ledger.WindowPlaceOf(page[len(page)-1])
		}
	}
	debits, credits := h.of(account, func(ledger.Entry) bool { return true })
	there, err := ledger.NetOf(context.Background(), pool, account)
	if err != nil || net != there || there != credits-debits {
		r.Fatalf("%s: windows come to %d, the account to %d, entries to %d, %v", account, net, there, credits-debits, err)
	}
}

// TestThePastStays: over random histories the trial balance of any past moment is the sum of the
// entries until it, by either basis; what the books said at a moment they say later too, whatever
// is booked since; and accounts are what their windows come to.
func TestThePastStays(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		var accounts, ofParticipants []string
		for _, currency := range []money.Currency{"HKD", "JPY"} {
			for _, party := range parties {
				accounts = append(accounts, party.ID(currency))
				if party.Owner != ledger.Hub {
					ofParticipants = append(ofParticipants, party.ID(currency))
				}
			}
		}
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return ledger.OpenAccounts(ctx, tx, accounts) })
		if err != nil {
			t.Fatal(err)
		}
		h := &history{now: at, windows: map[string]ids.ID{}}
		for _, region := range regions {
			h.windows[region] = ids.New()
		}
		kept := map[time.Time]map[string]string{}
		rapid.Check(t, func(r *rapid.T) {
			h.now = h.now.Add(time.Duration(rapid.IntRange(1, 5_000_000).Draw(r, "later")) * time.Millisecond)
			entries := h.drawEntries(r)
			if err := post(t, pool, entries); err != nil {
				r.Fatal(err)
			}
			h.entries = append(h.entries, entries...)
			moment := h.now.Add(-time.Duration(rapid.IntRange(0, 200).Draw(r, "hours ago")) * time.Hour).
				Add(time.Duration(rapid.IntRange(-1, 1).Draw(r, "microseconds")) * time.Microsecond)
			said := h.balances(r, pool, moment, ledger.Booked)
			h.balances(r, pool, moment, ledger.Effective)
			if !moment.After(h.now) {
				kept[moment] = said
			}
			h.ofWindow(r, pool, rapid.SampledFrom(ofParticipants).Draw(r, "account"), rapid.IntRange(1, 20).Draw(r, "page"))
		})
		for moment, before := range kept {
			now, err := ledger.TrialBalance(t.Context(), pool, moment, ledger.Booked)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(before, said(now)); diff != "" {
				t.Errorf("%s: %s", moment, diff)
			}
		}
		if len(h.entries) < 20 || len(kept) < 10 { // of 20 steps, when tests are to be short
			t.Errorf("%d entries and %d moments", len(h.entries), len(kept))
		}
	})
}
