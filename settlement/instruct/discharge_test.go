package instruct_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

const region = "asia-1"

// books is a database with participants, and a window whose figures are as if
// payments had been posted.
type books struct {
	t    *testing.T
	pool *db.Pool
}

func each(t *testing.T, body func(t *testing.T, b books)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) { body(t, opened(t, pool)) }, migrations(t))
}

func migrations(t *testing.T) []db.Migration {
	t.Helper()
	return dbtest.Load(t, ledger.Migrations, position.Migrations, window.Migrations, instruct.Migrations)
}

// opened opens the books of four participants.
func opened(t *testing.T, pool *db.Pool) books {
	t.Helper()
	b := books{t, pool}
	b.in(func(ctx context.Context, tx db.Tx) error {
		if err := window.Start(ctx, tx, region, at); err != nil {
			return err
		}
		accounts := []string{ledger.HubAccount(ledger.Exchange).ID("HKD")}
		for _, owner := range []string{"A-1", "B-2", "C-3", "D-4"} {
			if err := position.Open(ctx, tx, owner, region, money.New(1e9, "HKD")); err != nil {
				return err
			}
			accounts = append(accounts, ledger.PositionOf(owner).ID("HKD"))
		}
		return ledger.OpenAccounts(ctx, tx, accounts)
	})
	return b
}

func (b books) in(work func(ctx context.Context, tx db.Tx) error) {
	b.t.Helper()
	if err := b.try(work); err != nil {
		b.t.Fatal(err)
	}
}

func (b books) try(work func(ctx context.Context, tx db.Tx) error) error {
	return b.pool.InTx(b.t.Context(), work)
}

// owe posts what participants owe (positive) or are owed into the open window.
func (b books) owe(amounts map[string]int64) {
	b.t.Helper()
	b.in(func(ctx context.Context, tx db.Tx) error {
		id, err := window.Current(ctx, tx, region)
		if err != nil {
			return err
		}
		for owner, minor := range amounts {
			entry := ledger.Entry{
				ID: ids.New(), Region: region, SubjectID: ids.New(), Sequence: 1, Kind: ledger.KindPayment, WindowID: id, BookedAt: at,
				Debit: ledger.PositionOf(owner), Credit: ledger.HubAccount(ledger.Exchange),
				Amount: money.New(max(minor, -minor), "HKD"),
			}
			if minor < 0 {
				entry.Debit, entry.Credit = entry.Credit, entry.Debit
			}
			if err := ledger.Post(ctx, tx, []ledger.Entry{entry}); err != nil {
				return err
			}
			change := position.Change{ParticipantID: owner, Debit: money.New(minor, "HKD")}
			if err := position.Add(ctx, tx, change); err != nil {
				return err
			}
			moved := []window.Movement{
				{Owner: entry.Debit.Owner, Debit: entry.Amount}, {Owner: entry.Credit.Owner, Credit: entry.Amount},
			}
			if err := window.Add(ctx, tx, id, moved); err != nil {
				return err
			}
		}
		return nil
	})
}

// cutOff closes the open window and returns its obligations by participant.
func (b books) cutOff() map[string]instruct.Obligation {
	b.t.Helper()
	made := map[string]instruct.Obligation{}
	b.in(func(ctx context.Context, tx db.Tx) error {
		w, err := window.Close(ctx, tx, region, at)
		if err != nil {
			return err
		}
		obligations, err := instruct.Oblige(ctx, tx, w, window.Calendars{}, at)
		for _, o := range obligations {
			made[o.ParticipantID] = o
		}
		return err
	})
	return made
}

