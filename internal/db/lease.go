package db

import (
	"context"
	"errors"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/ids"
)

// leaseDuration is how long the others wait for a process that was killed while
// it migrated; it is renewed at a third of that.
const leaseDuration = 15 * time.Second

var errLeaseLost = errors.New("another process has taken over the migration")

// lease is the right to migrate. The fence grows with every owner, so that one
// that was paused past its expiry cannot record a step any more.
type lease struct {
	pool  *Pool
	clock clock.Clock
	owner ids.ID
	fence int64
}

// acquire waits until the lease is free or has expired.
func acquire(ctx context.Context, pool *Pool, now clock.Clock) (*lease, error) {
	l := &lease{pool: pool, clock: now, owner: ids.New()}
	for {
		taken, err := l.take(ctx)
		if taken || err != nil {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pollLease):
		}
	}
}

func (l *lease) take(ctx context.Context) (taken bool, err error) {
	now := l.clock.Now()
	err = l.pool.InTx(ctx, func(ctx context.Context, tx Tx) error {
		taken = false
		_, err := tx.Exec(ctx, `
INSERT INTO schema_migration_lease (name, owner, fence, expires_at) VALUES ('migrate', $1, 0, $2)
ON CONFLICT (name) DO NOTHING`, l.owner, now)
		if err != nil {
			return err
		}
		err = tx.QueryRow(ctx, `
UPDATE schema_migration_lease SET owner = $1, fence = fence + 1, expires_at = $2
WHERE name = 'migrate' AND expires_at <= $3 RETURNING fence`,
			l.owner, now.Add(leaseDuration), now).Scan(&l.fence)
		taken = err == nil
		if NoRows(err) {
			return nil
		}
		return err
	})
	return taken && err == nil, err
}

// keep renews the lease in the background. The context it returns ends when the
// lease is lost, and stop ends the renewal and waits for it.
func (l *lease) keep(ctx context.Context) (kept context.Context, stop func()) {
	kept, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(leaseDuration / 3)
		defer ticker.Stop()
		for {
			select {
			case <-kept.Done():
				return
			case <-ticker.C:
				if err := l.extend(kept, leaseDuration); err != nil {
					cancel(err)
				}
			}
		}
	}()
	return kept, func() { cancel(nil); <-done }
}

// extend moves the expiry of a lease that is still ours.
func (l *lease) extend(ctx context.Context, by time.Duration) error {
	until := l.clock.Now().Add(by)
	return l.pool.InTx(ctx, func(ctx context.Context, tx Tx) error {
		count, err := tx.Exec(ctx, `
UPDATE schema_migration_lease SET expires_at = $1 WHERE name = 'migrate' AND owner = $2 AND fence = $3`,
			until, l.owner, l.fence)
		if err == nil && count == 0 {
			return errLeaseLost
		}
		return err
	})
}

// check reads the lease inside the transaction that depends on it.
func (l *lease) check(ctx context.Context, tx Tx) error {
	var fence int64
	err := tx.QueryRow(ctx, `SELECT fence FROM schema_migration_lease WHERE name = 'migrate'`).Scan(&fence)
	if err == nil && fence != l.fence {
		return errLeaseLost
	}
	return err
}

// release lets the next process start at once. Failing that, the lease expires.
func (l *lease) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = l.extend(ctx, 0)
}
