package fees

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("fees", files) }

const insertLine = `
INSERT INTO fee_schedule (kind, participant_id, corridor, product, currency, effective_at, paid, points, fixed_minor,
	least_minor, most_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (kind, participant_id, corridor, product, currency, effective_at) DO NOTHING`

// Save adds a line to the schedules. It reports false for one that is there
// already, with whatever figures: what was agreed for a moment is never changed.
func Save(ctx context.Context, tx db.Tx, l Line) (added bool, err error) {
	if err := l.Check(); err != nil {
		return false, err
	}
	count, err := tx.Exec(ctx, insertLine, l.Kind, l.ParticipantID, l.Corridor, l.Product, l.Currency, l.EffectiveAt,
		l.Paid, l.Points, l.Fixed, l.Least, l.Most)
	if err != nil {
		return false, fmt.Errorf("fees: save: %w", err)
	}
	return count == 1, nil
}

const selectLines = `
SELECT kind, participant_id, corridor, product, currency, effective_at, paid, points, fixed_minor, least_minor, most_minor
FROM fee_schedule ORDER BY kind, participant_id, corridor, product, currency, effective_at`

// Lines returns all schedules.
func Lines(ctx context.Context, reader db.Reader) ([]Line, error) {
	rows, err := reader.Query(ctx, selectLines)
	if err != nil {
		return nil, fmt.Errorf("fees: lines: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Line, error) {
		var l Line
		err := row.Scan(&l.Kind, &l.ParticipantID, &l.Corridor, &l.Product, &l.Currency, &l.EffectiveAt, &l.Paid, &l.Points,
			&l.Fixed, &l.Least, &l.Most)
		l.EffectiveAt = l.EffectiveAt.UTC()
		return l, err
	})
}

const addVolumes = `
INSERT INTO window_volume (window_id, participant_id, corridor, product, currency, payments, paid_minor, returns,
	returned_minor)
SELECT $1::UUID, unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::TEXT[]), unnest($5::TEXT[]), unnest($6::BIGINT[]),
	unnest($7::BIGINT[]), unnest($8::BIGINT[]), unnest($9::BIGINT[])
ON CONFLICT (window_id, participant_id, corridor, product, currency) DO UPDATE
SET payments = window_volume.payments + excluded.payments, paid_minor = window_volume.paid_minor + excluded.paid_minor,
	returns = window_volume.returns + excluded.returns,
	returned_minor = window_volume.returned_minor + excluded.returned_minor`

// Count adds what was moved to the volumes of a window, each volume once.
func Count(ctx context.Context, tx db.Tx, windowID ids.ID, volumes []Volume) error {
	if len(volumes) == 0 {
		return nil
	}
	sums := sumVolumes(volumes)
	tx.Later(db.Written("fees: count"), addVolumes, windowID,
		db.Column(sums, func(v Volume) string { return v.ParticipantID }),
		db.Column(sums, func(v Volume) string { return v.Corridor }),
		db.Column(sums, func(v Volume) string { return v.Product }),
		db.Column(sums, func(v Volume) string { return string(v.Currency) }),
		db.Column(sums, func(v Volume) int64 { return v.Payments }), db.Column(sums, func(v Volume) int64 { return v.Paid }),
		db.Column(sums, func(v Volume) int64 { return v.Returns }),
		db.Column(sums, func(v Volume) int64 { return v.Returned }))
	return nil
}

// sumVolumes adds up what belongs to the same volume, in the order of their keys.
func sumVolumes(volumes []Volume) []Volume {
	sorted := slices.SortedStableFunc(slices.Values(volumes), compareVolumes)
	sums := sorted[:0]
	for _, v := range sorted {
		if last := len(sums) - 1; last >= 0 && compareVolumes(sums[last], v) == 0 {
			sums[last].Payments += v.Payments
			sums[last].Paid += v.Paid
			sums[last].Returns += v.Returns
			sums[last].Returned += v.Returned
			continue
		}
		sums = append(sums, v)
	}
	return sums
}