// notification is the hub's bank telling of money that moved.
func notification(t testing.TB, entries ...iso20022.BookedEntry) []byte {
	t.Helper()
	message, err := iso20022.Notification{
		MessageID: "BANK-1", CreatedAt: at, NotificationID: "N-1", AccountID: "HUB-HKD", Currency: "HKD", Entries: entries,
		Owner: iso20022.Agent{OtherID: instruct.HubAgent},
	}.AppendXML(nil)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// paid is a booked entry about an obligation.
func paid(o instruct.Obligation, reference string, minor int64) iso20022.BookedEntry {
	transfer, err := iso20022.ParseInstitutionTransfer(o.Instruction)
	if err != nil {
		panic(err)
	}
	return iso20022.BookedEntry{
		Reference: reference, Amount: money.New(minor, o.Amount.Currency), Credit: o.Direction == instruct.PayIn, BookedAt: at,
		ValueAt: o.ValueDate, EndToEndID: transfer.EndToEndID, UETR: transfer.UETR,
	}
}

// status is the bank's answer to an instruction.
func status(t testing.TB, instruction []byte, said iso20022.Status, number int) []byte {
	t.Helper()
	transfer, err := iso20022.ParseInstitutionTransfer(instruction)
	if err != nil {
		t.Fatal(err)
	}
	report := iso20022.StatusReport{
		MessageID: fmt.Sprint("STATUS-", number), CreatedAt: at, OriginalMessageID: transfer.MessageID,
		OriginalMessageName: iso20022.InstitutionTransferName, OriginalInstruction: transfer.InstructionID,
		OriginalEndToEndID: transfer.EndToEndID, OriginalTransaction: transfer.TransactionID, OriginalUETR: transfer.UETR,
		Status: said,
	}
	if said == iso20022.Rejected {
		report.Reason = "AM04"
	}
	message, err := report.AppendXML(nil)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// take takes a bank's message in one transaction.
func (b books) take(message []byte) ([]instruct.Taken, error) {
	b.t.Helper()
	words, err := instruct.ReadWords(message)
	if err != nil {
		b.t.Fatal(err)
	}
	var all []instruct.Taken
	err = b.try(func(ctx context.Context, tx db.Tx) error {
		all = nil
		for _, word := range words {
			taken, err := instruct.Take(ctx, tx, word, at)
			if err != nil {
				return err
			}
			all = append(all, taken)
		}
		return nil
	})
	return all, err
}

func (b books) find(id ids.ID) instruct.Obligation {
	b.t.Helper()
	o, found, err := instruct.Find(b.t.Context(), b.pool, id)
	if err != nil || !found {
		b.t.Fatal(found, err)
	}
	return o
}

// positions are what participants owe.
func (b books) positions() map[string]int64 {
	b.t.Helper()
	all, err := position.All(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	owed := map[string]int64{}
	for _, p := range all {
		if p.Posted.Minor != 0 {
			owed[p.ParticipantID] = p.Posted.Minor
		}
	}
	return owed
}

// sound checks that positions are their accounts, that the ledger sums to zero,
// and that the open window's figures with what was settled explain them.
func (b books) sound() {
	b.t.Helper()
	balances, err := ledger.Balances(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	owed, sum := map[string]int64{}, int64(0)
	for _, balance := range balances {
		sum += balance.Net().Minor
		if balance.Purpose == ledger.Position && balance.Net().Minor != 0 {
			owed[balance.Owner] = -balance.Net().Minor
		}
		if balance.Purpose == ledger.Carried && balance.Net().Minor != 0 {
			b.t.Errorf("%s is left on %s", balance.Net(), balance.AccountID)
		}
	}
	if diff := cmp.Diff(owed, b.positions()); diff != "" || sum != 0 {
		b.t.Errorf("accounts sum to %d; accounts and positions: %s", sum, diff)
	}
	recent, err := window.Recent(b.t.Context(), b.pool, region, 1)
	if err != nil {
		b.t.Fatal(err)
	}
	next := recent[0]
	next.Number++
	carried, err := window.Carried(b.t.Context(), b.pool, next)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, figure := range carried {
		if figure.Owner != ledger.Hub && -figure.Amount().Minor != owed[figure.Owner] {
			b.t.Errorf("%s: figures say %s, the account %d", figure.Owner, figure.Amount(), -owed[figure.Owner])
		}
	}
}

// TestDischarge: money that a bank moves takes positions down, once, in parts or
// whole, and is final when nothing is left.
func TestDischarge(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		b.owe(map[string]int64{"A-1": 700, "B-2": -450})
		o := b.cutOff()
		first := notification(t, paid(o["A-1"], "E-1", 300), paid(o["B-2"], "E-2", 450))
		for round := range 2 {
			taken, err := b.take(first)
			if err != nil || len(taken) != 2 || taken[0].Repeated != (round == 1) || taken[0].Obligation.State != instruct.Partly {
				t.Fatalf("round %d: %+v, %v", round, taken, err)
			}
			if diff := cmp.Diff(map[string]int64{"A-1": 400}, b.positions()); diff != "" {
				t.Errorf("round %d: %s", round, diff)
			}
			b.sound()
		}
		if got := b.find(o["B-2"].ID); got.State != instruct.Settled || !got.FinalAt.Equal(at) {
			t.Errorf("%+v", got)
		}
		if _, err := b.take(notification(t, paid(o["A-1"], "E-3", 400))); err != nil {
			t.Fatal(err)
		}
		if got := b.find(o["A-1"].ID); got.State != instruct.Settled || !got.Rest().IsZero() || len(b.positions()) != 0 {
			t.Errorf("%+v, %v", got, b.positions())
		}
		steps, err := instruct.StepsOf(t.Context(), b.pool, o["A-1"].ID, 10)
		if err != nil || len(steps) != 2 || !steps[0].ValueDate.Equal(o["A-1"].ValueDate) {
			t.Errorf("%+v, %v", steps, err)
		}
		b.sound()
	})
}

// TestUnmatched: what a bank says that fits no obligation is kept and moves
// nothing.
func TestUnmatched(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		b.owe(map[string]int64{"A-1": 700})
		o := b.cutOff()["A-1"]
		wrongWay, stranger := paid(o, "E-2", 700), paid(o, "E-3", 700)
		wrongWay.Credit = false
		stranger.EndToEndID, stranger.UETR = "NOT-OURS", iso20022.UETR{}
		taken, err := b.take(notification(t, paid(o, "E-1", 701), wrongWay, stranger))
		if err != nil || len(taken) != 3 {
			t.Fatal(taken, err)
		}
		for _, one := range taken {
			if one.Step.Kind != instruct.Unmatched || one.Step.Reason == "" {
				t.Errorf("%+v", one.Step)
			}
		}
		if kept, err := instruct.StepsOf(t.Context(), b.pool, ids.Nil, 10); err != nil || len(kept) != 3 {
			t.Errorf("%+v, %v", kept, err)
		}
		if diff := cmp.Diff(o, b.find(o.ID)); diff != "" || b.positions()["A-1"] != 700 {
			t.Error(diff, b.positions())
		}
		if _, err := b.take(notification(t, paid(o, "E-1", 600))); !errors.Is(err, instruct.ErrDiffers) {
			t.Errorf("another amount under the same reference: %v", err)
		}
	})
}

