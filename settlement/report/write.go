package report

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/internal/ahead"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// rowsMost is how many rows of details one file holds before the next part
// begins, if nothing else is agreed: what spreadsheets can open.
const rowsMost = 1_000_000

// FileKind says what a file is, by the beginning of its name.
type FileKind string

// The kinds of files, in the order in which they are delivered: who sees the
// checksums and their signature has everything before them.
const (
	TransactionItems FileKind = "transactionItems"
	FeeItems         FileKind = "feeItems"
	Summary          FileKind = "summary"
	Notification     FileKind = "camt.054"
	Settlement       FileKind = "settlement"
	SettlementDay    FileKind = "settlementDay"
	AccountStatement FileKind = "camt.053"
	Checksums        FileKind = "checksums"
	Signature        FileKind = "signature"
)

// File is a file of a report.
type File struct {
	Kind FileKind
	// Path is below the directory of reports, with slashes; on the partner's file
	// server it is the same.
	Path string
	Part int
	// Rows are those of details in a CSV file.
	Rows, Bytes int64
	SHA256      [sha256.Size]byte
	// DueAt is when the partner is to have it, by the calendar of the scheme.
	DueAt time.Time
	// Body is set for a signature alone, which is kept: made again it would differ.
	Body []byte
}

// Issue writes the files of statements.
type Issue struct {
	// Dir is the directory of reports.
	Dir string
	// Columns are what the participant has agreed on.
	Columns Columns
	// Rows is how many rows of details one file holds before the next part begins
	// (default 1,000,000, which spreadsheets can open).
	Rows int64
	// Keep stores messages as they are made. It may be nil.
	Keep func(Message) error
	// Sign returns the body of the signature file of checksums with a path. nil
	// writes none.
	Sign func(path string, checksums []byte) ([]byte, error)
}

// Write writes the files of one statement below the directory, in the layout of
// the protocol's file server. What is held in memory does not grow with the number of
// items: figures are the same items, of which only what they come to is looked at, and
// are read before the items. Nothing is written if they do not add up; a file appears
// under its name when it is whole.
func (i Issue) Write(s Statement, figures, items iter.Seq2[Item, error]) ([]File, error) {
	totals, err := s.Sum(figures)
	if err != nil {
		return nil, err
	}
	set := &set{
		Issue: i, statement: s, totals: totals,
		clearing: folder{"clearing", s.ClearingDue()}, settled: folder{"settlement", s.SettlementDue()},
	}
	defer set.discard()
	if err := set.details(items); err != nil {
		return nil, fmt.Errorf("report: %s: %w", s.ParticipantID, err)
	}
	if err := set.figures(); err != nil {
		return nil, fmt.Errorf("report: %s: %w", s.ParticipantID, err)
	}
	slices.SortFunc(set.files, func(a, b File) int {
		return cmp.Or(cmp.Compare(a.Kind.place(), b.Kind.place()), cmp.Compare(a.Part, b.Part))
	})
	for _, in := range []folder{set.clearing, set.settled} {
		if err := set.seal(in); err != nil {
			return nil, fmt.Errorf("report: %s: %w", s.ParticipantID, err)
		}
	}
	return set.files, nil
}

// folder is where files of one moment go.
type folder struct {
	name  string
	dueAt time.Time
}

func (f folder) path(participant string) string {
	return path.Join("v1", "settlements", f.name, participant, f.dueAt.In(schemeDay).Format("20060102"))
}

// set is the files of one statement as they are written.
type set struct {
	Issue
	statement         Statement
	totals            Totals
	clearing, settled folder
	open              []*table
	mu                sync.Mutex
	files             []File // guarded by mu
}

// name is the path of a file of the set.
func (s *set) name(kind FileKind, in folder, part int, ending string) string {
	about := s.statement
	name := fmt.Sprintf("%s_%s_%s_%s_%s_%03d.%s", kind, about.ParticipantID, about.Currency, about.batch(),
		about.agreement(), part, ending)
	return path.Join(in.path(about.ParticipantID), name)
}

// row is a row about the whole set.
func (s *set) row() *row { return &row{statement: &s.statement, totals: &s.totals} }

