package keeper

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("keeper", files) }

const insertListVersion = `
INSERT INTO list_version (list, version, fetched_at, entries, added, changed, removed, differences, previous)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (list, version) DO UPDATE SET
	fetched_at = excluded.fetched_at, added = excluded.added, changed = excluded.changed, removed = excluded.removed,
	differences = excluded.differences, previous = excluded.previous`

const insertListPart = `
INSERT INTO list_part (list, version, number, piece, format, body) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (list, version, number, piece) DO NOTHING`

// pieceSize is how much of a packed file goes into one row.
const pieceSize = 1 << 20

// release is a version of a list that is to be stored: its files as they came, packed, so
// that a decision can be made again as it was made, and what it changes.
type release struct {
	list lists.List
	// previous is the version that it takes the place of.
	previous    string
	change      lists.Change
	differences []byte
	packed      []part
}

// newRelease packs what is to be stored, which takes too long for a transaction that waits
// meanwhile.
func newRelease(before, after lists.List, parts []part) (release, error) {
	r := release{list: after, previous: before.Version, change: lists.Compare(before, after)}
	var err error
	if r.packed, err = packed(parts); err != nil {
		return r, err
	}
	r.differences, err = described(r.change, before, after)
	return r, err
}

// insertVersion stores a version. One that an authority went back to has what it changed
// then, not what it had changed when it first came.
func insertVersion(ctx context.Context, tx db.Tx, r release, at time.Time) error {
	l, c := r.list, r.change
	_, err := tx.Exec(ctx, insertListVersion, l.Name, l.Version, at, l.Entries.Len(), len(c.Added), len(c.Changed),
		len(c.Removed), r.differences, r.previous)
	if err != nil {
		return fmt.Errorf("keeper: insert version: %w", err)
	}
	for number, p := range r.packed {
		for piece, rest := 0, p.body; len(rest) > 0; piece++ {
			size := min(len(rest), pieceSize)
			if _, err := tx.Exec(ctx, insertListPart, l.Name, l.Version, int64(number), int64(piece), p.format, rest[:size]); err != nil {
				return fmt.Errorf("keeper: insert part: %w", err)
			}
			rest = rest[size:]
		}
	}
	return nil
}

// packed packs parts.
func packed(parts []part) ([]part, error) {
	all := make([]part, len(parts))
	for i, p := range parts {
		body, err := pack(p.body)
		if err != nil {
			return nil, fmt.Errorf("keeper: pack: %w", err)
		}
		all[i] = part{format: p.format, body: body}
	}
	return all, nil
}

func pack(body []byte) ([]byte, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err := w.Close()
	return packed.Bytes(), err
}

const upsertActive = `
INSERT INTO list_active (list, version, activated_at, confirmed_at, next_at) VALUES ($1, $2, $3, $3, $4)
ON CONFLICT (list) DO UPDATE SET
	activated_at = CASE WHEN list_active.version = excluded.version THEN list_active.activated_at
		ELSE excluded.activated_at END,
	version = excluded.version, confirmed_at = excluded.confirmed_at, next_at = excluded.next_at`

const selectOthers = `SELECT count(*) FROM list_active WHERE list = $1 AND version NOT IN ($2, $3)`

// errOvertaken means that a version that this hub has not seen is in force: what was
// fetched may be older.
var errOvertaken = errors.New("keeper: another hub has put another version in force meanwhile")

// abreast returns [errOvertaken] where neither of two versions of a list is in force.
func abreast(ctx context.Context, tx db.Tx, list, before, version string) error {
	var others int64
	if err := tx.QueryRow(ctx, selectOthers, list, before, version).Scan(&others); err != nil {
		return fmt.Errorf("keeper: in force: %w", err)
	}
	if others > 0 {
		return errOvertaken
	}
	return nil
}

// activate puts a version in force in place of the one before, or confirms it: then nothing
// waits for people any more but what they have accepted and a hub is yet to fetch. It returns
// [errOvertaken] where neither is in force.
func activate(ctx context.Context, tx db.Tx, list, before, version string, at, next time.Time) error {
	err := abreast(ctx, tx, list, before, version)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, upsertActive, list, version, at, next); err != nil {
		return fmt.Errorf("keeper: activate: %w", err)
	}
	if version != before {
		_, err = tx.Exec(ctx, deleteRefused, list)
	} else {
		_, err = tx.Exec(ctx, deleteUnaccepted, list, at.Add(-acceptedFor))
	}
	if err != nil {
		return fmt.Errorf("keeper: activate: %w", err)
	}
	return nil
}

const moveTurn = `UPDATE list_active SET next_at = $3 WHERE list = $1 AND next_at <= $2`

const countActive = `SELECT count(*) FROM list_active WHERE list = $1`

