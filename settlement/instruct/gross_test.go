package instruct_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// due is what a payment comes to for a participant.
func due(participant string, minor int64, at time.Time) instruct.Due {
	return instruct.Due{
		SubjectID: ids.New(), Region: region, ParticipantID: participant, Amount: money.New(minor, "HKD"), At: at,
	}
}

// TestGross: the direction follows from the sign, the day is the first on which money
// moves, the instruction says the same, and two of a payment are two obligations.
func TestGross(t *testing.T) {
	friday := time.Date(2026, 1, 2, 23, 59, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		minor     int64
		at        time.Time
		direction instruct.Direction
		day       string
	}{
		"paid on a Friday":  {1488, friday, instruct.PayOut, "2026-01-02"},
		"a minute later":    {1488, friday.Add(time.Minute), instruct.PayOut, "2026-01-05"},
		"owed on a Sunday":  {-1, friday.Add(36 * time.Hour), instruct.PayIn, "2026-01-05"},
		"the most there is": {1e15, friday, instruct.PayOut, "2026-01-02"},
	} {
		d := due("A-1", c.minor, c.at)
		o, err := instruct.Gross(d, window.Calendars{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if o.Direction != c.direction || o.Amount.Minor != max(c.minor, -c.minor) || o.ValueDate.Format(time.DateOnly) != c.day ||
			o.SubjectID != d.SubjectID || o.WindowID != ids.Nil || o.State != instruct.Instructed {
			t.Errorf("%s: %+v", name, o)
		}
		transfer, err := iso20022.ParseInstitutionTransfer(o.Instruction)
		if err != nil || transfer.Amount != o.Amount || !strings.Contains(transfer.Remittance, d.SubjectID.String()) ||
			(transfer.Debtor.OtherID == "A-1") != (c.minor < 0) || !transfer.UETR.Valid() {
			t.Errorf("%s: %+v, %v", name, transfer, err)
		}
		again, err := instruct.Gross(d, window.Calendars{})
		if err != nil || again.ID != o.ID || string(again.Instruction) != string(o.Instruction) {
			t.Errorf("%s: it is another one when it is made again: %v", name, err)
		}
		d.ParticipantID = "B-2"
		if other, err := instruct.Gross(d, window.Calendars{}); err != nil || other.ID == o.ID {
			t.Errorf("%s: the other side has the same id, %v", name, err)
		}
	}
}

// gross books what single payments come to, and returns their obligations.
func (b books) gross(dues ...instruct.Due) (list []instruct.Obligation) {
	b.t.Helper()
	for _, d := range dues {
		o, err := instruct.Gross(d, window.Calendars{})
		if err != nil {
			b.t.Fatal(err)
		}
		list = append(list, o)
	}
	b.in(func(ctx context.Context, tx db.Tx) error {
		for _, d := range dues {
			err := position.Add(ctx, tx, position.Change{
				ParticipantID: d.ParticipantID, Debit: money.New(-d.Amount.Minor, "HKD"), Region: region, Paying: max(0, d.Amount.Minor),
			})
			if err != nil {
				return err
			}
		}
		instruct.InsertGross(tx, list)
		return nil
	})
	return list
}

// TestInstructionsWait: each waits once in its region until it was handed over, in parts
// of any length; what was handed over does not come back.
func TestInstructionsWait(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		var dues []instruct.Due
		for i := range int64(7) {
			dues = append(dues, due("A-1", 100+i, at), due("B-2", -100-i, at))
		}
		made := map[string]bool{}
		for _, o := range b.gross(dues...) {
			made[string(o.Instruction)] = true
		}
		if others, err := instruct.WaitingIn(t.Context(), b.pool, "europe-1", 100); err != nil || len(others) > 0 {
			t.Errorf("in another region: %d, %v", len(others), err)
		}
		for limit := 5; ; limit-- {
			waiting, err := instruct.WaitingIn(t.Context(), b.pool, region, limit)
			if err != nil || len(waiting) > limit {
				t.Fatalf("%d of %d, %v", len(waiting), limit, err)
			}
			if len(waiting) == 0 {
				break
			}
			var handed []ids.ID
			for _, w := range waiting {
				if !made[string(w.File.Body)] || !w.Day.Equal(at) || w.File.Retry || !strings.HasSuffix(w.File.Name, "_01.xml") {
					t.Errorf("%s of %s", w.File.Name, w.Day)
				}
				delete(made, string(w.File.Body))
				handed = append(handed, w.InstructionID)
			}
			b.in(func(ctx context.Context, tx db.Tx) error {
				return instruct.HandedOver(ctx, tx, "europe-1", handed)
			})
			if again, err := instruct.WaitingIn(t.Context(), b.pool, region, limit); err != nil || len(again) != len(waiting) {
				t.Errorf("another region has taken them off: %d, %v", len(again), err)
			}
			b.in(func(ctx context.Context, tx db.Tx) error { return instruct.HandedOver(ctx, tx, region, handed) })
		}
		if len(made) != 0 {
			t.Errorf("%d were never handed over", len(made))
		}
	})
}