// details writes what has a row for each item: transactions, fees and messages. The
// files of messages are written while the next messages and rows are made: a report
// spends as long on creating files as on what is in them.
func (s *set) details(items iter.Seq2[Item, error]) error {
	transactions := s.table(TransactionItems, s.clearing, TransactionSummary, TransactionDetail)
	charges := s.table(FeeItems, s.clearing, FeeSummary, FeeDetail)
	r, counted := s.row(), Totals{}
	read := func(yield func(Item, error) bool) {
		for item, err := range items {
			if err == nil {
				counted.add(&item)
				r.item, r.fee, r.feeType = &item, money.New(-item.Fee.Minor, s.statement.Currency), "SERVICE"
				err = transactions.write(r)
			}
			if err == nil && item.Fee.Minor != 0 {
				err = charges.write(r)
			}
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
	for message, err := range ahead.Of(1, Messages(s.statement, read)) {
		if err != nil {
			return err
		}
		if err := s.keep(message); err != nil {
			return err
		}
	}
	for _, line := range s.statement.Lines {
		counted.addLine(line)
		if !line.scheduled() {
			continue
		}
		r.item, r.fee, r.feeType = &Item{RequestID: line.Reference}, money.New(line.net(), s.statement.Currency), line.Text
		if err := charges.write(r); err != nil {
			return err
		}
	}
	if counted != s.totals {
		return fmt.Errorf("%w: they changed while they were read", ErrDiffers)
	}
	return errors.Join(transactions.close(), charges.close())
}

// keep writes a message as a file and stores it.
func (s *set) keep(message Message) error {
	kind, in := Notification, s.clearing
	if message.Name == iso20022.AccountStatementName {
		kind, in = AccountStatement, s.settled
	}
	if s.Keep != nil {
		if err := s.Keep(message); err != nil {
			return err
		}
	}
	file := File{Kind: kind, Path: s.name(kind, in, message.Part, "xml"), Part: message.Part, DueAt: in.dueAt}
	return s.whole(file, message.Body)
}

// figures writes the files without details of items.
func (s *set) figures() error {
	summary := s.table(Summary, s.clearing, "", SummaryDetail)
	r := s.row()
	for _, r.kind = range s.totals.kinds() {
		if err := summary.write(r); err != nil {
			return err
		}
	}
	settlement := s.table(Settlement, s.settled, SettlementSummary, SettlementDetail)
	if err := settlement.write(s.row()); err != nil {
		return err
	}
	return errors.Join(summary.close(), settlement.close(), s.day())
}

// day writes what is settled on the value date until now. Who has agreed on columns
// before there was such a file gets none.
func (s *set) day() error {
	if len(s.Columns.Of(DaySummary)) == 0 && len(s.Columns.Of(DayDetail)) == 0 {
		return nil
	}
	day := s.table(SettlementDay, s.settled, DaySummary, DayDetail)
	r := s.row()
	for i := range s.statement.Day {
		r.batch = &s.statement.Day[i]
		if err := day.write(r); err != nil {
			return err
		}
	}
	return day.close()
}

// seal writes the checksums of the files of a folder and their signature.
func (s *set) seal(in folder) error {
	var sums strings.Builder
	for _, file := range s.files {
		if path.Dir(file.Path) == in.path(s.statement.ParticipantID) {
			// The form of the command sha256sum, which checks it.
			fmt.Fprintf(&sums, "%s  %s\n", hex.EncodeToString(file.SHA256[:]), path.Base(file.Path))
		}
	}
	file := File{Kind: Checksums, Path: s.name(Checksums, in, 0, "sha256"), DueAt: in.dueAt}
	if err := s.whole(file, []byte(sums.String())); err != nil || s.Sign == nil {
		return err
	}
	signature, err := s.Sign(file.Path+".sig", []byte(sums.String()))
	if err != nil {
		return err
	}
	return s.whole(File{Kind: Signature, Path: file.Path + ".sig", DueAt: in.dueAt, Body: signature}, signature)
}

// whole writes a file whose bytes are known.
func (s *set) whole(file File, body []byte) error {
	w, err := create(filepath.Join(s.Dir, filepath.FromSlash(file.Path)))
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		w.discard()
		return err
	}
	return s.finish(file, w)
}

func (s *set) finish(file File, w *fileWriter) error {
	var err error
	if file.Bytes, file.SHA256, err = w.finish(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = append(s.files, file)
	return nil
}

// discard removes what was begun and not finished.
func (s *set) discard() {
	for _, t := range s.open {
		if t.file != nil {
			t.file.discard()
		}
	}
}

// table is a CSV file of a set, in parts if it is long.
type table struct {
	set     *set
	kind    FileKind
	in      folder
	summary []Column
	detail  []Column
	part    int
	rows    int64
	file    *fileWriter
	csv     *csv.Writer
	record  []string
}

func (s *set) table(kind FileKind, in folder, summary, detail Section) *table {
	t := &table{set: s, kind: kind, in: in, summary: s.Columns.Of(summary), detail: s.Columns.Of(detail)}
	s.open = append(s.open, t)
	return t
}

// tableBuffer is how much of a table is written at once: some 200 rows, and no more
// than a message.
const tableBuffer = 64 << 10

// begin starts a part with the headings and the totals of the whole set.
func (t *table) begin() (err error) {
	full := filepath.Join(t.set.Dir, filepath.FromSlash(t.set.name(t.kind, t.in, t.part, "csv")))
	if t.file, err = create(full); err != nil {
		return err
	}
	t.csv, t.rows = csv.NewWriter(bufio.NewWriterSize(t.file, tableBuffer)), 0
	if len(t.summary) > 0 {
		if err := errors.Join(t.csv.Write(names(t.summary)), t.put(t.summary, t.set.row())); err != nil {
			return err
		}
	}
	if len(t.detail) == 0 {
		return nil
	}
	return t.csv.Write(names(t.detail))
}

func names(columns []Column) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.Name
	}
	return list
}

