package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
)

// CutOff closes the region's open window and instructs what is owed, in one
// commit: a crash leaves the window either open or instructed. The files are
// written afterwards by [Engine.Report], as often as needed.
func (e *Engine) CutOff(ctx context.Context) (window.Window, error) {
	var closed window.Window
	now := e.Clock.Now()
	err := e.commit(ctx, "engine.CutOff", func(ctx context.Context, tx db.Tx) error {
		var err error
		if closed, err = window.Close(ctx, tx, e.options.Region, now); err != nil {
			return err
		}
		nets, err := window.Nets(ctx, tx, closed.ID)
		if err != nil {
			return err
		}
		obligations, err := instruct.Obligations(closed, nets, now)
		if err != nil {
			return err
		}
		if err := instruct.Insert(ctx, tx, obligations); err != nil {
			return err
		}
		if err := window.Advance(ctx, tx, closed.ID, window.Closed, window.Instructed, now); err != nil {
			return err
		}
		if closed, err = window.Get(ctx, tx, closed.ID); err != nil {
			return err
		}
		return writeWindowEvent(ctx, tx, closed)
	})
	return closed, err
}

func writeWindowEvent(ctx context.Context, tx db.Tx, w window.Window) error {
	payload, err := json.Marshal(
		map[string]any{"window_id": w.ID, "number": w.Number, "state": w.State, "at": w.ChangedAt},
	)
	if err != nil {
		return fmt.Errorf("engine: encode event: %w", err)
	}
	return outbox.Write(ctx, tx, []outbox.Event{{
		ID: ids.Derive(w.ID, "event", w.Number), Region: w.Region, Aggregate: w.ID, Version: w.Number,
		Subject: settlementPrefix + "." + w.Region + "." + string(w.State), Payload: payload, At: w.ChangedAt,
	}})
}

// Report keeps every participant's messages about an instructed window in the
// store, and writes them with the instructions and the other files below a
// directory, whose paths it returns. The same window gives the same bytes every
// time.
func (e *Engine) Report(ctx context.Context, dir string, windowID ids.ID) ([]string, error) {
	w, err := window.Get(ctx, e.Pool, windowID)
	switch {
	case db.NoRows(err):
		return nil, reason.Wrap(reason.NotFound, "engine.Report", err)
	case err != nil:
		return nil, reason.Wrap(reason.Unknown, "engine.Report", err)
	}
	if w.State != window.Instructed {
		return nil, reason.New(reason.Closed, "engine.Report", "the window is "+string(w.State)+", not instructed")
	}
	paths, err := e.writeInstructions(ctx, dir, w)
	if err != nil {
		return nil, err
	}
	nets, err := window.Nets(ctx, e.Pool, windowID)
	if err != nil {
		return nil, err
	}
	carried, err := window.Carried(ctx, e.Pool, w)
	if err != nil {
		return nil, err
	}
	for _, p := range e.Directory().Participants() {
		written, err := e.reportTo(ctx, dir, p.Participant, report.Statement{
			Window: w, ParticipantID: p.ID, Currency: p.Currency, Net: figure(nets, p.Participant),
			Opening: figure(carried, p.Participant), ValueDate: instruct.ValueDate(w.ChangedAt),
		})
		if err != nil {
			return nil, err
		}
		paths = append(paths, written...)
	}
	return paths, nil
}

// ReportLast issues the report of the region's last window if that was never
// finished, as after a crash between the cut-off and the report: if some
// participant has no message about it.
func (e *Engine) ReportLast(ctx context.Context, dir string) error {
	recent, err := window.Recent(ctx, e.Pool, e.options.Region, 2) // the open one and the one before
	if err != nil {
		return err
	}
	for _, w := range recent {
		if w.State != window.Instructed {
			continue
		}
		for _, p := range e.Directory().Participants() {
			issued, err := report.Of(ctx, e.Pool, w.ID, p.ID, 0, 1)
			if err != nil {
				return err
			}
			if len(issued) == 0 {
				_, err := e.Report(ctx, dir, w.ID)
				return err
			}
		}
	}
	return nil
}

// figure is what a participant is owed according to some nets; nothing if there
// is none of its.
func figure(nets []window.Net, p connectors.Participant) money.Amount {
	for _, net := range nets {
		if net.Owner == p.ID && net.Currency == p.Currency {
			return net.Amount()
		}
	}
	return money.New(0, p.Currency)
}

// reportTo keeps one participant's messages in the store and writes its files.
func (e *Engine) reportTo(
	ctx context.Context, dir string, p connectors.Participant, statement report.Statement,
) ([]string, error) {
	items, err := ItemsOf(ctx, e.Pool, statement.Window.ID, p)
	if err != nil {
		return nil, err
	}
	messages, err := report.Messages(statement, items)
	if err != nil {
		return nil, err
	}
	err = e.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return report.Insert(ctx, tx, messages) })
	if err != nil {
		return nil, err
	}
	return report.Write(dir, statement, items, messages)
}

func (e *Engine) writeInstructions(ctx context.Context, dir string, w window.Window) ([]string, error) {
	obligations, err := instruct.Of(ctx, e.Pool, w.ID)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(dir, "instructions", fmt.Sprintf("%s-%06d", w.Region, w.Number))
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fmt.Errorf("engine: instructions: %w", err)
	}
	var paths []string
	for _, o := range obligations {
		path := filepath.Join(folder, fmt.Sprintf("pacs.009_%s_%s.xml", o.ParticipantID, o.Amount.Currency))
		if err := os.WriteFile(path, o.Instruction, 0o640); err != nil {
			return nil, fmt.Errorf("engine: instructions: %w", err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}
