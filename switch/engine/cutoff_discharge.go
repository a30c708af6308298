package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// ConfirmSettlement takes a settlement bank's message, camt.054 or pacs.002: whole, or not
// at all. Its windows end with their last obligation.
func (e *Engine) ConfirmSettlement(ctx context.Context, tx db.Tx, message []byte) ([]instruct.Taken, error) {
	const op = "engine.ConfirmSettlement"
	words, err := instruct.ReadWords(message)
	if err != nil {
		return nil, reason.New(reason.InvalidRequest, op, err.Error())
	}
	var all []instruct.Taken
	for _, word := range words {
		taken, err := instruct.Take(ctx, tx, word, e.Clock.Now())
		if err != nil {
			return nil, settling(ctx, tx, op, err)
		}
		if all = append(all, taken); taken.Obligation.State.Final() && !taken.Repeated {
			if err := e.settleOf(ctx, tx, taken.Obligation.WindowID); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// TakeSettlement takes a settlement bank's message in a transaction of its own.
func (e *Engine) TakeSettlement(ctx context.Context, message []byte) ([]instruct.Taken, error) {
	var taken []instruct.Taken
	err := e.commit(ctx, "engine.TakeSettlement", func(ctx context.Context, tx db.Tx) (err error) {
		taken, err = e.ConfirmSettlement(ctx, tx, message)
		return err
	})
	return taken, err
}

// settleOf ends a window if nothing of it is left to pay. What is settled by itself is
// of none.
func (e *Engine) settleOf(ctx context.Context, tx db.Tx, windowID ids.ID) error {
	if windowID == ids.Nil {
		return nil
	}
	w, err := window.Get(ctx, tx, windowID)
	if err != nil {
		return err
	}
	return settleIfDone(ctx, tx, w, e.Clock.Now())
}

// RetryObligation instructs what is left of an obligation again.
func (e *Engine) RetryObligation(ctx context.Context, tx db.Tx, d instruct.Decision) error {
	const op = "engine.RetryObligation"
	o, err := openObligation(ctx, tx, op, d.ObligationID)
	if err != nil {
		return err
	}
	_, err = instruct.Retry(ctx, tx, d, e.options.Calendars.Of(o.Amount.Currency).ValueDate(d.At))
	return settling(ctx, tx, op, err)
}

// MoveObligation makes what is left of an obligation part of the open window.
func (e *Engine) MoveObligation(ctx context.Context, tx db.Tx, d instruct.Decision) error {
	const op = "engine.MoveObligation"
	o, err := openObligation(ctx, tx, op, d.ObligationID)
	if err != nil {
		return err
	}
	if err := instruct.MoveRest(ctx, tx, d); err != nil {
		return settling(ctx, tx, op, err)
	}
	return e.settleOf(ctx, tx, o.WindowID)
}

// CoverObligation books what a participant does not pay as lost: its prefunding
// pays first, then the others of the window by [instruct.Shares]. Nobody else shares
// in a payment that is settled by itself: the hub bears the rest.
func (e *Engine) CoverObligation(ctx context.Context, tx db.Tx, d instruct.Decision) error {
	const op = "engine.CoverObligation"
	o, err := openObligation(ctx, tx, op, d.ObligationID)
	if err != nil {
		return err
	}
	nets, err := window.Nets(ctx, tx, o.WindowID)
	if err != nil {
		return err
	}
	left, err := instruct.Uncovered(ctx, tx, o)
	if err != nil {
		return err
	}
	if err := instruct.CoverRest(ctx, tx, d, instruct.Shares(nets, o.ParticipantID, left)); err != nil {
		return settling(ctx, tx, op, err)
	}
	return e.settleOf(ctx, tx, o.WindowID)
}

// AbortWindow unwinds a window: whatever is not discharged is owed in the open
// one instead.
func (e *Engine) AbortWindow(ctx context.Context, tx db.Tx, windowID ids.ID, d instruct.Decision) error {
	const op = "engine.AbortWindow"
	w, err := window.Get(ctx, tx, windowID)
	switch {
	case db.NoRows(err):
		return reason.New(reason.NotFound, op, "")
	case err != nil:
		return err
	case w.State != window.Closed && w.State != window.Settling:
		return reason.New(reason.Inconsistent, op, "the window is "+string(w.State))
	}
	obligations, err := instruct.Of(ctx, tx, windowID)
	if err != nil {
		return err
	}
	for _, o := range obligations {
		if d.ObligationID = o.ID; o.State.Final() {
			continue
		}
		if err := instruct.MoveRest(ctx, tx, d); err != nil {
			return settling(ctx, tx, op, err)
		}
	}
	_, err = advance(ctx, tx, w, window.Aborted, d.At)
	return err
}

// Adjust books what is owed for another reason than a payment into the region's
// open window. Its link is a payment or an obligation.
func (e *Engine) Adjust(ctx context.Context, tx db.Tx, a instruct.Adjustment) error {
	const op = "engine.Adjust"
	a.Region = e.options.Region
	linked, err := Linked(ctx, tx, a.Link)
	if err != nil {
		return err
	}
	if !linked {
		return reason.New(reason.NotFound, op, "no such payment or obligation")
	}
	return settling(ctx, tx, op, instruct.Adjust(ctx, tx, a))
}

// Linked says whether an adjustment may name an id as what it corrects: a payment or an
// obligation.
func Linked(ctx context.Context, reader db.Reader, link ids.ID) (bool, error) {
	if _, known, err := instruct.Find(ctx, reader, link); err != nil || known {
		return known, err
	}
	_, err := findRecord(ctx, reader, selectPayment, link)
	if reason.Of(err) == reason.NotFound {
		return false, nil
	}
	return err == nil, err
}

func openObligation(ctx context.Context, tx db.Tx, op string, id ids.ID) (instruct.Obligation, error) {
	o, found, err := instruct.Find(ctx, tx, id)
	if err == nil && !found {
		err = reason.New(reason.NotFound, op, "no such obligation")
	}
	return o, err
}

// settling gives what settlement refuses its reason, after everything was tried.
func settling(ctx context.Context, tx db.Tx, op string, err error) error {
	if err == nil {
		err = tx.Now(ctx)
	}
	kinds := map[error]reason.Kind{
		instruct.ErrState: reason.Inconsistent, instruct.ErrAmount: reason.InvalidRequest,
		instruct.ErrDiffers: reason.Inconsistent, position.ErrNoPosition: reason.InvalidRequest,
		ledger.ErrNoAccount: reason.InvalidRequest,
	}
	for known, kind := range kinds {
		if errors.Is(err, known) {
			return reason.New(kind, op, err.Error())
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}
