package node

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/settlement/position"
)

// rebalanceEvery is how long a region may be short while others have unused
// allotment, usageEvery how long a threshold may be passed unnoticed.
const (
	rebalanceEvery = time.Second
	usageEvery     = 5 * time.Second
)

// watchPositions gives other regions what this one does not need, and tells when
// positions near their caps and when reservations stay behind.
func (n *Node) watchPositions(ctx context.Context) {
	used, err := telemetry.Meter("github.com/causeway-pay/causeway/settlement/position").Int64Gauge(
		"causeway.position.reached", metric.WithUnit("%"),
		metric.WithDescription("highest threshold of its cap that a position has reached"))
	if err != nil {
		n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "positions are not measured", slog.Any("problem", err))
	}
	rebalance, usage := time.NewTicker(rebalanceEvery), time.NewTicker(usageEvery)
	defer rebalance.Stop()
	defer usage.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-rebalance.C:
			_, err = position.Rebalance(ctx, n.pool, n.config.Region)
		case <-usage.C:
			if err = n.tellUsage(ctx, used); err == nil {
				err = n.tellOverdue(ctx)
			}
		}
		if err != nil && ctx.Err() == nil {
			n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "positions not watched", slog.Any("problem", err))
		}
	}
}

func (n *Node) tellUsage(ctx context.Context, used metric.Int64Gauge) error {
	all, err := position.Usages(ctx, n.pool, n.config.Region)
	if err != nil {
		return err
	}
	for _, u := range all {
		if used != nil {
			used.Record(ctx, int64(u.Reached), metric.WithAttributes(
				attribute.String("participant", u.ParticipantID), attribute.String("currency", string(u.Currency))))
		}
		if !u.Changed() {
			continue
		}
		told, err := position.Tell(ctx, n.pool, n.config.Region, u, n.clock.Now())
		if err != nil {
			return err
		}
		if told {
			n.relay.Nudge()
			n.logUsage(ctx, u)
		}
	}
	return nil
}

func (n *Node) logUsage(ctx context.Context, u position.Usage) {
	level, text := slog.LevelWarn, "position has passed a threshold of its cap"
	switch {
	case u.Reached == position.OverCap:
		level, text = slog.LevelError, "position is over its cap: it has room for nothing more"
	case u.Reached < u.Before:
		level = slog.LevelInfo
	}
	n.telemetry.Logger().LogAttrs(ctx, level, text,
		slog.String("participant", u.ParticipantID), slog.String("currency", string(u.Currency)),
		slog.Int("percent", int(u.Reached)), slog.Int("before", int(u.Before)))
}

// tellOverdue warns of reservations that nobody has resolved for too long.
func (n *Node) tellOverdue(ctx context.Context) error {
	overdue, err := position.Overdue(ctx, n.pool, n.clock.Now())
	if err != nil || len(overdue) == 0 {
		return err
	}
	n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "reservations are overdue: see switch ledger pending",
		slog.Int("count", len(overdue)), slog.String("oldest", overdue[0].ID.String()))
	return nil
}
