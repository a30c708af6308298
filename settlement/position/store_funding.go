package position

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// Model says how a participant settles in a currency, side by side with others.
type Model string

// The settlement models.
const (
	// DeferredNet: the net of each window is settled after it, under a limit and
	// what is prefunded.
	DeferredNet Model = "DEFERRED_NET"
	// Gross: each payment and return is settled by itself, from its commit on, and no
	// window nets it.
	Gross Model = "GROSS"
	// Prefunded: only what is prefunded can be owed; there is no limit beside it.
	Prefunded Model = "PREFUNDED"
)

// Limit is what the cap of a position is made of.
type Limit struct {
	ParticipantID string
	Currency      money.Currency
	// Region is the participant's home, which holds what no other was allotted.
	Region string
	Model  Model
	// Limit and Prefunded are the cap together, in minor units.
	Limit, Prefunded int64
}

const selectLimits = `
SELECT participant_id, currency, region, model, limit_minor, prefunded_minor
FROM position_limit ORDER BY participant_id, currency`

// Limits returns what every cap is made of, in the order of participant and currency.
func Limits(ctx context.Context, reader db.Reader) ([]Limit, error) {
	rows, err := reader.Query(ctx, selectLimits)
	if err != nil {
		return nil, fmt.Errorf("position: limits: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Limit])
}

const selectGross = `
SELECT participant_id, currency FROM position_limit WHERE participant_id = ANY($1::TEXT[]) AND model = 'GROSS'`

// GrossOf returns which positions of some participants settle by the model [Gross] now.
// They are there once the next statement that is waited for was run.
func GrossOf(tx db.Tx, participants []string) map[Key]bool {
	gross := map[Key]bool{}
	tx.Ask(func(rows pgx.Rows, err error) error {
		if err != nil {
			return fmt.Errorf("position: gross: %w", err)
		}
		var key Key
		_, err = pgx.ForEachRow(rows, []any{&key.ParticipantID, &key.Currency}, func() error {
			gross[key] = true
			return nil
		})
		return err
	}, selectGross, participants)
	return gross
}

const selectOtherModel = `
SELECT l.participant_id FROM position_limit l
LEFT JOIN (SELECT unnest($2::TEXT[]) AS participant_id, unnest($3::TEXT[]) AS currency) AS gross
	ON gross.participant_id = l.participant_id AND gross.currency = l.currency
WHERE l.participant_id = ANY($1::TEXT[]) AND (l.model = 'GROSS') <> (gross.currency IS NOT NULL)`

// HopeGross has a hopeful transaction go by it that the positions of some participants that
// settle by the model [Gross] are those of gross, and no others.
func HopeGross(tx db.Tx, participants []string, gross map[Key]bool) {
	keys := slices.Collect(maps.Keys(gross))
	tx.Hope("position: gross", 0, selectOtherModel, participants,
		db.Column(keys, func(k Key) string { return k.ParticipantID }),
		db.Column(keys, func(k Key) string { return string(k.Currency) }))
}

const setModel = `UPDATE position_limit SET model = $3 WHERE participant_id = $1 AND currency = $2`

// SetModel changes how a participant settles in a currency, from the next commit on:
// what was posted before stays with its window or obligation. A participant with a
// limit cannot become [Prefunded]: [ErrPrefundedOnly].
func SetModel(ctx context.Context, tx db.Tx, participant string, currency money.Currency, model Model) error {
	changed, err := tx.Exec(ctx, setModel, participant, currency, model)
	if db.Violates(err, "position_limit_prefunded_only") {
		return ErrPrefundedOnly
	}
	if err != nil {
		return fmt.Errorf("position: set model: %w", err)
	}
	if changed == 0 {
		return ErrNoPosition
	}
	return nil
}

// Movement is prefunding that came in or, if negative, goes out.
type Movement struct {
	ID            ids.ID
	ParticipantID string
	Amount        money.Amount
	// Evidence is the bank's reference: of the entry in its camt.054, or of the line
	// in its statement. A participant's reference counts once.
	Evidence string
	At       time.Time
}

const insertMovement = `
INSERT INTO prefunding_movement (movement_id, participant_id, currency, amount_minor, evidence, moved_at)
VALUES ($1, $2, $3, $4, $5, $6)`

const addPrefunded = `
UPDATE position_limit SET prefunded_minor = prefunded_minor + $3 WHERE participant_id = $1 AND currency = $2`

// Fund records a movement and changes the cap by it. What goes out must not be in
// use in any region: [ErrPrefundingInUse].
func Fund(ctx context.Context, tx db.Tx, m Movement) error {
	_, err := tx.Exec(ctx, insertMovement, m.ID, m.ParticipantID, m.Amount.Currency, m.Amount.Minor, m.Evidence, m.At)
	if db.Violates(err, "prefunding_movement_evidence_once") {
		return ErrEvidenceUsed
	}
	if err != nil {
		return fmt.Errorf("position: fund: %w", err)
	}
	changed, err := tx.Exec(ctx, addPrefunded, m.ParticipantID, m.Amount.Currency, m.Amount.Minor)
	switch {
	case db.Violates(err, "position_limit_prefunded_not_negative"):
		return ErrPrefundingInUse
	case err != nil:
		return fmt.Errorf("position: fund: %w", err)
	case changed == 0:
		return ErrNoPosition
	}
	if err := allot(ctx, tx, m.ParticipantID, m.Amount.Currency); err != nil || m.Amount.Minor > 0 {
		return err
	}
	rows, _, err := rowsOf(ctx, tx, Key{m.ParticipantID, m.Amount.Currency})
	if err == nil && freeOf(rows) < 0 {
		return ErrPrefundingInUse
	}
	return err
}

const setPrefunded = `UPDATE position_limit SET prefunded_minor = $3 WHERE participant_id = $1 AND currency = $2`

// SetPrefunded makes a cap count an amount as prefunded, whatever it has counted. A cap
// below the present position stops further debits and touches nothing that is reserved.
func SetPrefunded(ctx context.Context, tx db.Tx, participant string, prefunded money.Amount) error {
	changed, err := tx.Exec(ctx, setPrefunded, participant, prefunded.Currency, prefunded.Minor)
	if err == nil && changed == 0 {
		err = ErrNoPosition
	}
	if err != nil {
		return fmt.Errorf("position: set prefunded: %w", err)
	}
	return allot(ctx, tx, participant, prefunded.Currency)
}

// Spend takes off the cap what a participant's prefunding has paid of what it owed: the
// position has fallen by as much.
func Spend(ctx context.Context, tx db.Tx, key Key, minor int64) error {
	changed, err := tx.Exec(ctx, addPrefunded, key.ParticipantID, key.Currency, -minor)
	if err == nil && changed == 0 {
		err = ErrNoPosition
	}
	if err != nil {
		return fmt.Errorf("position: spend: %w", err)
	}
	return allot(ctx, tx, key.ParticipantID, key.Currency)
}
