package recon_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/recon"
)

const ofPosition = "HK-WALLET.POSITION.HKD"

// paidAndBack are the entries of a payment with its fee, and of what is given back of it.
func paidAndBack(number int64, back int64, day int) (entries []ledger.Entry, subjects []ids.ID) {
	payment, returned := ids.Derive(ids.Nil, "payment", number), ids.Derive(ids.Nil, "return", number)
	own, exchange, fee := ledger.PositionOf("HK-WALLET"), ledger.HubAccount(ledger.Exchange), ledger.HubAccount(ledger.Fee)
	add := func(kind ledger.Kind, subject ids.ID, debit, credit ledger.Account, minor int64, after time.Duration) {
		entries = append(entries, ledger.Entry{
			ID: ids.Derive(subject, "entry", int64(len(entries))), Region: "asia-1", PaymentID: payment, SubjectID: subject,
			Sequence: int16(1 + len(entries)), Kind: kind, Debit: debit, Credit: credit, Amount: hkd(minor),
			WindowID: ids.Derive(ids.Nil, "window", int64(day)), BookedAt: monday.AddDate(0, 0, day).Add(after),
		})
	}
	add(ledger.KindPayment, payment, exchange, own, 100, time.Hour)
	add(ledger.KindFee, payment, own, fee, 3, time.Hour)
	if back > 0 {
		add(ledger.KindReturn, returned, own, exchange, back, 2*time.Hour)
		add(ledger.KindFee, returned, fee, own, 3, 2*time.Hour)
	}
	return entries, []ids.ID{payment, returned}
}

// TestCancelledIsNoDifference: payments that were cancelled in their window are in no file, and
// are no breaks once their days are stated; what is paid, given back in part, and not yet stated
// is, or waits.
func TestCancelledIsNoDifference(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		treasury(t, pool)
		unlisted := map[ids.ID]bool{}
		post := func(number, back int64, day int, cancelled bool) {
			entries, subjects := paidAndBack(number, back, day)
			for _, subject := range subjects {
				unlisted[subject] = cancelled
			}
			must(t, pool, func(ctx context.Context, tx db.Tx) error {
				accounts := []string{"HUB.EXCHANGE.HKD", "HUB.FEE.HKD"}
				if err := ledger.OpenAccounts(ctx, tx, accounts); err != nil {
					return err
				}
				return ledger.Post(ctx, tx, entries)
			})
		}
		post(1, 100, 0, true)  // cancelled
		post(2, 100, 0, false) // given back, which is in the files
		post(3, 0, 0, false)
		post(4, 100, 2, true) // cancelled on a day that is not stated yet
		source := recon.FromPosition(ofPosition, func(context.Context, db.Reader, ids.ID) (map[ids.ID]bool, error) {
			return unlisted, nil
		})
		outcome, err := take(t, pool, ofPosition, stated("1", 0, 1), source, nil)
		if err != nil || outcome.Matched != 1 || outcome.Broken != 6 || outcome.Waiting != 4 {
			t.Errorf("%+v, %v", outcome, err)
		}
		sums, counts := totals(t, pool, ofPosition)
		want := map[string]int64{"OURS MATCHED": 4, "OURS BROKEN": 6, "OURS WAITING": 4}
		if diff := cmp.Diff(want, counts); diff != "" || sums["OURS MATCHED"] != 0 || sums["OURS BROKEN"] != 97 {
			t.Errorf("%v: %s", sums, diff)
		}
		outcome, err = take(t, pool, ofPosition, stated("2", 2, 3), source, nil)
		if err != nil || outcome.Matched != 1 || outcome.Broken != 6 || outcome.Waiting != 0 {
			t.Errorf("%+v, %v", outcome, err)
		}
	})
}

// Whatever is cancelled, given back and listed by a partner who does as its files say, or lists
// what was cancelled too: nothing is a break at the end, and all lines of ours are accounted for.
func TestCancelledAmongOthers(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		run := 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			in := fmt.Sprint(ofPosition, run)
			var ours, theirs []recon.Line
			for number := range rapid.Int64Range(1, 8).Draw(r, "payments") {
				id := ids.Derive(ids.Nil, in, number)
				minor, day := rapid.Int64Range(1, 1000).Draw(r, "amount"), rapid.IntRange(0, 1).Draw(r, "day")
				line := recon.Line{
					Side: recon.Ours, References: []string{id.String()}, Amount: hkd(minor), ValueDate: monday.AddDate(0, 0, day), Text: "PAYMENT",
				}
				line.BookedAt = line.ValueDate.Add(time.Hour)
				pair := []recon.Line{line}
				cancelled := rapid.Bool().Draw(r, "cancelled")
				if cancelled || rapid.Bool().Draw(r, "given back") {
					back := line
					back.Amount, back.Text = hkd(-minor), "RETURN"
					pair = append(pair, back)
				}
				for i := range pair {
					pair[i].ID = ids.Derive(id, "line", int64(i))
					if cancelled {
						pair[i].Text = "CANCELLED"
					}
				}
				ours = append(ours, pair...)
				if !cancelled || rapid.Bool().Draw(r, "listed all the same") {
					for _, l := range pair {
						l.Side, l.ID = recon.Theirs, ids.Nil
						theirs = append(theirs, l)
					}
				}
			}
			if _, err := take(t, pool, in, stated("1", 0, 1, theirs...), books(ours...), nil); err != nil {
				r.Fatal(err)
			}
			_, counts := totals(t, pool, in)
			if counts["OURS MATCHED"] != int64(len(ours)) || counts["THEIRS MATCHED"] != int64(len(theirs)) {
				r.Fatalf("%v of %d and %d lines", counts, len(ours), len(theirs))
			}
			open := slices.DeleteFunc(cases(t, pool, recon.Open), func(c recon.Case) bool { return c.AccountID != in })
			if len(open) != 0 {
				r.Fatalf("%+v", open)
			}
		})
	})
}
