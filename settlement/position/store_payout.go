package position

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/money"
)

const payOut = `
UPDATE participant_position SET paying_minor = paying_minor + $4
WHERE participant_id = $1 AND currency = $2 AND region = $3
	AND posted_minor + reserved_minor + paying_minor + $4 <= cap_minor
	AND NOT EXISTS (SELECT 1 FROM participant_position o WHERE o.participant_id = $1 AND o.currency = $2
		AND o.posted_minor + o.reserved_minor + o.paying_minor > o.cap_minor)`

// PayOut sets aside what is to be paid to a participant of what it is owed, so that it
// does not cover debits any more which come before the bank has paid, and returns how
// much that is: the amount, or less if the rest covers what is reserved already, in any
// region. It is held in the region's row, with what other regions do not use if that has
// no room. [Change.Paying] takes it back.
func PayOut(ctx context.Context, tx db.Tx, participant, region string, amount money.Amount) (money.Amount, error) {
	openRow(tx, participant, amount.Currency, region)
	changed, err := tx.Exec(ctx, payOut, participant, amount.Currency, region, amount.Minor)
	if err != nil {
		return amount, fmt.Errorf("position: pay out: %w", err)
	}
	if changed == 1 {
		return amount, nil
	}
	rows, home, err := rowsOf(ctx, tx, Key{participant, amount.Currency})
	if err != nil {
		return amount, err
	}
	held, after := hold(rows, near(rows, home, region), amount.Minor)
	if held == 0 {
		return money.New(0, amount.Currency), nil
	}
	return money.New(held, amount.Currency), save(ctx, tx, Key{participant, amount.Currency}, after)
}

const openRegionOf = `
INSERT INTO participant_position (participant_id, currency, region, cap_minor, posted_minor, reserved_minor)
SELECT participant_id, currency, $3, 0, 0, 0 FROM position_limit WHERE participant_id = $1 AND currency = $2 AND $3 <> ''
ON CONFLICT (participant_id, currency, region) DO NOTHING`

// openRow gives a position a row in a region that has none yet: what is held in a row is
// taken back in the same one.
func openRow(tx db.Tx, participant string, currency money.Currency, region string) {
	tx.Later(db.Written("position: open row"), openRegionOf, participant, currency, region)
}

// near is which row is a region's: the home's for none.
func near(rows []Allotment, home int, region string) int {
	if own := slices.IndexFunc(rows, func(a Allotment) bool { return a.Region == region }); own >= 0 {
		return own
	}
	return home
}

const selectRows = `
SELECT p.region, p.cap_minor, p.posted_minor, p.reserved_minor, p.paying_minor, p.region = l.region
FROM participant_position p
JOIN position_limit l ON l.participant_id = p.participant_id AND l.currency = p.currency
WHERE p.participant_id = $1 AND p.currency = $2 ORDER BY p.region`

// rowsOf returns the rows of a position in the order of their regions, and which is the
// home's.
func rowsOf(ctx context.Context, reader db.Reader, key Key) (list []Allotment, home int, err error) {
	rows, err := reader.Query(ctx, selectRows, key.ParticipantID, key.Currency)
	if err != nil {
		return nil, 0, fmt.Errorf("position: rows: %w", err)
	}
	var a Allotment
	var own bool
	_, err = pgx.ForEachRow(rows, []any{&a.Region, &a.Allotted, &a.Posted, &a.Reserved, &a.Paying, &own}, func() error {
		if own {
			home = len(list)
		}
		list = append(list, a)
		return nil
	})
	if err == nil && len(list) == 0 {
		err = ErrNoPosition
	}
	return list, home, err
}

const saveRows = `
UPDATE participant_position SET cap_minor = c.allotted, paying_minor = c.paying
FROM (SELECT unnest($3::TEXT[]) AS region, unnest($4::BIGINT[]) AS allotted, unnest($5::BIGINT[]) AS paying) AS c
WHERE participant_position.participant_id = $1 AND participant_position.currency = $2
	AND participant_position.region = c.region`

func save(ctx context.Context, tx db.Tx, key Key, rows []Allotment) error {
	_, err := tx.Exec(ctx, saveRows, key.ParticipantID, key.Currency,
		db.Column(rows, func(a Allotment) string { return a.Region }),
		db.Column(rows, func(a Allotment) int64 { return a.Allotted }),
		db.Column(rows, func(a Allotment) int64 { return a.Paying }))
	if err != nil {
		return fmt.Errorf("position: save rows: %w", err)
	}
	return nil
}

// Charge changes positions at the participants' homes by what they owe whatever room they
// have, such as the fees of a window. A home that is overdrawn by it gets what other
// regions do not use, so that they do not use it: the cap holds if all regions together
// have the room. If they have not, none has any until that much is paid or prefunded.
func Charge(ctx context.Context, tx db.Tx, changes []Change) error {
	if err := Add(ctx, tx, changes...); err != nil {
		return err
	}
	debited := map[Key]bool{}
	for _, change := range changes {
		if key := (Key{change.ParticipantID, change.Debit.Currency}); change.Debit.Minor > 0 && !debited[key] {
			debited[key] = true
			if err := Cover(ctx, tx, key, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// Cover gives the row of a region, or the home's if none is named, what other regions do
// not use if it is overdrawn by what [Settle] debited there whatever room it had.
func Cover(ctx context.Context, tx db.Tx, key Key, region string) error {
	rows, home, err := rowsOf(ctx, tx, key)
	if err != nil {
		return err
	}
	at := near(rows, home, region)
	if rows[at].Free() >= 0 {
		return nil
	}
	return save(ctx, tx, key, gather(rows, at, 0))
}

const changeNear = `
UPDATE participant_position SET posted_minor = posted_minor + $4, paying_minor = paying_minor + $5
WHERE participant_id = $1 AND currency = $2 AND region = coalesce(
	(SELECT a.region FROM participant_position a WHERE a.participant_id = $1 AND a.currency = $2 AND a.region = $3),
	(SELECT l.region FROM position_limit l WHERE l.participant_id = $1 AND l.currency = $2))`

// Settle changes a position by what became of an obligation of a region: in the row in
// which a pay-out was held, so that no region has room that another one has used.
func Settle(_ context.Context, tx db.Tx, change Change) error {
	openRow(tx, change.ParticipantID, change.Debit.Currency, change.Region)
	tx.Later(db.WrittenAll("position: settle", 1, ErrNoPosition), changeNear, change.ParticipantID, change.Debit.Currency,
		change.Region, change.Debit.Minor, change.Paying)
	return nil
}