// write adds a row of details.
func (t *table) write(r *row) error {
	if t.rows == cmp.Or(t.set.Rows, rowsMost) {
		if err := t.close(); err != nil {
			return err
		}
		t.part++
	}
	if t.file == nil {
		if err := t.begin(); err != nil {
			return err
		}
	}
	t.rows++
	if len(t.detail) == 0 {
		return nil
	}
	return t.put(t.detail, r)
}

func (t *table) put(columns []Column, r *row) error {
	t.record = slices.Grow(t.record[:0], len(columns))
	for _, c := range columns {
		t.record = append(t.record, harmless(c.value(r)))
	}
	return t.csv.Write(t.record)
}

// close ends the file, or the last part of it; a file without rows is written
// all the same.
func (t *table) close() error {
	if t.file == nil {
		if err := t.begin(); err != nil {
			return err
		}
	}
	t.csv.Flush()
	if err := t.csv.Error(); err != nil {
		return err
	}
	w := t.file
	t.file = nil
	return t.set.finish(File{
		Kind: t.kind, Path: t.set.name(t.kind, t.in, t.part, "csv"), Part: t.part, Rows: t.rows, DueAt: t.in.dueAt,
	}, w)
}

// harmful begins what a spreadsheet runs, or may once it has left out what is blank; in
// full width too, which spreadsheets of East Asia take for the same
// (owasp.org/www-community/attacks/CSV_Injection).
const harmful = "=+-@\t\r\n'＝＋－＠"

// harmless keeps a spreadsheet from running what a partner put into an id; an
// apostrophe says so, also before one. A number is left as it is.
func harmless(field string) string {
	if first, _ := utf8.DecodeRuneInString(field); field == "" || !strings.ContainsRune(harmful, first) {
		return field
	}
	if len(field) > 1 && field[0] == '-' && strings.Trim(field[1:], "0123456789.") == "" {
		return field
	}
	return "'" + field
}

// Harmed is what a field of a CSV file was before it was made harmless.
func Harmed(field string) string {
	if rest, quoted := strings.CutPrefix(field, "'"); quoted && harmless(rest) == field {
		return rest
	}
	return field
}

// fileWriter writes a file under another name first, so that a reader never sees
// half, and hashes what it writes.
type fileWriter struct {
	io.Writer
	temporary *os.File
	path      string
	hash      interface{ Sum(b []byte) []byte }
	written   int64
}

func create(full string) (*fileWriter, error) {
	if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
		return nil, err
	}
	temporary, err := os.CreateTemp(filepath.Dir(full), ".report-*")
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	return &fileWriter{Writer: io.MultiWriter(temporary, hash), temporary: temporary, path: full, hash: hash}, nil
}

// Write implements io.Writer.
func (w *fileWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	w.written += int64(n)
	return n, err
}

// finish puts the file under its name.
func (w *fileWriter) finish() (written int64, sum [sha256.Size]byte, err error) {
	if err := w.temporary.Close(); err != nil {
		return 0, sum, errors.Join(err, os.Remove(w.temporary.Name()))
	}
	if err := os.Rename(w.temporary.Name(), w.path); err != nil {
		return 0, sum, errors.Join(err, os.Remove(w.temporary.Name()))
	}
	copy(sum[:], w.hash.Sum(nil))
	return w.written, sum, nil
}

func (w *fileWriter) discard() {
	_ = w.temporary.Close()
	_ = os.Remove(w.temporary.Name())
}
