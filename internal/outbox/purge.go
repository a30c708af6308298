package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
)

// page is how far one statement of the upkeep came: to end, which is short of
// the whole span when there is more.
type page struct {
	end  time.Time
	more bool
}

// change is one statement of the upkeep, of one page.
type change func(ctx context.Context, tx db.Tx, part span) (page, error)

// pages carries out a change page by page, each in a transaction of its own that
// depends on the lease, and does something between them.
func pages(ctx context.Context, pool *db.Pool, held *lease, part span, step change, between func() error) error {
	for last := (page{more: true}); last.more; {
		err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
			if err = held.confirm(ctx, tx); err != nil {
				return err
			}
			last, err = step(ctx, tx, part)
			return err
		})
		if err != nil {
			return err
		}
		part.from = last.end
		if err := between(); err != nil {
			return err
		}
	}
	return nil
}

// purgeLoop deletes what is too old, beside the publishing, until ctx ends. It
// has a copy of the lease, of which it needs the fence alone.
func (r *Relay) purgeLoop(ctx context.Context, held lease) {
	for ctx.Err() == nil {
		err := r.purge(ctx, &held)
		if errors.Is(err, errLeaseLost) {
			return
		}
		if err != nil && ctx.Err() == nil {
			r.logger.Warn("outbox purge interrupted", slog.String("region", r.options.Region), slog.Any("error", err))
		}
		r.sleep(ctx, purgeEvery)
	}
}

// purge deletes what is older than the retention. Events that could not be
// published in all that time stay, and keep the start of the outbox where they
// are.
func (r *Relay) purge(ctx context.Context, held *lease) error {
	until := r.clock.Now().Add(-r.options.Retention)
	oldest, found, err := oldestWaiting(ctx, r.pool, held.region, held.purgedTo)
	if err != nil {
		return fmt.Errorf("outbox: purge: %w", err)
	}
	if found && oldest.Before(until) {
		until = oldest
	}
	if !until.After(held.purgedTo) {
		return nil
	}
	for _, shard := range allShards() {
		if err := r.purgeShard(ctx, held, span{shard, held.purgedTo, until}); err != nil {
			return fmt.Errorf("outbox: purge: %w", err)
		}
	}
	err = r.pool.InTx(ctx, func(_ context.Context, tx db.Tx) error {
		held.purged(tx, until)
		return nil
	})
	if err == nil {
		held.purgedTo = until
		r.setStart(until)
	}
	return err
}

// purgeShard also deletes the claims of the inbox that are twice as old.
func (r *Relay) purgeShard(ctx context.Context, held *lease, part span) error {
	goOn := func() error { return ctx.Err() }
	err := pages(ctx, r.pool, held, part, func(ctx context.Context, tx db.Tx, part span) (page, error) {
		return purgeEvents(ctx, tx, held.region, part)
	}, goOn)
	if err != nil {
		return err
	}
	part.from, part.to = part.from.Add(-r.options.Retention), part.to.Add(-r.options.Retention)
	return pages(ctx, r.pool, held, part, purgeClaims, goOn)
}
