package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/window"
)

// CutOff closes the region's open window and makes its obligations. Each step is
// one commit, and [Engine.Resume] goes on with what a crash interrupted: the
// window ends and the next one opens; then, with what was left to write in it,
// its figures become final and every obligation is stored with its pacs.009.
func (e *Engine) CutOff(ctx context.Context) (window.Window, error) {
	w, err := e.cut(ctx, func(window.Window) bool { return true })
	if err != nil {
		return window.Window{}, err
	}
	return e.finish(ctx, w)
}

// CutOffDue closes the region's open window if it should have been by its
// schedule, and reports whether it was. Of hubs that do so at once one closes
// it: whether it is due is read in the transaction that closes, and the window
// that the others find is not.
func (e *Engine) CutOffDue(ctx context.Context, schedule window.Schedule) (w window.Window, closed bool, err error) {
	now := e.Clock.Now()
	due := func(open window.Window) bool { return schedule.Due(open.OpenedAt, now) }
	// A look from outside keeps the lane free of what is mostly not due.
	recent, err := window.Recent(ctx, e.Pool, e.options.Region, 1)
	if err != nil {
		return window.Window{}, false, reason.Wrap(reason.Unknown, "engine.CutOffDue", err)
	}
	if len(recent) == 0 || !due(recent[0]) {
		return window.Window{}, false, nil
	}
	w, err = e.cut(ctx, due)
	if errors.Is(err, errNotDue) {
		return window.Window{}, false, nil
	}
	if err != nil {
		return window.Window{}, false, err
	}
	w, err = e.finish(ctx, w)
	return w, err == nil, err
}

// errNotDue ends a transaction that found nothing to close.
var errNotDue = errors.New("engine: the open window is not due")

// cut ends the open window if it is due.
func (e *Engine) cut(ctx context.Context, due func(open window.Window) bool) (window.Window, error) {
	var w window.Window
	now := e.Clock.Now()
	err := e.commit(ctx, "engine.CutOff", func(ctx context.Context, tx db.Tx) error {
		id, err := window.Current(ctx, tx, e.options.Region)
		if err != nil {
			return err
		}
		open, err := window.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		if !due(open) {
			return errNotDue
		}
		if w, err = window.Close(ctx, tx, e.options.Region, now); err != nil {
			return err
		}
		return writeWindowEvent(ctx, tx, w)
	})
	return w, err
}

// finish makes the figures of a closing window final. A window that another hub
// has finished meanwhile is returned as it is.
func (e *Engine) finish(ctx context.Context, closing window.Window) (w window.Window, err error) {
	now := e.Clock.Now()
	err = e.commit(ctx, "engine.CutOff", func(ctx context.Context, tx db.Tx) (err error) {
		w, err = window.Get(ctx, tx, closing.ID)
		if err != nil || w.State != window.Closing {
			return err
		}
		if err := fees.Post(ctx, tx, w, now); err != nil {
			return err
		}
		if _, err := instruct.Oblige(ctx, tx, w, e.options.Calendars, now); err != nil {
			return err
		}
		w, err = advance(ctx, tx, w, window.Closed, now)
		return err
	})
	return w, err
}

// Instruct hands the instructions of a closed window to the settlement banks, as
// files below a directory with all reports, and returns their paths. Asked again
// it writes the same files again.
func (e *Engine) Instruct(ctx context.Context, dir string, windowID ids.ID) ([]string, error) {
	err := e.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return window.Carry(ctx, tx, windowID) })
	if err != nil && !db.NoRows(err) {
		return nil, reason.Wrap(reason.Unknown, "engine.Instruct", err)
	}
	paths, err := e.Report(ctx, dir, windowID)
	if err != nil {
		return nil, err
	}
	now := e.Clock.Now()
	err = e.commit(ctx, "engine.Instruct", func(ctx context.Context, tx db.Tx) error {
		w, err := window.Get(ctx, tx, windowID)
		if err != nil || w.State != window.Closed {
			return err
		}
		if w, err = advance(ctx, tx, w, window.Settling, now); err != nil {
			return err
		}
		return settleIfDone(ctx, tx, w, now)
	})
	return paths, err
}

// settleIfDone ends a window of which nothing is left to pay.
func settleIfDone(ctx context.Context, tx db.Tx, w window.Window, at time.Time) error {
	left, err := instruct.Left(ctx, tx, w.ID)
	if err != nil || left > 0 || w.State != window.Settling {
		return err
	}
	_, err = advance(ctx, tx, w, window.Settled, at)
	return err
}

// resumeMax is how many windows one call of Resume takes on in each state; the
// next call takes the rest.
const resumeMax = 100

// Resume goes on with every window of the region whose closing has rested so
// long, as after a crash: it makes figures final, and writes files and reports
// below a directory.
func (e *Engine) Resume(ctx context.Context, dir string, rested time.Duration) error {
	before := e.Clock.Now().Add(-rested)
	for _, state := range []window.State{window.Closing, window.Closed} {
		interrupted, err := window.InState(ctx, e.Pool, e.options.Region, state, resumeMax)
		if err != nil {
			return reason.Wrap(reason.Unknown, "engine.Resume", err)
		}
		for _, w := range interrupted {
			if w.ChangedAt.After(before) {
				continue
			}
			if err := e.resume(ctx, dir, w); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Engine) resume(ctx context.Context, dir string, w window.Window) error {
	if w.State == window.Closing {
		if _, err := e.finish(ctx, w); err != nil {
			return err
		}
	}
	_, err := e.Instruct(ctx, dir, w.ID)
	return err
}

// advance moves a window on, with its event.
func advance(ctx context.Context, tx db.Tx, w window.Window, to window.State, at time.Time) (window.Window, error) {
	if err := window.Advance(ctx, tx, w.ID, w.State, to, at); err != nil {
		return w, err
	}
	w.State, w.ChangedAt = to, at
	return w, writeWindowEvent(ctx, tx, w)
}

func writeWindowEvent(ctx context.Context, tx db.Tx, w window.Window) error {
	payload, err := json.Marshal(
		map[string]any{"window_id": w.ID, "number": w.Number, "state": w.State, "at": w.ChangedAt},
	)
	if err != nil {
		return fmt.Errorf("engine: encode event: %w", err)
	}
	version := w.State.Ordinal()
	return outbox.Write(ctx, tx, []outbox.Event{{
		ID: ids.Derive(w.ID, "event", version), Region: w.Region, Aggregate: w.ID, Version: version,
		Subject: settlementPrefix + "." + w.Region + "." + string(w.State), Payload: payload, At: w.ChangedAt,
	}})
}
