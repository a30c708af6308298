package engine

import (
	"cmp"
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
func (e *Engine) Report(ctx context.Context, dir string, windowID ids.ID) (paths []string, err error) {
	// A window that was closed some time ago is read as it was then, which costs
	// payments nothing; one that is not closed in that snapshot may be by now.
	for _, age := range []db.Age{db.Recent, db.Present} {
		err = e.Pool.Snapshot(ctx, age, func(ctx context.Context, books db.Reader) (err error) {
			paths, err = e.report(ctx, books, dir, windowID)
			return err
		})
		if kind := reason.Of(err); kind != reason.NotFound && kind != reason.Closed {
			break
		}
	}
	return paths, err
}

// report is [Engine.Report] by one snapshot of the books.
func (e *Engine) report(ctx context.Context, books db.Reader, dir string, windowID ids.ID) ([]string, error) {
	w, err := window.Get(ctx, books, windowID)
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
	nets, err := window.Nets(ctx, books, windowID)
	if err != nil {
		return nil, err
	}
	gross, err := window.GrossIn(ctx, books, windowID)
	if err != nil {
		return nil, err
	}
	carried, err := window.Carried(ctx, books, w)
	if err != nil {
		return nil, err
	}
	day, err := e.dayBook(ctx, books, w)
	if err != nil {
		return nil, err
	}
	obligations, err := instruct.Of(ctx, books, windowID)
	if err != nil {
		return nil, err
	}
	for _, p := range e.Directory().Participants() {
		terms, err := e.terms(ctx, p.Participant, day, obligations)
		if err != nil {
			return nil, err
		}
		batches, err := day.batches(ctx, p.Participant, terms.DayFrom)
		if err != nil {
			return nil, err
		}
		written, err := e.reportTo(ctx, books, dir, p.Participant, terms.Columns, report.Statement{
			Window: w, ParticipantID: p.ID, Currency: p.Currency, Net: figure(nets, p.Participant),
			Gross: figure(gross, p.Participant), Opening: figure(carried, p.Participant), Day: batches,
			Agreement: terms.Agreement, ValueDate: terms.ValueDate,
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

// reportTo keeps one participant's messages in the store and writes its files,
// which are on record then.
func (e *Engine) reportTo(
	ctx context.Context, books db.Reader, dir string, p connectors.Participant, columns report.Columns,
	statement report.Statement,
) ([]string, error) {
	var err error
	if statement.Lines, err = linesOf(ctx, books, statement.Window.ID, p); err != nil {
		return nil, err
	}
	messages := messageKeeper{pool: e.Pool}
	issue := report.Issue{
		Dir: dir, Columns: columns, Keep: func(m report.Message) error { return messages.keep(ctx, m) },
	}
	if e.Signer != nil {
		issue.Sign = func(path string, sums []byte) ([]byte, error) { return e.signChecksums(ctx, path, sums) }
	}
	id := statement.Window.ID
	files, err := issue.Write(statement, figuresOf(ctx, books, id, p), ItemsOf(ctx, books, id, p))
	if err != nil {
		return nil, err
	}
	if err := messages.flush(ctx); err != nil {
		return nil, err
	}
	err = e.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		return report.Register(ctx, tx, statement, files, e.Clock.Now())
	})
	paths := make([]string, len(files))
	for i, file := range files {
		paths[i] = filepath.Join(dir, filepath.FromSlash(file.Path))
	}
	return paths, err
}

// terms are what the participant's files of a window are issued by: what configuration says
// when they are issued first. Money is due when its obligation says, which was made at the close.
func (e *Engine) terms(
	ctx context.Context, p connectors.Participant, day *dayBook, obligations []instruct.Obligation,
) (terms report.Terms, err error) {
	columns, agreed := e.options.Columns[p.ID]
	if !agreed {
		if columns, err = report.Standard(); err != nil {
			return report.Terms{}, err
		}
	}
	w := day.last
	now := report.Terms{
		Columns: columns, Agreement: cmp.Or(e.options.Agreement, w.Region),
		ValueDate: e.options.Calendars.Of(p.Currency).ValueDate(w.ClosedAt),
		DayFrom:   dueTogether(e.options.Calendars, p.Currency, day.before, w)[0].Number,
	}
	for _, o := range obligations {
		if o.ParticipantID == p.ID && o.Amount.Currency == p.Currency {
			now.ValueDate = o.ValueDate
		}
	}
	err = e.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		terms, err = report.Agree(ctx, tx, w.ID, p.ID, now, e.Clock.Now())
		return err
	})
	return terms, err
}

// signChecksums signs the checksums of files. A signature that was issued before
// stays, whatever key the hub signs with now.
func (e *Engine) signChecksums(ctx context.Context, path string, sums []byte) ([]byte, error) {
	issued, found, err := report.FindPath(ctx, e.Pool, path)
	if err != nil || found {
		return issued.Body, err
	}
	return e.signatureOf(ctx, sums)
}

// messagesKept is how many messages are stored in one transaction: at most 4 MiB.
const messagesKept = 16

// messageKeeper stores messages, some at a time.
type messageKeeper struct {
	pool    *db.Pool
	pending []report.Message
}

func (k *messageKeeper) keep(ctx context.Context, m report.Message) error {
	k.pending = append(k.pending, m)
	if len(k.pending) < messagesKept {
		return nil
	}
	return k.flush(ctx)
}

func (k *messageKeeper) flush(ctx context.Context) error {
	err := k.pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return report.Insert(ctx, tx, k.pending) })
	k.pending = k.pending[:0]
	return err
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
	var paths []string
	for _, file := range files {
		written, err := e.writeInstruction(ctx, folder, file)
		if err != nil {
			return nil, err
		}
		paths = append(paths, written...)
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

// sign writes the hub's signature of a file beside it.
func (e *Engine) sign(ctx context.Context, path string, body []byte) error {
	signature, err := e.signatureOf(ctx, body)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+signatureSuffix, signature, 0o640); err != nil {
		return fmt.Errorf("engine: sign: %w", err)
	}
	return nil
}

// signatureOf is the body of a signature file: the version of the hub's key and
// the signature in base 64.
func (e *Engine) signatureOf(ctx context.Context, body []byte) ([]byte, error) {
	signature, version, err := e.Signer.Sign(ctx, body)
	if err != nil {
		return nil, fmt.Errorf("engine: sign: %w", err)
	}
	return fmt.Appendf(nil, "keyVersion=%d, signature=%s\n", version, base64.StdEncoding.EncodeToString(signature)), nil
}
