package instruct_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/settlement/instruct"
)

// said is one thing that a bank says about an obligation: that it moved an amount, or else
// that it took or refused the instruction.
type said struct {
	moved  int64
	status iso20022.Status
}

// drawSaid are things that a bank may say about an obligation of an amount, which may be
// too much together.
func drawSaid(r *rapid.T, amount int64) (list []said, moved int64) {
	for range rapid.IntRange(1, 5).Draw(r, "words") {
		switch rapid.IntRange(0, 5).Draw(r, "word") {
		case 0:
			list = append(list, said{status: iso20022.Rejected})
		case 1:
			list = append(list, said{status: iso20022.AcceptedSettlement})
		case 2:
			list = append(list, said{moved: amount})
		default:
			list = append(list, said{moved: rapid.Int64Range(1, amount/2).Draw(r, "part")})
		}
		moved += list[len(list)-1].moved
	}
	return list, moved
}

// drawOrder is an order of things in which each comes at least once.
func drawOrder(r *rapid.T, count int) []int {
	all := make([]int, count)
	for i := range all {
		all[i] = i
	}
	again := rapid.SliceOfN(rapid.SampledFrom(all), 0, 3).Draw(r, "again")
	return rapid.Permutation(append(all, again...)).Draw(r, "order")
}

// message is how the bank says it; the number tells it from everything else that is said.
func (s said) message(t *testing.T, o instruct.Obligation, number int) []byte {
	t.Helper()
	if s.moved > 0 {
		return notification(t, paid(o, reference(o, number), s.moved))
	}
	return status(t, o.Instruction, s.status, number)
}

// reference is the bank's for an entry.
func reference(o instruct.Obligation, number int) string {
	return fmt.Sprintf("%.25s-%d", o.ID, number)
}

// hear takes what is said in an order: an obligation never gets back what was discharged, and
// what has ended stays.
func (b books) hear(r *rapid.T, o instruct.Obligation, list []said, order []int) instruct.Obligation {
	b.t.Helper()
	for _, number := range order {
		before := b.find(o.ID)
		taken, err := b.take(list[number].message(b.t, o, number))
		if err != nil || len(taken) != 1 {
			r.Fatalf("%+v, %v", taken, err)
		}
		after := b.find(o.ID)
		if after.Discharged.Minor < before.Discharged.Minor || after.Rest().Minor < 0 ||
			before.State.Final() && (after.State != before.State || !after.FinalAt.Equal(before.FinalAt)) {
			r.Fatalf("%+v, after %+v %+v", before, list[number], after)
		}
	}
	return b.find(o.ID)
}

// movedBy is what entries have moved of an obligation, and how many there are.
func (b books) movedBy(o instruct.Obligation) (minor, entries int64) {
	b.t.Helper()
	row := b.pool.QueryRow(b.t.Context(), `SELECT coalesce(sum(amount_minor), 0)::BIGINT, count(*) FROM ledger_entry
		WHERE payment_id = $1 AND kind = 'SETTLEMENT'`, o.ID)
	if err := row.Scan(&minor, &entries); err != nil {
		b.t.Fatal(err)
	}
	return minor, entries
}

// TestAnyOrder: whatever a bank says about an obligation, in whatever order and however often
// it comes, it is discharged by each payment once and by no more than it is; two of which the
// same was said in different orders end the same; and what people decide about the rest ends
// it once, whatever the bank repeats or adds afterwards.
func TestAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		rapid.Check(t, func(r *rapid.T) {
			amount := rapid.Int64Range(2, 1000).Draw(r, "amount")
			if rapid.Bool().Draw(r, "pay-out") {
				amount = -amount
			}
			b.owe(map[string]int64{"A-1": amount, "B-2": amount})
			made := b.cutOff()
			list, moved := drawSaid(r, made["A-1"].Amount.Minor)
			first := b.hear(r, made["A-1"], list, drawOrder(r, len(list)))
			second := b.hear(r, made["B-2"], list, drawOrder(r, len(list)))
			if moved <= first.Amount.Minor {
				if first.State != second.State || first.Discharged != second.Discharged || first.Discharged.Minor != moved {
					r.Fatalf("%+v\n%+v\n%+v", list, first, second)
				}
			}
			for _, o := range []instruct.Obligation{first, second} {
				if minor, _ := b.movedBy(o); minor != o.Discharged.Minor {
					r.Fatalf("%d moved of %+v", minor, o)
				}
				b.end(r, o, list)
			}
			b.cutOff() // with what was moved
		})
		b.sound()
	})
}

// end lets people decide about what is left, and the bank say everything again and more.
func (b books) end(r *rapid.T, o instruct.Obligation, list []said) {
	b.t.Helper()
	d := instruct.Decision{ObligationID: o.ID, ID: ids.New(), Reason: "decided", At: at}
	decide := func(work func(ctx context.Context, tx db.Tx) error, right bool) {
		if err := b.try(work); right == errors.Is(err, instruct.ErrState) || right && err != nil {
			r.Fatalf("%+v: %v", o, err)
		}
	}
	cover := rapid.Bool().Draw(r, "cover") && o.Direction == instruct.PayIn && o.State != instruct.Instructed
	for range 2 {
		decide(func(ctx context.Context, tx db.Tx) error {
			if cover {
				return instruct.CoverRest(ctx, tx, d, nil)
			}
			return instruct.MoveRest(ctx, tx, d)
		}, !o.State.Final())
		o = b.find(o.ID)
	}
	_, entries := b.movedBy(o)
	late := append(slices.Clone(list), said{moved: 1}, said{moved: o.Amount.Minor}, said{status: iso20022.Rejected})
	for number, s := range late {
		taken, err := b.take(s.message(b.t, o, number))
		if err != nil || !taken[0].Repeated && taken[0].Step.Kind != instruct.Unmatched && s.status != iso20022.AcceptedSettlement {
			r.Fatalf("%+v of %+v: %+v, %v", s, o, taken, err)
		}
	}
	if minor, now := b.movedBy(o); minor != o.Amount.Minor || now != entries || b.find(o.ID).State != o.State {
		r.Fatalf("%d moved of %+v by %d entries, then %d", minor, o, entries, now)
	}
}
