package position_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
)

var operations = flag.Int("operations", 3000, "how many concurrent operations on positions must be linearizable")

// operation is what a client asks of a participant's position.
type operation struct {
	participant string
	kind        string // reserve, void, post, credit or cap
	amount      int64
}

// sums are a position as the documentation says it: numbers under a cap, changed by
// one operation at a time.
type sums struct{ posted, reserved, cap int64 }

// positionModel says which histories a position may have. An operation's output is
// whether it was accepted.
func positionModel() porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			byParticipant := map[string][]porcupine.Operation{}
			for _, o := range history {
				participant := o.Input.(operation).participant
				byParticipant[participant] = append(byParticipant[participant], o)
			}
			var parts [][]porcupine.Operation
			for _, part := range byParticipant {
				parts = append(parts, part)
			}
			return parts
		},
		Init: func() any { return sums{cap: limit} },
		Step: func(state, input, output any) (bool, any) {
			after, accepted := state.(sums).after(input.(operation))
			return accepted == output.(bool), after
		},
	}
}

func (s sums) after(o operation) (sums, bool) {
	switch o.kind {
	case "reserve":
		if s.posted+s.reserved+o.amount > s.cap {
			return s, false
		}
		s.reserved += o.amount
	case "void":
		s.reserved -= o.amount
	case "post":
		s.reserved, s.posted = s.reserved-o.amount, s.posted+o.amount
	case "credit":
		s.posted -= o.amount
	case "cap":
		s.cap = o.amount
	}
	return s, true
}

// teller is one client of the positions, with what it has reserved.
type teller struct {
	pool    *db.Pool
	random  *rand.Rand
	start   time.Time
	pending []position.Reservation
	history []porcupine.Operation
}

var tellersPositions = []string{"P1-WALLET", "P2-WALLET", "P3-WALLET", "P4-WALLET"}

// act does one random operation and notes it.
func (c *teller) act(client int) error {
	o := operation{participant: tellersPositions[c.random.IntN(len(tellersPositions))], amount: 1 + c.random.Int64N(limit/4)}
	var work func(ctx context.Context, tx db.Tx) error
	switch n := c.random.IntN(20); {
	case n < 8 && len(c.pending) > 0:
		held := c.pending[len(c.pending)-1]
		c.pending = c.pending[:len(c.pending)-1]
		o = operation{held.ParticipantID, "void", held.Amount.Minor}
		work = func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, []ids.ID{held.ID}) }
		if n < 4 {
			o.kind = "post"
			work = func(ctx context.Context, tx db.Tx) error { return position.Post(ctx, tx, []position.Reservation{held}) }
		}
	case n < 9:
		o.kind = "credit"
		work = func(ctx context.Context, tx db.Tx) error {
			return position.Add(ctx, tx, position.Change{ParticipantID: o.participant, Debit: hkd(-o.amount)})
		}
	case n < 10:
		o.kind, o.amount = "cap", limit/2+c.random.Int64N(limit)
		work = func(ctx context.Context, tx db.Tx) error {
			return position.SetCap(ctx, tx, o.participant, hkd(o.amount))
		}
	default:
		r := reservation(o.participant, hkd(o.amount))
		o.kind = "reserve"
		work = func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, r) }
		defer func() {
			if last := c.history[len(c.history)-1]; last.Output.(bool) {
				c.pending = append(c.pending, r)
			}
		}()
	}
	return c.note(client, o, work)
}

func (c *teller) note(client int, o operation, work func(ctx context.Context, tx db.Tx) error) error {
	call := time.Since(c.start)
	inTx := c.pool.InTx
	if c.random.IntN(2) == 0 {
		inTx = c.pool.InTxHopeful
	}
	err := dbtest.Persistently(func() error { return inTx(context.Background(), work) })
	c.history = append(c.history, porcupine.Operation{
		ClientId: client, Input: o, Call: int64(call), Output: err == nil, Return: int64(time.Since(c.start)),
	})
	if err != nil && !errors.Is(err, position.ErrCapExceeded) {
		return fmt.Errorf("%+v: %w", o, err)
	}
	return nil
}

// TestLinearizable: whatever many clients ask at once, the answers are those of a
// position that does one thing after another, in an order that real time allows. The
// long run is -operations=50000.
func TestLinearizable(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		for _, participant := range tellersPositions {
			must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				return position.Open(ctx, tx, participant, "asia-1", money.New(limit, "HKD"))
			}))
		}
		tellers := make([]*teller, 16)
		start := time.Now()
		var wg sync.WaitGroup
		for i := range tellers {
			c := &teller{pool: pool, random: rand.New(rand.NewPCG(50, uint64(i))), start: start}
			tellers[i] = c
			wg.Go(func() {
				for range *operations / len(tellers) {
					if err := c.act(i); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		took := time.Since(start)
		var history []porcupine.Operation
		refused := 0
		for _, c := range tellers {
			history = append(history, c.history...)
		}
		for _, o := range history {
			if !o.Output.(bool) {
				refused++
			}
		}
		t.Logf("%d operations in %s, %d refused", len(history), took.Round(time.Millisecond), refused)
		if refused == 0 {
			t.Error("nothing was refused: the cap was never reached")
		}
		checked := porcupine.CheckOperationsTimeout(positionModel(), history, 5*time.Minute)
		if checked != porcupine.Ok {
			t.Errorf("the history is %s", checked)
		}
	})
}

// TestModelRefuses: the checker sees what a position must never do.
func TestModelRefuses(t *testing.T) {
	const who = "P1-WALLET"
	reserved := func(amount int64, accepted bool, from, to int64) porcupine.Operation {
		return porcupine.Operation{Input: operation{who, "reserve", amount}, Output: accepted, Call: from, Return: to}
	}
	for name, c := range map[string]struct {
		history []porcupine.Operation
		want    bool
	}{
		"one fits":              {[]porcupine.Operation{reserved(limit, true, 1, 2)}, true},
		"too much":              {[]porcupine.Operation{reserved(limit+1, true, 1, 2)}, false},
		"both fit at once":      {[]porcupine.Operation{reserved(limit, true, 1, 4), reserved(1, true, 2, 3)}, false},
		"the other way round":   {[]porcupine.Operation{reserved(limit, false, 1, 4), reserved(1, true, 2, 3)}, true},
		"refused with room":     {[]porcupine.Operation{reserved(limit, false, 1, 2), reserved(1, true, 3, 4)}, false},
		"refused for a later":   {[]porcupine.Operation{reserved(1, false, 1, 2), reserved(limit, true, 3, 4)}, false},
		"refused behind a full": {[]porcupine.Operation{reserved(limit, true, 1, 2), reserved(1, false, 3, 4)}, true},
	} {
		if got := porcupine.CheckOperations(positionModel(), c.history); got != c.want {
			t.Errorf("%s: linearizable %v", name, got)
		}
	}
}
