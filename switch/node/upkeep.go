package node

import (
	"context"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/dispute"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/person"
	"github.com/causeway-pay/causeway/switch/route"
)

// What is of no use any more is deleted in slices, each in a transaction of its own, so
// that payments never wait for it. An hour of a thousand payments a second is 3.6 million
// rows, for which a round has time enough.
const (
	upkeepEvery = time.Hour
	upkeepSlice = 500
	// eraseEvery is how soon a person is forgotten after two people have agreed to it.
	eraseEvery = 10 * time.Second
)

// sweep deletes, closes, or takes the persons out of, what is older than it is kept. It returns
// how many it did, fewer than limit when nothing is left.
type sweep struct {
	name string
	keep time.Duration
	do   func(ctx context.Context, tx db.Tx, before time.Time, limit int) (int64, error)
}

func (n *Node) sweeps() []sweep {
	all := []sweep{
		{"limit counters", limits.Keep, limits.Purge}, {"payment codes", route.CodeKeep, route.PurgeCodes},
		{"cases", 0, func(ctx context.Context, tx db.Tx, now time.Time, limit int) (int64, error) {
			return review.Lapse(ctx, tx, n.config.Region, now, limit)
		}},
	}
	if n.config.Privacy.Keep > 0 {
		for name, forget := range map[string]func(context.Context, db.Tx, string, time.Time, int) (int64, error){
			"persons": engine.Forget, "agreements": agreement.Forget, "disputes": dispute.Forget,
			"customs declarations": customs.Forget,
		} {
			all = append(all, sweep{name, n.config.Privacy.Keep,
				func(ctx context.Context, tx db.Tx, before time.Time, limit int) (int64, error) {
					return forget(ctx, tx, n.config.Region, before, limit)
				}})
		}
	}
	return all
}

// keepUp sweeps at the start and every hour until ctx ends.
func (n *Node) keepUp(ctx context.Context) {
	ticker := time.NewTicker(upkeepEvery)
	defer ticker.Stop()
	for {
		for _, s := range n.sweeps() {
			n.sweep(ctx, s)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// erase forgets the persons who are to be forgotten, until ctx ends.
func (n *Node) erase(ctx context.Context) {
	desk := &person.Desk{Pool: n.pool, Clock: n.clock, Region: n.config.Region, Directory: n.directory.Load}
	ticker := time.NewTicker(eraseEvery)
	defer ticker.Stop()
	for {
		done, err := desk.Work(ctx)
		if err != nil && ctx.Err() == nil {
			n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "erasure interrupted", slog.Any("problem", err))
		}
		if done > 0 {
			n.telemetry.Logger().LogAttrs(ctx, slog.LevelInfo, "persons erased", slog.Int("count", done))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sweep goes on until nothing is left or something fails, which the next round tries
// again.
func (n *Node) sweep(ctx context.Context, s sweep) {
	before, total := n.clock.Now().Add(-s.keep), int64(0)
	for more := true; more && ctx.Err() == nil; {
		var count int64
		err := n.pool.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
			count, err = s.do(ctx, tx, before, upkeepSlice)
			return err
		})
		if err != nil {
			if ctx.Err() == nil {
				n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "upkeep interrupted", slog.String("of", s.name),
					slog.Any("problem", err))
			}
			break
		}
		total, more = total+count, count >= upkeepSlice
	}
	if total > 0 {
		n.telemetry.Logger().LogAttrs(ctx, slog.LevelInfo, "upkeep", slog.String("of", s.name), slog.Int64("rows", total))
	}
}