// TestApart: exactly the payments of a participant that are settled by themselves.
func TestApart(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		own, other := due("A-1", 5, at), due("B-2", 5, at)
		b.gross(own, other)
		b.owe(map[string]int64{"A-1": 70})
		b.cutOff()
		apart, err := instruct.Apart(t.Context(), b.pool, "A-1", []ids.ID{own.SubjectID, other.SubjectID, ids.New(), ids.Nil})
		if err != nil || len(apart) != 1 || !apart[own.SubjectID] {
			t.Errorf("%v, %v", apart, err)
		}
		list, err := instruct.GrossOf(t.Context(), b.pool, "A-1", instruct.GrossPlace{CreatedAt: at.AddDate(1, 0, 0)}, 10)
		if err != nil || len(list) != 1 || list[0].SubjectID != own.SubjectID {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// TestWithheld: whatever participants are owed and have reserved, a window pays out what
// their caps leave, the rest is owed in the next one, both windows sum to zero, no
// position changes, and nothing is ever lost of what was owed.
func TestWithheld(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		random := rand.New(rand.NewPCG(8, 8))
		owners := []string{"A-1", "B-2", "C-3", "D-4"}
		owed, pending, short := map[string]int64{}, map[string][]ids.ID{}, 0
		for _, owner := range owners {
			b.in(func(ctx context.Context, tx db.Tx) error {
				return position.SetCap(ctx, tx, owner, money.New(random.Int64N(300), "HKD"))
			})
		}
		for range 60 {
			amounts := map[string]int64{}
			for _, owner := range owners {
				amounts[owner] = 200 - random.Int64N(1_000)
				if free := b.free(owner); amounts[owner] >= free {
					amounts[owner] = -random.Int64N(500)
				}
				if amounts[owner] == 0 {
					amounts[owner] = -1
				}
				owed[owner] -= amounts[owner]
			}
			b.owe(amounts)
			for _, owner := range owners {
				pending[owner] = b.refunds(random, owner, pending[owner])
			}
			room := map[string]int64{}
			for _, owner := range owners {
				room[owner] = b.free(owner)
			}
			for _, o := range b.cutOff() {
				paid := o.Amount.Minor
				if o.Direction == instruct.PayIn {
					paid = -paid
				} else if paid != min(owed[o.ParticipantID], room[o.ParticipantID]) {
					t.Errorf("%s is paid %d of %d with %d free", o.ParticipantID, paid, owed[o.ParticipantID], room[o.ParticipantID])
				}
				if owed[o.ParticipantID] -= paid; owed[o.ParticipantID] != 0 {
					short++
				}
				if _, err := b.take(notification(t, paidWhole(o))); err != nil {
					t.Fatal(err)
				}
			}
			b.inBalance(owed)
		}
		if b.sound(); short < 20 {
			t.Errorf("only %d times was something withheld", short)
		}
	})
}

// paidWhole is the bank's word that all of an obligation was paid.
func paidWhole(o instruct.Obligation) iso20022.BookedEntry {
	return paid(o, strings.ReplaceAll(o.ID.String(), "-", "")[:30], o.Amount.Minor)
}

// free is what can still be reserved of a participant.
func (b books) free(owner string) int64 {
	b.t.Helper()
	all, err := position.All(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(p position.Position) bool { return p.ParticipantID == owner })
	return all[i].Headroom().Minor
}

// refunds ends some of a participant's refunds without money and asks for another that
// fits.
func (b books) refunds(random *rand.Rand, owner string, pending []ids.ID) []ids.ID {
	b.t.Helper()
	for len(pending) > 0 && random.IntN(3) == 0 {
		b.in(func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, pending[:1]) })
		pending = pending[1:]
	}
	free := b.free(owner)
	if free <= 0 || random.IntN(2) == 0 {
		return pending
	}
	r := position.Reservation{
		ID: ids.New(), Region: region, ParticipantID: owner, Amount: money.New(1+random.Int64N(free), "HKD"), At: at,
	}
	b.in(func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, r) })
	return append(pending, r.ID)
}

// inBalance: what is left to pay is what the open window and the positions say, and no
// cap is exceeded.
func (b books) inBalance(owed map[string]int64) {
	b.t.Helper()
	open, err := window.Current(b.t.Context(), b.pool, region)
	if err != nil {
		b.t.Fatal(err)
	}
	nets, err := window.Nets(b.t.Context(), b.pool, open)
	if err != nil {
		b.t.Fatal(err)
	}
	sum := int64(0)
	for _, n := range nets {
		sum += n.Amount().Minor
		if n.Owner != ledger.Hub && n.Amount().Minor != owed[n.Owner] {
			b.t.Errorf("%s is owed %d, the open window says %s", n.Owner, owed[n.Owner], n.Amount())
		}
	}
	if sum != 0 {
		b.t.Errorf("the open window sums to %d", sum)
	}
	all, err := position.All(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range all {
		if -p.Posted.Minor != owed[p.ParticipantID] || p.Paying.Minor != 0 || p.Reserved.Minor > 0 && p.Headroom().Minor < 0 {
			b.t.Errorf("%+v, owed %d", p, owed[p.ParticipantID])
		}
	}
}
