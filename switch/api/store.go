package api

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("api", files) }

const addOperator = `
INSERT INTO operator (operator_id, name, token_hash, roles, active, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (token_hash) DO NOTHING`

// insertOperator refuses a token that was ever given to anybody.
func insertOperator(ctx context.Context, tx db.Tx, o operatorRow) error {
	made, err := tx.Exec(ctx, addOperator, o.ID, o.Name, o.TokenHash[:], joinRoles(o.Roles), o.Active, o.CreatedAt)
	if err != nil {
		return fmt.Errorf("api: insert operator: %w", err)
	}
	if made == 0 {
		return reason.New(reason.InvalidRequest, "api.insertOperator", "the token is in use")
	}
	return nil
}

const operatorColumns = `operator_id, name, roles, active, created_at`

const (
	selectOperators       = `SELECT ` + operatorColumns + ` FROM operator ORDER BY created_at, operator_id`
	selectOperator        = `SELECT ` + operatorColumns + ` FROM operator WHERE operator_id = $1`
	selectOperatorByToken = `SELECT ` + operatorColumns + ` FROM operator WHERE token_hash = $1`
)

func allOperators(ctx context.Context, reader db.Reader) ([]Operator, error) {
	rows, err := reader.Query(ctx, selectOperators)
	if err != nil {
		return nil, fmt.Errorf("api: operators: %w", err)
	}
	return pgx.CollectRows(rows, scanOperator)
}

// findOperator returns one operator, by id or by the hash of the token.
func findOperator(ctx context.Context, reader db.Reader, sql string, key any) (Operator, error) {
	rows, err := reader.Query(ctx, sql, key)
	if err != nil {
		return Operator{}, fmt.Errorf("api: find operator: %w", err)
	}
	operator, err := pgx.CollectExactlyOneRow(rows, scanOperator)
	if db.NoRows(err) {
		return Operator{}, reason.New(reason.Missing, "api.findOperator", "")
	}
	if err != nil {
		return Operator{}, fmt.Errorf("api: find operator: %w", err)
	}
	return operator, nil
}

func scanOperator(row pgx.CollectableRow) (Operator, error) {
	var o Operator
	var roles string
	if err := row.Scan(&o.ID, &o.Name, &roles, &o.Active, &o.CreatedAt); err != nil {
		return Operator{}, err
	}
	o.CreatedAt = o.CreatedAt.UTC()
	var err error
	o.Roles, err = splitRoles(roles)
	return o, err
}

const retireOperator = `UPDATE operator SET active = false WHERE operator_id = $1 AND active = true`

func deactivateOperator(ctx context.Context, tx db.Tx, id ids.ID) error {
	changed, err := tx.Exec(ctx, retireOperator, id)
	if err != nil {
		return fmt.Errorf("api: deactivate operator: %w", err)
	}
	if changed == 0 {
		return reason.New(reason.Missing, "api.deactivateOperator", "")
	}
	return nil
}
