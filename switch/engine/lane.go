package engine

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
)

// Limits of a lane. A batch of 128 brings the cost of one commit close to its
// floor, and a payment makes two changes and one note; a queue of 4,096 is what the
// slowest supported disk commits within a partner's patience of ten seconds.
const (
	laneBatch   = 128
	laneNotes   = laneBatch / 2
	laneQueue   = 4096
	laneTimeout = 20 * time.Second
	// lanePatience is how long the note of a notification waits for a change that it can go
	// with. Nobody is answered after it, and it is short beside the notification.
	lanePatience = 10 * time.Millisecond
	// laneDoubt is how many batches ask for every answer after one whose hope was dashed.
	// A batch that starts over costs twice: while every batch has a payment that is
	// refused, one of seventeen does.
	laneDoubt = 16
)

// lane commits changes that arrive together in one transaction. All changes of
// a process pass it one batch after the other, so they never meet each other
// as conflicts; conflicts with other processes are retried by the database
// package. Correctness does not depend on it.
type lane struct {
	pool *db.Pool
	jobs chan *job
	// notes are those of notifications, which go with others if any come.
	notes chan *job
	// carryOut makes the changes of a batch inside one transaction.
	carryOut func(ctx context.Context, tx db.Tx, batch []*job) error
	// observe is told how many changes a batch has; nil tells nobody.
	observe func(ctx context.Context, changes int)
	// committed is told of a batch that was committed, before those who wait for it and so
	// before anybody can hear of it; nil tells nobody.
	committed func(batch []*job)
	// apart commits every change at once and by itself, side by side with others.
	apart bool
	// doubt is how many batches are still committed without hope.
	doubt atomic.Int32
}

// work is what a transaction is asked to do.
type work interface {
	// refusal is why the change was not made although its transaction was committed;
	// nil if it was made.
	refusal() error
	// guessed tells whether the last attempt went by what was known instead of what is
	// stored, so that a failure may be no more than that.
	guessed() bool
}

// plain is work that is done by itself: it may run more than once and must follow
// the rules of [db.Pool.InTx].
type plain func(ctx context.Context, tx db.Tx) error

func (plain) refusal() error { return nil }

func (plain) guessed() bool { return false }

type job struct {
	ctx  context.Context
	work work
	done chan error
}

func newLane(pool *db.Pool, carryOut func(ctx context.Context, tx db.Tx, batch []*job) error) *lane {
	return &lane{
		pool: pool, jobs: make(chan *job, laneQueue), notes: make(chan *job, laneQueue), carryOut: carryOut,
	}
}

// errLaneFull means that the queue of the lane is full.
var errLaneFull = errors.New("engine: more changes wait than can be committed in time")

// do commits work together with others that wait, alone it waits for nobody. Once
// queued the change runs to its end even if ctx ends, because its outcome must be
// known.
func (l *lane) do(ctx context.Context, w work) error {
	j := &job{ctx: context.WithoutCancel(ctx), work: w, done: make(chan error, 1)}
	if l.apart {
		l.commit([]*job{j})
		return <-j.done
	}
	queue := l.jobs
	if n, isNote := w.(*note); isNote && n.consumer != "" {
		queue = l.notes
	}
	select {
	case queue <- j:
		return <-j.done
	default:
		return errLaneFull
	}
}

// run serves the lane until ctx ends, then finishes what is queued.
func (l *lane) run(ctx context.Context) {
	for {
		select {
		case first := <-l.jobs:
			l.commit(l.batch(first))
		case first := <-l.notes:
			l.commit(l.batch(l.accompanied(ctx, first)...))
		case <-ctx.Done():
			l.drain()
			return
		}
	}
}

// accompanied waits a moment for a change that a note can go with.
func (l *lane) accompanied(ctx context.Context, first *job) []*job {
	patience := time.NewTimer(lanePatience)
	defer patience.Stop()
	select {
	case change := <-l.jobs:
		return []*job{change, first}
	case <-patience.C:
	case <-ctx.Done():
	}
	return []*job{first}
}

func (l *lane) drain() {
	for {
		batch := l.batch()
		if len(batch) == 0 {
			return
		}
		l.commit(batch)
	}
}

// batch adds what waits already and never waits for more. Notes get half of it, so
// that changes without end do not keep them waiting.
func (l *lane) batch(batch ...*job) []*job {
	return fill(fill(batch, l.notes, laneNotes), l.jobs, laneBatch)
}

// fill adds what waits in a queue until a batch has so many.
func fill(batch []*job, queue <-chan *job, most int) []*job {
	for len(batch) < most {
		select {
		case next := <-queue:
			batch = append(batch, next)
		default:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction. If one of its changes fails, each is
// tried alone, so that a bad payment never fails its neighbours, and what was guessed
// is read; an ambiguous commit is not repeated but told to all.
func (l *lane) commit(batch []*job) {
	if l.observe != nil {
		l.observe(batch[0].ctx, len(batch))
	}
	err := l.transact(batch)
	last := len(batch) == 1 && !batch[0].work.guessed()
	if err == nil || last || errors.Is(err, db.ErrAmbiguous) {
		for _, j := range batch {
			j.end(err)
		}
		return
	}
	for _, j := range batch {
		j.end(l.transact([]*job{j}))
	}
}

// end tells what became of a change: the error of its transaction, or its refusal.
func (j *job) end(err error) {
	if err == nil {
		err = j.work.refusal()
	}
	j.done <- err
}

// transact commits a batch and tells so.
func (l *lane) transact(batch []*job) error {
	ctx, cancel := context.WithTimeout(batch[0].ctx, laneTimeout)
	defer cancel()
	err := l.try(ctx, batch)
	if err == nil && l.committed != nil {
		l.committed(batch)
	}
	return err
}

// try commits a batch, with the hope that all goes well if the last ones did.
func (l *lane) try(ctx context.Context, batch []*job) error {
	if l.doubt.Add(-1) >= 0 {
		return l.pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return l.carryOut(ctx, tx, batch) })
	}
	l.doubt.Store(0)
	return l.pool.InTxHopeful(ctx, func(ctx context.Context, tx db.Tx) error {
		if !tx.Hopeful() {
			l.doubt.Store(laneDoubt)
		}
		return l.carryOut(ctx, tx, batch)
	})
}
