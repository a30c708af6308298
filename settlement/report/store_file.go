package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// IssuedFile is a file on record.
type IssuedFile struct {
	File
	ID            ids.ID
	WindowID      ids.ID
	Region        string
	ParticipantID string
	Currency      string
	// CreatedAt is when it was first issued.
	CreatedAt time.Time
}

// Terms are what the files of a participant's window are issued by, whatever configuration
// says when they are issued again.
type Terms struct {
	Columns Columns
	// Agreement is the id of the settlement agreement in the names of files.
	Agreement string
	// ValueDate is when the net is due, the start of a day in UTC, and DayFrom is the number
	// of the first window that is settled on it; 0 if that is not known.
	ValueDate time.Time
	DayFrom   int64
}

// insertTerms fills in what was not kept when the files were issued first.
const insertTerms = `
INSERT INTO report_layout (window_id, participant_id, columns, created_at, agreement, value_date, day_from)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (window_id, participant_id) DO UPDATE SET agreement = coalesce(report_layout.agreement, excluded.agreement),
	value_date = coalesce(report_layout.value_date, excluded.value_date), day_from = excluded.day_from
WHERE report_layout.day_from IS NULL`

const selectTerms = `
SELECT columns, coalesce(agreement, ''), value_date, coalesce(day_from, 0) FROM report_layout
WHERE window_id = $1 AND participant_id = $2`

// Agree keeps the terms that a participant's files of a window are issued by, and returns
// those of the first time, which count whenever they are issued again.
func Agree(ctx context.Context, tx db.Tx, windowID ids.ID, participant string, now Terms, at time.Time) (Terms, error) {
	_, err := tx.Exec(ctx, insertTerms, windowID, participant, now.Columns.String(), at, now.Agreement, now.ValueDate,
		now.DayFrom)
	if err != nil {
		return Terms{}, fmt.Errorf("report: agree: %w", err)
	}
	terms, _, err := Agreed(ctx, tx, windowID, participant)
	return terms, err
}

// Agreed returns the terms that a participant's files of a window were issued by, if they
// were. Of files from before they were kept, some may be zero.
func Agreed(
	ctx context.Context, reader db.Reader, windowID ids.ID, participant string,
) (t Terms, found bool, err error) {
	var columns string
	var valueDate *time.Time
	err = reader.QueryRow(ctx, selectTerms, windowID, participant).Scan(&columns, &t.Agreement, &valueDate, &t.DayFrom)
	if db.NoRows(err) {
		return Terms{}, false, nil
	}
	if err != nil {
		return Terms{}, false, fmt.Errorf("report: agreed: %w", err)
	}
	if valueDate != nil {
		t.ValueDate = valueDate.UTC()
	}
	t.Columns, err = ReadColumns(Columns{}, strings.NewReader(columns))
	return t, true, err
}

const insertFiles = `
INSERT INTO report_file (file_id, window_id, region, participant_id, currency, kind, part, path, row_count, byte_count,
	sha256, body, place, due_at, created_at)
SELECT unnest($1::UUID[]), $2::UUID, $3::TEXT, $4::TEXT, $5::TEXT, unnest($6::TEXT[]), unnest($7::BIGINT[]),
	unnest($8::TEXT[]), unnest($9::BIGINT[]), unnest($10::BIGINT[]), unnest($11::BYTEA[]), unnest($12::BYTEA[]),
	unnest($13::BIGINT[]), unnest($14::TIMESTAMPTZ[]), $15::TIMESTAMPTZ
ON CONFLICT (file_id) DO NOTHING`

// ErrReissued means that a file that was issued before would be another one now:
// what the books said of a closed window has changed.
var ErrReissued = errors.New("report: the file is not the one that was issued before")

// registerMost is how many files one statement registers.
const registerMost = 1_000

// Register puts the files of a statement on record. Issued again they must be
// the same; otherwise it fails with [ErrReissued].
func Register(ctx context.Context, tx db.Tx, s Statement, files []File, at time.Time) error {
	for some := range slices.Chunk(files, registerMost) {
		c := &fileColumns{}
		for _, file := range some {
			c.add(s, file)
		}
		_, err := tx.Exec(ctx, insertFiles, c.ids, s.Window.ID, s.Window.Region, s.ParticipantID, s.Currency, c.kinds,
			c.parts, c.paths, c.rows, c.bytes, c.sums, c.bodies, c.places, c.due, at)
		if err != nil {
			return fmt.Errorf("report: register: %w", err)
		}
	}
	issued, err := FilesOf(ctx, tx, s.Window.ID, s.ParticipantID)
	if err != nil {
		return err
	}
	sums := map[string]IssuedFile{}
	for _, file := range issued {
		sums[file.Path] = file
	}
	for _, file := range files {
		if before := sums[file.Path]; before.SHA256 != file.SHA256 {
			return fmt.Errorf("%w: %s", ErrReissued, file.Path)
		}
	}
	return nil
}