func compareVolumes(a, b Volume) int {
	return cmp.Or(cmp.Compare(a.ParticipantID, b.ParticipantID), cmp.Compare(a.Corridor, b.Corridor),
		cmp.Compare(a.Product, b.Product), cmp.Compare(a.Currency, b.Currency))
}

const selectVolumes = `
SELECT participant_id, corridor, product, currency, payments, paid_minor, returns, returned_minor
FROM window_volume WHERE window_id = $1 ORDER BY participant_id, corridor, product, currency`

// VolumesOf returns the volumes of a window.
func VolumesOf(ctx context.Context, reader db.Reader, windowID ids.ID) ([]Volume, error) {
	rows, err := reader.Query(ctx, selectVolumes, windowID)
	if err != nil {
		return nil, fmt.Errorf("fees: volumes: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Volume, error) {
		var v Volume
		err := row.Scan(&v.ParticipantID, &v.Corridor, &v.Product, &v.Currency, &v.Payments, &v.Paid, &v.Returns,
			&v.Returned)
		return v, err
	})
}

// Post charges a closing window by the schedules: entries, positions and the
// window's figures. The entries' ids follow from the window, so that it is
// charged once.
func Post(ctx context.Context, tx db.Tx, w window.Window, at time.Time) error {
	lines, err := Lines(ctx, tx)
	if err != nil || len(lines) == 0 {
		return err
	}
	volumes, err := VolumesOf(ctx, tx, w.ID)
	if err != nil {
		return err
	}
	charges, err := Charges(lines, volumes, w.ClosedAt)
	if err != nil || len(charges) == 0 {
		return err
	}
	entries := Entries(w, charges, at)
	var hub []string
	for _, c := range charges {
		hub = append(hub, accountOf(c.Line.Kind).ID(c.Amount.Currency))
	}
	if err := ledger.OpenAccounts(ctx, tx, hub); err != nil {
		return err
	}
	if err := ledger.Post(ctx, tx, entries); err != nil {
		return err
	}
	return count(ctx, tx, w, charges, entries)
}

// count adds charges to positions and to the figures of the window.
func count(ctx context.Context, tx db.Tx, w window.Window, charges []Charge, entries []ledger.Entry) error {
	changes := db.Column(charges, func(c Charge) position.Change {
		return position.Change{ParticipantID: c.ParticipantID, Debit: c.Amount}
	})
	if err := position.Charge(ctx, tx, changes); err != nil {
		return err
	}
	var movements []window.Movement
	for i := range charges {
		movements = append(movements, window.Movement{Owner: entries[i].Debit.Owner, Debit: entries[i].Amount},
			window.Movement{Owner: entries[i].Credit.Owner, Credit: entries[i].Amount})
	}
	return window.Add(ctx, tx, w.ID, movements)
}

// Entries are the entries of charges, one each, in their order.
func Entries(w window.Window, charges []Charge, at time.Time) []ledger.Entry {
	entries := make([]ledger.Entry, len(charges))
	for i, c := range charges {
		subject := ids.Derive(w.ID, "fees", int64(i+1))
		entry := ledger.Entry{
			ID: ids.Derive(subject, "entry", 1), Region: w.Region, PaymentID: w.ID, SubjectID: subject, Sequence: 1,
			Kind: ledger.KindSchedule, Debit: ledger.PositionOf(c.ParticipantID), Credit: accountOf(c.Line.Kind),
			Amount: money.New(max(c.Amount.Minor, -c.Amount.Minor), c.Amount.Currency), WindowID: w.ID, BookedAt: at,
		}
		if c.Amount.Minor < 0 {
			entry.Debit, entry.Credit = entry.Credit, entry.Debit
		}
		entries[i] = entry
	}
	return entries
}

// accountOf is the hub's account of a kind of charges.
func accountOf(kind Kind) ledger.Account {
	purposes := map[Kind]ledger.Purpose{Interchange: ledger.Interchange, Scheme: ledger.Scheme, Tax: ledger.Tax}
	return ledger.HubAccount(purposes[kind])
}
