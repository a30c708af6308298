package engine

import (
	"context"
	"errors"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
)

// Limits of a lane. A batch of 32 brings the cost of one commit close to its
// floor; a queue of 4,096 is what the slowest supported disk commits within a
// partner's patience of ten seconds.
const (
	laneBatch   = 32
	laneQueue   = 4096
	laneTimeout = 20 * time.Second
)

// lane commits changes that arrive together in one transaction. All changes of
// a process pass it one batch after the other, so they never meet each other
// as conflicts; conflicts with other processes are retried by the database
// package. Correctness does not depend on it.
type lane struct {
	pool *db.Pool
	jobs chan *job
	// observe is told how many changes a batch has; nil tells nobody.
	observe func(ctx context.Context, changes int)
}

type job struct {
	ctx  context.Context
	work func(ctx context.Context, tx db.Tx) error
	done chan error
}

func newLane(pool *db.Pool) *lane {
	return &lane{pool: pool, jobs: make(chan *job, laneQueue)}
}

// errLaneFull means that the queue of the lane is full.
var errLaneFull = errors.New("engine: more changes wait than can be committed in time")

// do commits work together with others that wait. work may run more than once
// and must follow the rules of [db.Pool.InTx]. Once queued the change runs to
// its end even if ctx ends, because its outcome must be known.
func (l *lane) do(ctx context.Context, work func(ctx context.Context, tx db.Tx) error) error {
	j := &job{ctx: context.WithoutCancel(ctx), work: work, done: make(chan error, 1)}
	select {
	case l.jobs <- j:
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
		case <-ctx.Done():
			l.drain()
			return
		}
	}
}

func (l *lane) drain() {
	for {
		select {
		case first := <-l.jobs:
			l.commit(l.batch(first))
		default:
			return
		}
	}
}

// batch takes what waits already and never waits for more.
func (l *lane) batch(first *job) []*job {
	batch := []*job{first}
	for len(batch) < laneBatch {
		select {
		case next := <-l.jobs:
			batch = append(batch, next)
		default:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction. If one of its changes fails, each is
// tried alone, so that a bad payment never fails its neighbours; an ambiguous
// commit is not repeated but told to all.
func (l *lane) commit(batch []*job) {
	if l.observe != nil {
		l.observe(batch[0].ctx, len(batch))
	}
	err := l.transact(batch)
	if err == nil || len(batch) == 1 || errors.Is(err, db.ErrAmbiguous) {
		for _, j := range batch {
			j.done <- err
		}
		return
	}
	for _, j := range batch {
		j.done <- l.transact([]*job{j})
	}
}

func (l *lane) transact(batch []*job) error {
	ctx, cancel := context.WithTimeout(batch[0].ctx, laneTimeout)
	defer cancel()
	return l.pool.InTx(ctx, func(_ context.Context, tx db.Tx) error {
		for _, j := range batch {
			if err := j.work(j.ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}