// TestRefused: a refused instruction fails, is instructed again for what is
// left, and a late refusal of the first one changes nothing.
func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		b.owe(map[string]int64{"A-1": 700})
		o := b.cutOff()["A-1"]
		if taken, err := b.take(status(t, o.Instruction, iso20022.AcceptedSettlement, 0)); err != nil || taken[0].Obligation.State != instruct.Instructed {
			t.Fatalf("%+v, %v", taken, err)
		}
		if taken, err := b.take(status(t, o.Instruction, iso20022.Rejected, 1)); err != nil || taken[0].Obligation.State != instruct.Failed {
			t.Fatalf("%+v, %v", taken, err)
		}
		why := func(s instruct.Step) bool { return s.Reason == "AM04" } // both steps have the same time
		if steps, err := instruct.StepsOf(t.Context(), b.pool, o.ID, 2); err != nil || !slices.ContainsFunc(steps, why) {
			t.Errorf("%+v, %v", steps, err)
		}
		due := at.AddDate(0, 0, 3)
		decision := instruct.Decision{ObligationID: o.ID, ID: ids.New(), Reason: "the account has money now", At: at}
		var again []byte
		b.in(func(ctx context.Context, tx db.Tx) (err error) {
			again, err = instruct.Retry(ctx, tx, decision, due)
			return err
		})
		first, _ := iso20022.ParseInstitutionTransfer(o.Instruction)
		second, err := iso20022.ParseInstitutionTransfer(again)
		if err != nil || second.UETR == first.UETR || second.Amount != o.Amount || second.SettlementDate.Format(time.DateOnly) != "2026-01-05" {
			t.Errorf("%+v, %v", second, err)
		}
		if taken, err := b.take(status(t, o.Instruction, iso20022.Rejected, 2)); err != nil || taken[0].Step.Kind != instruct.Unmatched {
			t.Errorf("%+v, %v", taken, err)
		}
		entry := paid(o, "E-1", 700)
		entry.EndToEndID, entry.UETR = second.EndToEndID, second.UETR
		if taken, err := b.take(notification(t, entry)); err != nil || taken[0].Obligation.State != instruct.Settled {
			t.Errorf("%+v, %v", taken, err)
		}
		b.sound()
	})
}

// TestMoved: what is left is owed in the next window, exactly once.
func TestMoved(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		b.owe(map[string]int64{"A-1": 700, "B-2": -200})
		o := b.cutOff()
		if _, err := b.take(notification(t, paid(o["A-1"], "E-1", 300))); err != nil {
			t.Fatal(err)
		}
		b.owe(map[string]int64{"A-1": 50})
		before := b.positions()
		for _, owner := range []string{"A-1", "B-2"} {
			decision := instruct.Decision{ObligationID: o[owner].ID, ID: ids.New(), Reason: "the bank is shut", At: at}
			move := func(ctx context.Context, tx db.Tx) error { return instruct.MoveRest(ctx, tx, decision) }
			b.in(move)
			if err := b.try(move); !errors.Is(err, instruct.ErrState) {
				t.Errorf("moved twice: %v", err)
			}
		}
		if diff := cmp.Diff(before, b.positions()); diff != "" {
			t.Error(diff)
		}
		b.sound()
		next := b.cutOff()
		if next["A-1"].Amount != money.New(450, "HKD") || next["B-2"].Amount != money.New(200, "HKD") ||
			next["B-2"].Direction != instruct.PayOut {
			t.Errorf("%+v", next)
		}
		if got := b.find(o["A-1"].ID); got.State != instruct.Moved || !got.Rest().IsZero() {
			t.Errorf("%+v", got)
		}
	})
}

