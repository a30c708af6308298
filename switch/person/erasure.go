package person

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/route"
)

// State is how far an erasure is.
type State string

// The states.
const (
	ErasingPayments   State = "PAYMENTS"
	ErasingAgreements State = "AGREEMENTS"
	Erased            State = "DONE"
)

// Erasure is a person who is to be forgotten.
type Erasure struct {
	ID     ids.ID
	Region string
	// Who is to be forgotten; only the side and the partner once it is done.
	Who   engine.Person
	State State
	// Before is when payments must have been made, and agreements have ended, to be
	// erased. The law wants the younger ones kept.
	Before time.Time
	// After is the last row that was looked at.
	After ids.ID
	// Payments, Declarations and Agreements are how many have been erased.
	Payments, Declarations, Agreements int64
	// Kept is how many payments and agreements had to stay: KeptOpen of them because they
	// are [Open], the others by [Law].
	Kept, KeptOpen  int64
	AskedAt, DoneAt time.Time
}

// SliceMax is how many rows of a partner a transaction of an erasure looks through, so
// that payments never wait for one.
const SliceMax = 2000

// Desk carries erasures out.
type Desk struct {
	Pool   *db.Pool
	Clock  clock.Clock
	Region string
	// Directory returns the present participants.
	Directory func() *route.Directory
	// Slice is [SliceMax] if it is 0.
	Slice int
}

// Ask notes down that a person is to be forgotten. It is done when [Desk.Work] has been
// there.
func Ask(ctx context.Context, tx db.Tx, region string, id ids.ID, who engine.Person, before, at time.Time) error {
	return insert(ctx, tx, Erasure{
		ID: id, Region: region, Who: who, State: ErasingPayments, Before: before, AskedAt: at,
	})
}

// Work carries out all erasures of the region that are open and returns how many. Several
// hubs may do so at once: each slice is one transaction, which moves the erasure on.
func (d *Desk) Work(ctx context.Context) (done int, err error) {
	open, err := listOpen(ctx, d.Pool, d.Region)
	for _, e := range open {
		for e.State != Erased {
			if e, err = d.slice(ctx, e.ID); err != nil {
				return done, err
			}
		}
		done++
	}
	return done, err
}

// slice moves an erasure on by one slice.
func (d *Desk) slice(ctx context.Context, id ids.ID) (e Erasure, err error) {
	now := d.Clock.Now()
	err = d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if e, err = find(ctx, tx, id); err != nil || e.State == Erased {
			return err
		}
		if e.State == ErasingPayments {
			err = e.erasePayments(ctx, tx, d.limit())
		} else {
			err = e.eraseAgreements(ctx, tx, d.limit())
		}
		if err != nil {
			return err
		}
		if e.State == Erased {
			if e.Who.Side == engine.Payer {
				route.ForgetCustomer(tx, d.networks(), e.Who.PartnerID, e.Who.Reference)
			}
			e.DoneAt, e.Who.Reference = now, ""
		}
		return update(ctx, tx, e)
	})
	return e, err
}

func (d *Desk) limit() int {
	if d.Slice > 0 {
		return d.Slice
	}
	return SliceMax
}

// networks are the participants that may know a payer by an id of their own.
func (d *Desk) networks() []string {
	return db.Column(d.Directory().Participants(), func(p route.Participant) string { return p.ID })
}

func (e *Erasure) erasePayments(ctx context.Context, tx db.Tx, limit int) error {
	own, next, err := paymentsOf(ctx, tx, e.Region, e.Who, e.Before, e.After, limit)
	if err != nil {
		return err
	}
	var free []engine.Record
	for _, p := range own {
		if !e.keeps(p.Hold) {
			free = append(free, p.Record)
			e.Declarations += int64(len(p.Declarations))
		}
	}
	erased, err := engine.ForgetPayments(tx, free, e.Before)
	e.Payments += int64(erased)
	e.moveOn(next)
	return err
}

func (e *Erasure) eraseAgreements(ctx context.Context, tx db.Tx, limit int) error {
	own, next, err := agreementsOf(ctx, tx, e.Region, e.Who, e.Before, e.After, limit)
	if err != nil {
		return err
	}
	var free []agreement.Agreement
	for _, a := range own {
		if !e.keeps(a.Hold) {
			free = append(free, a.Agreement)
		}
	}
	e.Agreements += int64(agreement.ForgetPayer(tx, free, e.Before))
	e.moveOn(next)
	return nil
}

// keeps counts what is held, and says whether it is.
func (e *Erasure) keeps(hold Hold) bool {
	if hold == "" {
		return false
	}
	e.Kept++
	if hold == Open {
		e.KeptOpen++
	}
	return true
}

// moveOn goes on behind a row, or with what follows when there is none.
func (e *Erasure) moveOn(next ids.ID) {
	if e.After = next; next == ids.Nil {
		e.State = following(e.State, e.Who)
	}
}