// takeTurn reports whether a list is due and takes it. A list that was never there
// is due for everybody.
func takeTurn(ctx context.Context, tx db.Tx, list string, now, next time.Time) (bool, error) {
	moved, err := tx.Exec(ctx, moveTurn, list, now, next)
	if err != nil || moved > 0 {
		return err == nil, err
	}
	var there int64
	err = tx.QueryRow(ctx, countActive, list).Scan(&there)
	return there == 0, err
}

// active is a list in force.
type active struct {
	name, version string
	confirmedAt   time.Time
	// nextAt is when somebody is to look at its source again.
	nextAt time.Time
}

const selectActiveLists = `SELECT list, version, confirmed_at, next_at FROM list_active ORDER BY list`

func selectActive(ctx context.Context, reader db.Reader) ([]active, error) {
	rows, err := reader.Query(ctx, selectActiveLists)
	if err != nil {
		return nil, fmt.Errorf("keeper: lists: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (active, error) {
		var a active
		err := row.Scan(&a.name, &a.version, &a.confirmedAt, &a.nextAt)
		a.confirmedAt, a.nextAt = a.confirmedAt.UTC(), a.nextAt.UTC()
		return a, err
	})
}

const selectListParts = `
SELECT number, format, body FROM list_part WHERE list = $1 AND version = $2 ORDER BY number, piece`

// selectParts returns the files of a version as they came.
func selectParts(ctx context.Context, reader db.Reader, list, version string) ([]part, error) {
	rows, err := reader.Query(ctx, selectListParts, list, version)
	if err != nil {
		return nil, fmt.Errorf("keeper: parts: %w", err)
	}
	var parts []part
	var number int64
	var format string
	var body []byte
	_, err = pgx.ForEachRow(rows, []any{&number, &format, &body}, func() error {
		switch int(number) {
		case len(parts):
			parts = append(parts, part{format: format})
		case len(parts) - 1:
		default:
			return errOther
		}
		last := &parts[len(parts)-1]
		last.body = append(last.body, body...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("keeper: parts: %w", err)
	}
	for i := range parts {
		if parts[i].body, err = unpack(parts[i].body); err != nil {
			return nil, fmt.Errorf("keeper: unpack %s: %w", list, err)
		}
	}
	return parts, nil
}

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return bounded(r)
}

// Version is a version of a list on record.
type Version struct {
	List, Version string
	FetchedAt     time.Time
	// Entries is how many it has; the others are how it differs from the one before.
	Entries, Added, Changed, Removed int64
	// Active says that it is in force; then ConfirmedAt is when it was last found to
	// be.
	Active      bool
	ConfirmedAt time.Time
}

const selectVersions = `
SELECT v.list, v.version, v.fetched_at, v.entries, v.added, v.changed, v.removed, a.list IS NOT NULL,
	coalesce(a.confirmed_at, v.fetched_at)
FROM list_version v LEFT JOIN list_active a ON a.list = v.list AND a.version = v.version
ORDER BY v.fetched_at DESC, v.list, v.version LIMIT $1`

// Versions returns the versions of all lists, the newest first.
func Versions(ctx context.Context, reader db.Reader, limit int) ([]Version, error) {
	rows, err := reader.Query(ctx, selectVersions, limit)
	if err != nil {
		return nil, fmt.Errorf("keeper: versions: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Version, error) {
		var v Version
		err := row.Scan(&v.List, &v.Version, &v.FetchedAt, &v.Entries, &v.Added, &v.Changed, &v.Removed, &v.Active,
			&v.ConfirmedAt)
		v.FetchedAt, v.ConfirmedAt = v.FetchedAt.UTC(), v.ConfirmedAt.UTC()
		return v, err
	})
}

// Stored returns a version of a list on record, so that a decision can be explained
// by it years later. The error of one that is not is of kind [reason.Missing].
func Stored(ctx context.Context, reader db.Reader, list, version string) (lists.List, error) {
	parts, err := selectParts(ctx, reader, list, version)
	if err != nil {
		return lists.List{}, err
	}
	if len(parts) == 0 {
		return lists.List{}, reason.New(reason.Missing, "keeper.Stored", "")
	}
	return parse(list, parts)
}

// EntryOf returns an entry as a version on record has it. The error of one that is not there
// is of kind [reason.Missing].
func EntryOf(ctx context.Context, reader db.Reader, list, version, id string) (lists.Entry, error) {
	stored, err := Stored(ctx, reader, list, version)
	if err != nil {
		return lists.Entry{}, err
	}
	entry, found := stored.Entries.Find(id)
	if !found {
		return lists.Entry{}, reason.New(reason.Missing, "keeper.EntryOf", "")
	}
	return entry, nil
}
