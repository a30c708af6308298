package db_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

// TestSnapshotIsOneMoment: what is committed while a snapshot is read is not in it, and
// in the next one.
func TestSnapshotIsOneMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		exec(t, pool, `INSERT INTO debit (id, amount) VALUES (1, 100)`)
		for round := range int64(3) {
			err := pool.Snapshot(t.Context(), db.Present, func(ctx context.Context, reader db.Reader) error {
				for step := range int64(3) {
					got, err := total(ctx, reader)
					if err != nil {
						return err
					}
					if want := 100 + 30*round; got != want {
						t.Errorf("round %d, step %d: %d, want %d", round, step, got, want)
					}
					exec(t, pool, `INSERT INTO debit (id, amount) VALUES ($1, 10)`, 10+10*round+step)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		wantTotal(t, pool, 190)
	}, position())
}

// TestSnapshotWritesNothing: a statement that writes is refused, whatever its age, and
// nothing of it stays.
func TestSnapshotWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		for _, age := range []db.Age{db.Present, db.Recent} {
			err := pool.Snapshot(t.Context(), age, func(ctx context.Context, reader db.Reader) error {
				var id int64
				return reader.QueryRow(ctx, `INSERT INTO debit (id, amount) VALUES (1, 1) RETURNING id`).Scan(&id)
			})
			if err == nil {
				t.Errorf("age %d: written", age)
			}
		}
		wantTotal(t, pool, 0)
	}, position())
}

// TestSnapshotGivesBack: the error of the work comes back as it is, and the connection to
// the pool, also after errors, cancelled callers and more snapshots than connections.
func TestSnapshotGivesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		refused := errors.New("refused")
		var wg sync.WaitGroup
		var ran atomic.Int64
		for i := range 60 {
			wg.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				err := pool.Snapshot(ctx, db.Age(i%2), func(ctx context.Context, reader db.Reader) error {
					ran.Add(1)
					switch i % 4 {
					case 0:
						return refused
					case 1:
						_, err := total(ctx, reader)
						return err
					case 2:
						cancel()
						_, err := total(ctx, reader)
						return err
					default:
						_, err := reader.Query(ctx, `SELECT nothing FROM nowhere`)
						return err
					}
				})
				if (err == nil) != (i%4 == 1) || (i%4 == 0) != errors.Is(err, refused) {
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if ran.Load() != 60 {
			t.Errorf("%d of 60 ran", ran.Load())
		}
		wantTotal(t, pool, 0)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := pool.Snapshot(ended, db.Present, func(context.Context, db.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("a caller that has gone: %v", err)
		}
	}, position())
}

// TestSnapshotDoesNotDisturb: payments that read and write what a snapshot has read all
// commit at their first attempt.
func TestSnapshotDoesNotDisturb(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		err := pool.Snapshot(t.Context(), db.Present, func(ctx context.Context, reader db.Reader) error {
			if _, err := total(ctx, reader); err != nil {
				return err
			}
			for i := range int64(20) {
				attempts := 0
				err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
					attempts++
					if _, err := total(ctx, tx); err != nil {
						return err
					}
					return add(ctx, tx, i, 1)
				})
				if err != nil || attempts != 1 {
					t.Errorf("payment %d: %d attempts, %v", i, attempts, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		wantTotal(t, pool, 20)
	}, position())
}
