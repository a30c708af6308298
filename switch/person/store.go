package person

import (
	"context"
	"embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's table.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("person", files) }

const columns = `erasure_id, region, wallet_id, payer_reference, state, before, after_id, payments, agreements, kept,
	asked_at, done_at, side, declarations, kept_open`

const (
	insertErasure = `INSERT INTO erasure (` + columns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
	$12, $13, $14, $15)`
	updateErasure = `
UPDATE erasure SET payer_reference = $2, state = $3, after_id = $4, payments = $5, agreements = $6, kept = $7,
	done_at = $8, declarations = $9, kept_open = $10 WHERE erasure_id = $1`
	selectErasure = `SELECT ` + columns + ` FROM erasure WHERE erasure_id = $1`
	selectOpen    = `SELECT ` + columns + ` FROM erasure WHERE region = $1 AND state <> 'DONE' ORDER BY asked_at`
	selectAll     = `SELECT ` + columns + ` FROM erasure WHERE region = $1 ORDER BY asked_at DESC LIMIT $2`
)

func insert(ctx context.Context, tx db.Tx, e Erasure) error {
	_, err := tx.Exec(ctx, insertErasure, e.ID, e.Region, e.Who.PartnerID, db.PrivateText(e.Who.Reference), e.State,
		e.Before, e.After, e.Payments, e.Agreements, e.Kept, e.AskedAt, e.DoneAt,
		e.Who.Side, e.Declarations, e.KeptOpen)
	if err != nil {
		return fmt.Errorf("person: insert erasure: %w", err)
	}
	return nil
}

func update(ctx context.Context, tx db.Tx, e Erasure) error {
	_, err := tx.Exec(ctx, updateErasure, e.ID, db.PrivateText(e.Who.Reference), e.State, e.After, e.Payments,
		e.Agreements, e.Kept, e.DoneAt, e.Declarations, e.KeptOpen)
	if err != nil {
		return fmt.Errorf("person: update erasure: %w", err)
	}
	return nil
}

func find(ctx context.Context, reader db.Reader, id ids.ID) (Erasure, error) {
	return db.Row(ctx, reader, "person.find", scan, selectErasure, id)
}

func listOpen(ctx context.Context, reader db.Reader, region string) ([]Erasure, error) {
	return list(ctx, reader, selectOpen, region)
}

// List returns at most limit erasures of a region, those asked for last first.
func List(ctx context.Context, reader db.Reader, region string, limit int) ([]Erasure, error) {
	return list(ctx, reader, selectAll, region, limit)
}

func list(ctx context.Context, reader db.Reader, sql string, args ...any) ([]Erasure, error) {
	return db.Rows(ctx, reader, "person: list erasures", scan, sql, args...)
}

func scan(row pgx.CollectableRow) (e Erasure, err error) {
	err = row.Scan(&e.ID, &e.Region, &e.Who.PartnerID, (*db.PrivateText)(&e.Who.Reference), &e.State, &e.Before,
		&e.After, &e.Payments, &e.Agreements, &e.Kept, &e.AskedAt, &e.DoneAt, &e.Who.Side,
		&e.Declarations, &e.KeptOpen)
	for _, at := range []*time.Time{&e.Before, &e.AskedAt, &e.DoneAt} {
		*at = at.UTC()
	}
	return e, err
}
