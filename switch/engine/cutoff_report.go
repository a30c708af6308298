package engine

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
)

// Report keeps every participant's messages about a closed window in the
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
	if w.State == window.Open || w.State == window.Closing {
		return nil, reason.New(reason.Closed, "engine.Report", "the window is "+string(w.State)+", not closed")
	}
	// Reports tell of the moment of the close, whatever happened since.
	w.ChangedAt = w.ClosedAt
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
			Opening: figure(carried, p.Participant), ValueDate: e.options.Calendars.Of(p.Currency).ValueDate(w.ClosedAt),
		})
		if err != nil {
			return nil, err
		}
		paths = append(paths, written...)
	}
	return paths, nil
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
	if statement.Lines, err = linesOf(ctx, e.Pool, statement.Window.ID, p); err != nil {
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

// linesOf are the lines of a participant's statement that belong to no payment.
func linesOf(ctx context.Context, reader db.Reader, windowID ids.ID, p connectors.Participant) ([]report.Line, error) {
	account := ledger.PositionOf(p.ID)
	entries, err := ledger.OthersOf(ctx, reader, windowID, account.ID(p.Currency))
	if err != nil {
		return nil, err
	}
	lines := make([]report.Line, len(entries))
	for i, entry := range entries {
		lines[i] = report.Line{
			Reference: compact(entry.ID), Amount: entry.Amount, Credit: entry.Credit == account, BookedAt: entry.BookedAt,
			Text: string(entry.Kind), Netted: entry.Kind != ledger.KindSettlement,
		}
	}
	return lines, nil
}

// writeInstructions writes the instructions of a window: a pacs.009 for each
// obligation, or one pacs.029 for all where a settlement service takes that. Each
// file has the hub's signature beside it.
func (e *Engine) writeInstructions(ctx context.Context, dir string, w window.Window) ([]string, error) {
	files, err := e.instructionFiles(ctx, w)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(dir, "instructions", fmt.Sprintf("%s-%06d", w.Region, w.Number))
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fmt.Errorf("engine: instructions: %w", err)
	}
	var paths []string
	for _, file := range files {
		path := filepath.Join(folder, file.Name)
		if err := os.WriteFile(path, file.Body, 0o640); err != nil {
			return nil, fmt.Errorf("engine: instructions: %w", err)
		}
		paths = append(paths, path)
		if e.Signer == nil {
			continue
		}
		if err := e.sign(ctx, path, file.Body); err != nil {
			return nil, err
		}
		paths = append(paths, path+signatureSuffix)
	}
	return paths, nil
}

func (e *Engine) instructionFiles(ctx context.Context, w window.Window) ([]instruct.File, error) {
	files, err := instruct.Files(ctx, e.Pool, w.ID)
	if err != nil || !e.options.Multilateral {
		return files, err
	}
	obligations, err := instruct.Of(ctx, e.Pool, w.ID)
	if err != nil {
		return nil, err
	}
	body, err := instruct.Multilateral(w, obligations, w.ClosedAt)
	if err != nil || body == nil {
		return nil, err
	}
	// What is retried is asked for alone.
	files = slices.DeleteFunc(files, func(file instruct.File) bool { return !file.Retry })
	return append([]instruct.File{{Name: "pacs.029.xml", Body: body}}, files...), nil
}

// signatureSuffix ends the name of the file with a file's signature.
const signatureSuffix = ".sig"

// sign writes the hub's signature of a file beside it: the version of its key and
// the signature in base 64.
func (e *Engine) sign(ctx context.Context, path string, body []byte) error {
	signature, version, err := e.Signer.Sign(ctx, body)
	if err != nil {
		return fmt.Errorf("engine: sign: %w", err)
	}
	line := fmt.Sprintf("keyVersion=%d, signature=%s\n", version, base64.StdEncoding.EncodeToString(signature))
	if err := os.WriteFile(path+signatureSuffix, []byte(line), 0o640); err != nil {
		return fmt.Errorf("engine: sign: %w", err)
	}
	return nil
}
