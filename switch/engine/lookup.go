package engine

import (
	"context"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/switch/route"
)

// lookups are what every payment reads outside of its transactions; those of payments
// that come at the same time go together.
type lookups struct {
	codes    *db.Gather[string, route.PayerCode]
	payments *db.Gather[ids.ID, Record]
	returns  *db.Gather[ids.ID, []ReturnRecord]
	claimed  *db.Gather[outbox.Claimant, bool]
}

func newLookups(pool *db.Pool) lookups {
	return lookups{
		codes: db.NewGather(func(ctx context.Context, values []string) (map[string]route.PayerCode, error) {
			return route.FindCodes(ctx, pool, values)
		}),
		payments: db.NewGather(func(ctx context.Context, list []ids.ID) (map[ids.ID]Record, error) {
			return findRecords(ctx, pool, list)
		}),
		returns: db.NewGather(func(ctx context.Context, payments []ids.ID) (map[ids.ID][]ReturnRecord, error) {
			return returnsOfAll(ctx, pool, payments)
		}),
		claimed: db.NewGather(func(ctx context.Context, list []outbox.Claimant) (map[outbox.Claimant]bool, error) {
			return outbox.Claimed(ctx, pool, list)
		}),
	}
}