// TestCovered: a loss is paid by the prefunding, then shared, then the hub's.
func TestCovered(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		b.owe(map[string]int64{"A-1": 1000, "B-2": -600, "C-3": -300})
		o := b.cutOff()
		b.prefund("A-1", 250)
		if _, err := b.take(status(t, o["A-1"].Instruction, iso20022.Rejected, 1)); err != nil {
			t.Fatal(err)
		}
		nets := []window.Net{net("A-1", "HKD", 1000, 0), net("B-2", "HKD", 0, 600), net("C-3", "HKD", 0, 300)}
		left, err := instruct.Uncovered(t.Context(), b.pool, b.find(o["A-1"].ID))
		if err != nil || left != money.New(750, "HKD") {
			t.Fatal(left, err)
		}
		decision := instruct.Decision{ObligationID: o["A-1"].ID, ID: ids.New(), Reason: "insolvent", At: at}
		b.in(func(ctx context.Context, tx db.Tx) error {
			return instruct.CoverRest(ctx, tx, decision, instruct.Shares(nets, "A-1", left))
		})
		if diff := cmp.Diff(map[string]int64{"B-2": -100, "C-3": -50}, b.positions()); diff != "" {
			t.Error(diff)
		}
		b.sound()
		next := b.cutOff()
		if next["B-2"].Amount != money.New(500, "HKD") || next["C-3"].Amount != money.New(250, "HKD") || len(next) != 2 {
			t.Errorf("%+v", next)
		}
		for _, bad := range [][]instruct.Share{
			{{ParticipantID: "A-1", Amount: money.New(1, "HKD")}}, {{ParticipantID: "C-3", Amount: money.New(601, "HKD")}},
			{{ParticipantID: "C-3", Amount: money.New(1, "JPY")}},
		} {
			decision := instruct.Decision{ObligationID: o["B-2"].ID, ID: ids.New(), At: at}
			err := b.try(func(ctx context.Context, tx db.Tx) error { return instruct.CoverRest(ctx, tx, decision, bad) })
			if err == nil {
				t.Errorf("covered by %+v", bad)
			}
		}
	})
}

// prefund pays money in for a participant.
func (b books) prefund(owner string, minor int64) {
	b.t.Helper()
	b.in(func(ctx context.Context, tx db.Tx) error {
		id, err := window.Current(ctx, tx, region)
		if err != nil {
			return err
		}
		own, nostro := ledger.Account{Owner: owner, Purpose: ledger.Prefunding}, ledger.HubAccount(ledger.Nostro)
		if err := ledger.OpenAccounts(ctx, tx, []string{own.ID("HKD"), nostro.ID("HKD")}); err != nil {
			return err
		}
		movement := position.Movement{
			ID: ids.New(), ParticipantID: owner, Amount: money.New(minor, "HKD"), Evidence: ids.New().String(), At: at,
		}
		if err := position.Fund(ctx, tx, movement); err != nil {
			return err
		}
		return ledger.Post(ctx, tx, []ledger.Entry{{
			ID: ids.New(), Region: region, SubjectID: movement.ID, Sequence: 1, Kind: ledger.KindFunding, WindowID: id,
			BookedAt: at, Debit: nostro, Credit: own, Amount: movement.Amount,
		}})
	})
}

// TestAdjusted: an adjustment counts in the open window, between participants or
// with the hub, and a bad one changes nothing.
func TestAdjusted(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		adjust := func(debit, credit string, amount money.Amount, link ids.ID) error {
			return b.try(func(ctx context.Context, tx db.Tx) error {
				return instruct.Adjust(ctx, tx, instruct.Adjustment{
					ID: ids.New(), Region: region, Debit: debit, Credit: credit, Amount: amount, Link: link, At: at,
				})
			})
		}
		link := ids.New()
		for _, err := range []error{
			adjust("A-1", "B-2", money.New(90, "HKD"), link), adjust("HUB", "B-2", money.New(10, "HKD"), link),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if adjust("A-1", "A-1", money.New(90, "HKD"), link) == nil || adjust("A-1", "B-2", money.New(0, "HKD"), link) == nil ||
			adjust("A-1", "Z-9", money.New(1, "HKD"), link) == nil || adjust("A-1", "B-2", money.New(1, "HKD"), ids.Nil) == nil {
			t.Error("a bad adjustment was booked")
		}
		b.sound()
		if entries, err := ledger.EntriesOf(t.Context(), b.pool, link); err != nil || len(entries) != 2 {
			t.Errorf("%d entries linked, %v", len(entries), err)
		}
		next := b.cutOff()
		if next["A-1"].Amount != money.New(90, "HKD") || next["B-2"].Amount != money.New(100, "HKD") {
			t.Errorf("%+v", next)
		}
	})
}
