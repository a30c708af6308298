package api

import (
	"context"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/dispute"
)

func (s *server) disputes(c call) (answer, error) {
	query, p, err := c.listing("state", "before", "limit")
	if err != nil {
		return answer{}, err
	}
	state := dispute.State(query.Get("state"))
	if state != "" && !slices.Contains(dispute.States(), state) {
		return answer{}, malformed("no state of disputes has this name")
	}
	list, err := dispute.List(c.Context(), s.Pool, state, p.before, p.id, p.more())
	page, next := cut(p, list, func(d dispute.Dispute) (time.Time, ids.ID) { return d.OpenedAt, d.ID })
	return ok(wire.Disputes{Disputes: each(page, disputeOf), Next: next}, err)
}

func disputeOf(d dispute.Dispute) wire.Dispute {
	return wire.Dispute{
		ID: d.ID, PaymentID: d.PaymentID, AcquirerID: d.AcquirerID, WalletID: d.WalletID, RequestID: d.RequestID,
		Stage: string(d.Stage), State: string(d.State), Version: d.Version, Amount: wire.AmountOf(d.Amount),
		Refund: wire.AmountOf(d.Refund), OpenedAt: d.OpenedAt, DueAt: d.DueAt, AnsweredAt: d.AnsweredAt,
		ClosedAt: d.ClosedAt, Untold: string(d.Notice), Attempts: d.NoticeAttempts,
	}
}

// disputeFile opens a dispute, which is on record before anybody sees it: what both
// sides say may name people.
func (s *server) disputeFile(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var file wire.DisputeFile
	err = s.reading(c, "dispute.read", id, nil, func(ctx context.Context, tx db.Tx) error {
		opened, err := dispute.Find(ctx, tx, id)
		if err != nil {
			return err
		}
		changes, err := dispute.Changes(ctx, tx, id)
		file = wire.DisputeFile{
			Dispute: disputeOf(opened), Why: opened.Why, Evidence: opened.Evidence,
			Changes: each(changes, func(c dispute.Change) wire.DisputeChange {
				return wire.DisputeChange{Version: c.Version, Event: string(c.Event), State: string(c.State), At: c.At}
			}),
		}
		return err
	})
	return ok(file, err)
}
