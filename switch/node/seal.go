package node

import (
	"context"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
)

// sealEvery is how long the newest entries of the audit logs may stand without a
// seal.
const sealEvery = 5 * time.Minute

// sealAudit seals the audit logs with the hub's key, from time to time and at the
// end.
func (n *Node) sealAudit(ctx context.Context) {
	ticker := time.NewTicker(sealEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
			defer cancel()
			n.seal(last)
			return
		case <-ticker.C:
			n.seal(ctx)
		}
	}
}

func (n *Node) seal(ctx context.Context) {
	if err := audit.SealAll(ctx, n.pool, n.ring, n.clock.Now()); err != nil && ctx.Err() == nil {
		n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "audit logs not sealed", slog.Any("problem", err))
	}
}
