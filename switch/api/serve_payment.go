package api

import (
	"context"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

func (s *server) payments(c call) (answer, error) {
	query, p, err := c.listing("state", "participant", "before", "limit")
	if err != nil {
		return answer{}, err
	}
	state := payment.State(query.Get("state"))
	if state != "" && !slices.Contains(payment.States(), state) {
		return answer{}, malformed("no state of payments has this name")
	}
	participant, err := s.participantIn(query, "participant")
	if err != nil {
		return answer{}, err
	}
	records, err := s.pageOfPayments(c.Context(), engine.Filter{
		State: state, ParticipantID: participant, Before: p.before, BeforeID: p.id,
	}, p)
	page, next := cut(p, records, func(r engine.Record) (time.Time, ids.ID) { return r.CreatedAt, r.ID })
	return ok(wire.Payments{Payments: each(page, paymentOf), Next: next}, err)
}

// pageOfPayments returns one record more than the page if there is one. The
// engine's longest page has no room for it, so that one is asked for alone.
func (s *server) pageOfPayments(ctx context.Context, filter engine.Filter, p place) ([]engine.Record, error) {
	filter.Limit = min(p.more(), engine.PageMax)
	records, err := engine.List(ctx, s.Pool, filter)
	if err != nil || p.more() <= engine.PageMax || len(records) < engine.PageMax {
		return records, err
	}
	last := records[len(records)-1]
	filter.Before, filter.BeforeID, filter.Limit = last.CreatedAt, last.ID, 1
	another, err := engine.List(ctx, s.Pool, filter)
	return append(records, another...), err
}

func (s *server) summary(c call) (answer, error) {
	counts, err := engine.CountByState(c.Context(), s.Pool)
	return ok(wire.Summary{States: each(payment.States(), func(state payment.State) wire.StateCount {
		return wire.StateCount{State: string(state), Count: counts[state]}
	})}, err)
}

// payment opens a file, which is on record before anybody sees it.
func (s *server) payment(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var file wire.PaymentFile
	err = s.reading(c, "payment.read", id, nil, func(ctx context.Context, tx db.Tx) error {
		opened, err := engine.Open(ctx, tx, id)
		if err != nil {
			return err
		}
		entries, err := ledger.EntriesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		decisions, err := compliance.DecisionsOf(ctx, tx, id)
		file = fileOf(opened, entries, decisions, c.operator.Has(confidant()))
		return err
	})
	return ok(file, err)
}

// reading runs a read of personal data in one transaction with its audit entry:
// what could not be recorded is not shown.
func (s *server) reading(c call, action string, subject ids.ID, detail map[string]string,
	read func(ctx context.Context, tx db.Tx) error) error {
	entry := audit.Entry{
		ID: ids.New(), At: s.Clock.Now(), Actor: c.actor(), Action: action, Subject: subject.String(), Detail: detail,
	}
	return s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error {
		if err := read(ctx, tx); err != nil {
			return err
		}
		return Record(ctx, tx, entry)
	})
}