// fileColumns holds files column by column, as unnest takes them.
type fileColumns struct {
	ids                        []ids.ID
	kinds, paths               []string
	parts, rows, bytes, places []int64
	sums, bodies               [][]byte
	due                        []time.Time
}

func (c *fileColumns) add(s Statement, file File) {
	c.ids = append(c.ids, ids.Derive(s.Window.ID, "file."+file.Path, 0))
	c.kinds, c.paths = append(c.kinds, string(file.Kind)), append(c.paths, file.Path)
	c.parts, c.rows = append(c.parts, int64(file.Part)), append(c.rows, file.Rows)
	c.bytes, c.places = append(c.bytes, file.Bytes), append(c.places, file.Kind.place())
	c.sums, c.bodies = append(c.sums, file.SHA256[:]), append(c.bodies, append([]byte{}, file.Body...))
	c.due = append(c.due, file.DueAt)
}

// place is where files of a kind stand in the order of delivery.
func (k FileKind) place() int64 {
	order := []FileKind{
		TransactionItems, FeeItems, Summary, Notification, Settlement, SettlementDay, AccountStatement, Checksums, Signature,
	}
	return int64(slices.Index(order, k))
}

const fileColumnsList = `file_id, window_id, region, participant_id, currency, kind, part, path, row_count, byte_count,
	sha256, body, due_at, created_at`

const (
	selectFilesOfWindow = `SELECT ` + fileColumnsList + ` FROM report_file
		WHERE window_id = $1 AND ($2 = '' OR participant_id = $2) ORDER BY participant_id, place, part, file_id`
	selectFile       = `SELECT ` + fileColumnsList + ` FROM report_file WHERE file_id = $1`
	selectFileByPath = `SELECT ` + fileColumnsList + ` FROM report_file WHERE path = $1`
	// Each part reads the end of one index, however many files there are before it.
	selectDue = `SELECT ` + fileColumnsList + ` FROM (
		SELECT ` + fileColumnsList + `, place FROM report_file
		WHERE participant_id = $1 AND due_at > $3 AND due_at <= $2 AND region = $4
		UNION ALL SELECT ` + fileColumnsList + `, place FROM report_file
		WHERE participant_id = $1 AND created_at > $3 AND due_at <= $3 AND region = $4) due
		ORDER BY due_at, place, part, file_id`
)

// FilesOf returns the files of a window, of one participant or of all if its id
// is empty, by participant in the order of delivery.
func FilesOf(ctx context.Context, reader db.Reader, windowID ids.ID, participant string) ([]IssuedFile, error) {
	return selectFiles(ctx, reader, selectFilesOfWindow, windowID, participant)
}

// Due returns the files of a participant that a region's hub issued, that are due
// at a moment, and that were not, or were not there yet, at an earlier one; in the
// order of delivery.
func Due(
	ctx context.Context, reader db.Reader, region, participant string, since, now time.Time,
) ([]IssuedFile, error) {
	return selectFiles(ctx, reader, selectDue, participant, now, since, region)
}

// FindFile returns the file with an id, if there is one.
func FindFile(ctx context.Context, reader db.Reader, id ids.ID) (file IssuedFile, found bool, err error) {
	return first(selectFiles(ctx, reader, selectFile, id))
}

// FindPath returns the file with a path, if there is one.
func FindPath(ctx context.Context, reader db.Reader, path string) (file IssuedFile, found bool, err error) {
	return first(selectFiles(ctx, reader, selectFileByPath, path))
}

func first(files []IssuedFile, err error) (IssuedFile, bool, error) {
	if err != nil || len(files) == 0 {
		return IssuedFile{}, false, err
	}
	return files[0], true, nil
}

func selectFiles(ctx context.Context, reader db.Reader, sql string, arguments ...any) ([]IssuedFile, error) {
	rows, err := reader.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, fmt.Errorf("report: files: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (IssuedFile, error) {
		var f IssuedFile
		var part int64
		var sum []byte
		err := row.Scan(&f.ID, &f.WindowID, &f.Region, &f.ParticipantID, &f.Currency, &f.Kind, &part, &f.Path, &f.Rows,
			&f.Bytes, &sum, &f.Body, &f.DueAt, &f.CreatedAt)
		copy(f.SHA256[:], sum)
		f.Part, f.DueAt, f.CreatedAt, f.Body = int(part), f.DueAt.UTC(), f.CreatedAt.UTC(), bytes.Clone(f.Body)
		return f, err
	})
}
