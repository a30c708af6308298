package instruct_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/settlement/instruct"
)

// debt is an obligation in the simplest form: what is left, and in which state.
type debt struct {
	instruct.Obligation
	rest  int64
	state instruct.State
	// instructions are the messages that the bank was sent about it, the present one last.
	instructions [][]byte
	// heard are the messages of the bank that were taken.
	heard [][]byte
	// paid is what the bank moved, ended what people moved or wrote off.
	paid, ended int64
}

func (d *debt) final() bool {
	return d.state == instruct.Settled || d.state == instruct.Moved || d.state == instruct.Covered
}

// about is the obligation as one of its instructions names it.
func (d *debt) about(attempt int) instruct.Obligation {
	o := d.Obligation
	o.Instruction = d.instructions[attempt]
	return o
}

// anything is a run in which banks and people do anything to two obligations.
type anything struct {
	books
	r     *rapid.T
	debts []*debt
	count int
	met   map[instruct.State]int
}

var errCrash = errors.New("the hub dies")

// hear takes a message of the bank, and expects what it is taken for. Sometimes the hub dies
// first, and the message comes again.
func (a *anything) hear(d *debt, message []byte, want instruct.StepKind, repeated bool) {
	a.t.Helper()
	if rapid.IntRange(0, 4).Draw(a.r, "dies") == 0 {
		words, err := instruct.ReadWords(message)
		if err != nil {
			a.r.Fatal(err)
		}
		err = a.try(func(ctx context.Context, tx db.Tx) error {
			if _, err := instruct.Take(ctx, tx, words[0], at); err != nil {
				return err
			}
			return errors.Join(tx.Now(ctx), errCrash)
		})
		if !errors.Is(err, errCrash) {
			a.r.Fatal(err)
		}
	}
	taken, err := a.take(message)
	if err != nil || len(taken) != 1 || taken[0].Repeated != repeated || !repeated && taken[0].Step.Kind != want {
		a.r.Fatalf("%+v, %v, want %s of %+v", taken, err, want, d)
	}
	if !repeated {
		d.heard = append(d.heard, message)
	}
}

// reference is a new one of the bank's.
func (a *anything) reference() string {
	a.count++
	return fmt.Sprintf("%.20s-%d", a.debts[0].ID, a.count)
}

// pay lets the bank move some of it, all of it, or too much, about any of its instructions.
func (a *anything) pay(d *debt, attempt int) {
	minor := rapid.OneOf(rapid.Just(max(1, d.rest)), rapid.Int64Range(1, max(1, d.Amount.Minor))).Draw(a.r, "pays")
	message := notification(a.t, paid(d.about(attempt), a.reference(), minor))
	if d.final() || minor > d.rest {
		a.hear(d, message, instruct.Unmatched, false)
		return
	}
	a.hear(d, message, instruct.Confirmed, false)
	d.paid, d.rest, d.state = d.paid+minor, d.rest-minor, instruct.Partly
	if d.rest == 0 {
		d.state = instruct.Settled
	}
}

// reject lets the bank refuse any of its instructions; only the present one counts.
func (a *anything) reject(d *debt, attempt int) {
	a.count++
	message := status(a.t, d.instructions[attempt], iso20022.Rejected, a.count)
	if attempt < len(d.instructions)-1 || d.state != instruct.Instructed && d.state != instruct.Partly {
		a.hear(d, message, instruct.Unmatched, false)
		return
	}
	a.hear(d, message, instruct.Rejected, false)
	if d.state = instruct.Failed; d.paid > 0 {
		d.state = instruct.Partly
	}
}

func (a *anything) accept(d *debt, attempt int) {
	a.count++
	a.hear(d, status(a.t, d.instructions[attempt], iso20022.AcceptedSettlement, a.count), instruct.Accepted, false)
}

// repeat lets the bank say something again.
func (a *anything) repeat(d *debt, _ int) {
	if len(d.heard) > 0 {
		a.hear(d, rapid.SampledFrom(d.heard).Draw(a.r, "again"), "", true)
	}
}

// decide carries out what people decide, which is refused unless it is right; the same decision
// again is refused always.
func (a *anything) decide(right bool, work func(ctx context.Context, tx db.Tx, d instruct.Decision) error, d *debt) {
	a.t.Helper()
	decision := instruct.Decision{ObligationID: d.ID, ID: ids.New(), Reason: "decided", At: at}
	do := func() error {
		return a.try(func(ctx context.Context, tx db.Tx) error { return work(ctx, tx, decision) })
	}
	if err := do(); right && err != nil || !right && !errors.Is(err, instruct.ErrState) {
		a.r.Fatalf("%+v: %v", d, err)
	}
	if err := do(); err == nil {
		a.r.Fatalf("%+v was decided twice", d)
	}
}

