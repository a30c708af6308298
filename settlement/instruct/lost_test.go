package instruct_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/settlement/instruct"
)

// unsure is a hub whose commits, or the answers to them, are lost.
type unsure struct {
	books
	proxy  *dbtest.Proxy
	random *rand.Rand
	lost   int
}

// again does something until it is known to be done, as a hub that does not know asks again. It
// says whether it ever did not know.
func (u *unsure) again(do func() error) (unknown bool, err error) {
	u.t.Helper()
	u.proxy.BreakCommits(dbtest.Loss(1+u.random.IntN(2)), u.random.IntN(3))
	defer u.proxy.BreakCommits(0, 0)
	for {
		if err := do(); !errors.Is(err, db.ErrAmbiguous) && !errors.Is(err, db.ErrUnavailable) {
			return unknown, err
		}
		unknown = true
		u.lost++
	}
}

// hear takes a bank's message.
func (u *unsure) hear(message []byte, want instruct.StepKind) {
	u.t.Helper()
	var taken []instruct.Taken
	unknown, err := u.again(func() (err error) {
		taken, err = u.take(message)
		return err
	})
	if err != nil || len(taken) != 1 || taken[0].Step.Kind != want || taken[0].Repeated && !unknown {
		u.t.Fatalf("%+v, %v, want %s", taken, err, want)
	}
}

// decide carries out a decision. One that is refused after it was not known is on record.
func (u *unsure) decide(o instruct.Obligation, work func(context.Context, db.Tx, instruct.Decision) error) {
	u.t.Helper()
	d := instruct.Decision{ObligationID: o.ID, ID: ids.New(), Reason: "decided", At: at}
	unknown, err := u.again(func() error {
		return u.try(func(ctx context.Context, tx db.Tx) error { return work(ctx, tx, d) })
	})
	if err != nil && !unknown {
		u.t.Fatal(err)
	}
	steps, err := instruct.StepsOf(u.t.Context(), u.pool, o.ID, 100)
	if err != nil {
		u.t.Fatal(err)
	}
	times := 0
	for _, step := range steps {
		if step.Reference == d.ID.String() {
			times++
		}
	}
	if times != 1 {
		u.t.Fatalf("%s was decided %d times: %+v", o.ID, times, steps)
	}
}

// TestDischargeThroughLostCommits: a hub that never knows whether its commits happened takes
// banks' words and decisions again until it does, and each unit is discharged once.
func TestDischargeThroughLostCommits(t *testing.T) {
	url := dbtest.URL(t)
	straight := dbtest.Open(t, url)
	if _, err := db.Migrate(t.Context(), straight, clock.System{}, migrations(t)); err != nil {
		t.Fatal(err)
	}
	b := opened(t, straight)
	proxy := dbtest.NewProxy(t, url)
	u := &unsure{books: books{t, dbtest.Open(t, proxy.URL())}, proxy: proxy, random: rand.New(rand.NewPCG(16, 1))}
	retry := func(ctx context.Context, tx db.Tx, d instruct.Decision) error {
		_, err := instruct.Retry(ctx, tx, d, at)
		return err
	}
	for round := range 12 {
		b.owe(map[string]int64{"A-1": 1000, "B-2": -700, "C-3": -300})
		made := b.cutOff()
		for owner, o := range made {
			name := fmt.Sprint(owner, " ", round)
			part := 1 + u.random.Int64N(o.Amount.Minor-1)
			u.hear(notification(t, paid(o, name+" 1", part)), instruct.Confirmed)
			u.decide(o, retry)
			again := o
			again.Instruction = presentInstruction(t, b, o.ID)
			u.hear(status(t, again.Instruction, iso20022.Rejected, round), instruct.Rejected)
			if round%2 == 0 {
				u.hear(notification(t, paid(again, name+" 2", o.Amount.Minor-part)), instruct.Confirmed)
			} else {
				u.decide(o, instruct.MoveRest)
			}
			now := b.find(o.ID)
			if minor, _ := b.movedBy(now); minor != o.Amount.Minor || !now.State.Final() || now.Attempt != 2 {
				t.Fatalf("%d of %s: %+v", minor, o.Amount, now)
			}
		}
		b.sound()
		for owner, o := range b.cutOff() { // what was moved
			u.hear(notification(t, paid(o, fmt.Sprint(owner, " ", round, " 3"), o.Amount.Minor)), instruct.Confirmed)
		}
		if left := b.positions(); len(left) > 0 {
			t.Fatalf("after round %d: %v", round, left)
		}
	}
	if u.lost < 30 {
		t.Errorf("only %d commits were lost", u.lost)
	}
}

// presentInstruction is the last message that the bank was sent about an obligation.
func presentInstruction(t *testing.T, b books, id ids.ID) (body []byte) {
	t.Helper()
	row := b.pool.QueryRow(t.Context(),
		`SELECT body FROM obligation_instruction WHERE obligation_id = $1 ORDER BY attempt DESC LIMIT 1`, id)
	if err := row.Scan(&body); err != nil {
		t.Fatal(err)
	}
	return body
}