func (a *anything) retry(d *debt, _ int) {
	right := (d.state == instruct.Failed || d.state == instruct.Partly) && len(d.instructions) < 20
	var body []byte
	a.decide(right, func(ctx context.Context, tx db.Tx, decision instruct.Decision) (err error) {
		again, err := instruct.Retry(ctx, tx, decision, at)
		if err == nil {
			body = again
		}
		return err
	}, d)
	if right {
		d.state, d.instructions = instruct.Instructed, append(d.instructions, body)
	}
}

func (a *anything) move(d *debt, _ int) {
	right := !d.final()
	a.decide(right, instruct.MoveRest, d)
	if right {
		d.ended, d.rest, d.state = d.rest, 0, instruct.Moved
	}
}

func (a *anything) cover(d *debt, _ int) {
	right := !d.final() && d.Direction == instruct.PayIn && d.state != instruct.Instructed
	a.decide(right, func(ctx context.Context, tx db.Tx, decision instruct.Decision) error {
		return instruct.CoverRest(ctx, tx, decision, nil)
	}, d)
	if right {
		d.ended, d.rest, d.state = d.rest, 0, instruct.Covered
	}
}

// abort moves what is left of both.
func (a *anything) abort(*debt, int) {
	for _, d := range a.debts {
		if !d.final() {
			a.move(d, 0)
		}
	}
}

// check holds the obligations, and the entries about them, against what should have become of
// them: each unit is discharged once, by the bank or by people.
func (a *anything) check() {
	a.t.Helper()
	for _, d := range a.debts {
		a.met[d.state]++
		o := a.find(d.ID)
		minor, _ := a.movedBy(o)
		type was struct {
			State             instruct.State
			Rest, By, Attempt int64
		}
		want := was{d.state, d.rest, d.paid + d.ended, int64(len(d.instructions))}
		if diff := cmp.Diff(want, was{o.State, o.Rest().Minor, minor, o.Attempt}); diff != "" || d.paid+d.ended+d.rest != d.Amount.Minor {
			a.r.Fatalf("%+v: %s", o, diff)
		}
	}
}

// Whatever banks say and people decide about obligations of a window, in any order, about any of
// their instructions, again and again, with hubs that die: each unit is discharged once, what
// has ended stays, and what was moved is owed in the next window.
func TestAnythingDischargesOnce(t *testing.T) {
	met := map[instruct.State]int{}
	each(t, func(t *testing.T, b books) {
		rapid.Check(t, func(r *rapid.T) {
			in, out := rapid.Int64Range(1, 1000).Draw(r, "in"), rapid.Int64Range(1, 1000).Draw(r, "out")
			b.owe(map[string]int64{"A-1": in, "B-2": -out})
			made := b.cutOff()
			a := &anything{books: b, r: r, met: met}
			for _, owner := range []string{"A-1", "B-2"} {
				o := made[owner]
				a.debts = append(a.debts, &debt{
					Obligation: o, rest: o.Amount.Minor, state: instruct.Instructed, instructions: [][]byte{o.Instruction},
				})
			}
			steps := []func(*debt, int){
				a.pay, a.pay, a.reject, a.reject, a.reject, a.accept, a.repeat, a.repeat, a.retry, a.retry, a.move, a.cover,
				a.cover, a.cover, a.cover, a.abort,
			}
			for range rapid.IntRange(3, 16).Draw(r, "steps") {
				d := rapid.SampledFrom(a.debts).Draw(r, "debt")
				rapid.SampledFrom(steps).Draw(r, "step")(d, rapid.IntRange(0, len(d.instructions)-1).Draw(r, "attempt"))
				a.check()
			}
			a.abort(nil, 0)
			moved := map[string]int64{}
			for _, d := range a.debts {
				if d.state == instruct.Moved {
					moved[d.ParticipantID] = d.ended
				}
			}
			next := map[string]int64{}
			for owner, o := range b.cutOff() {
				next[owner] = o.Amount.Minor
				_, err := b.take(notification(t, paid(o, a.reference(), o.Amount.Minor)))
				if err != nil {
					r.Fatal(err)
				}
			}
			if diff := cmp.Diff(moved, next); diff != "" {
				r.Fatal(diff)
			}
		})
		b.sound()
	})
	for _, state := range []instruct.State{instruct.Partly, instruct.Failed, instruct.Settled, instruct.Moved, instruct.Covered} {
		// A short run is a fifth of a run, which may miss what is rare.
		if met[state] == 0 && !testing.Short() {
			t.Errorf("none was %s: %v", state, met)
		}
	}
	t.Logf("looked at in each state: %v", met)
}
