package fx

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/money"
)

const upsertRule = `
INSERT INTO fx_rule (corridor, partner_id, product, leg, currency, terms, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (corridor, partner_id, product, leg, currency) DO UPDATE SET terms = excluded.terms,
	changed_at = excluded.changed_at`

// SaveRule adds a rule to the tariff, or changes the one of the same scope, leg
// and currency.
func SaveRule(ctx context.Context, tx db.Tx, rule Rule, at time.Time) error {
	if err := rule.Check(); err != nil {
		return err
	}
	terms, err := json.Marshal(rule)
	if err != nil {
		return fmt.Errorf("fx: save rule: %w", err)
	}
	_, err = tx.Exec(ctx, upsertRule, rule.Corridor, rule.PartnerID, rule.Product, string(rule.Leg), string(rule.Currency),
		terms, at)
	if err != nil {
		return fmt.Errorf("fx: save rule: %w", err)
	}
	return nil
}

const upsertRounding = `
INSERT INTO fx_rounding (currency, rounding, changed_at) VALUES ($1, $2, $3)
ON CONFLICT (currency) DO UPDATE SET rounding = excluded.rounding, changed_at = excluded.changed_at`

// SaveRounding names the rounding of conversions into a currency.
func SaveRounding(ctx context.Context, tx db.Tx, currency money.Currency, rounding money.Rounding, at time.Time) error {
	if _, err := tx.Exec(ctx, upsertRounding, string(currency), rounding.String(), at); err != nil {
		return fmt.Errorf("fx: save rounding: %w", err)
	}
	return nil
}

const (
	selectRules     = `SELECT terms FROM fx_rule ORDER BY corridor, partner_id, product, leg, currency`
	selectRoundings = `SELECT currency, rounding FROM fx_rounding`
)

// LoadRules returns the rules of the tariff in the order of their scopes.
func LoadRules(ctx context.Context, reader db.Reader) ([]Rule, error) {
	rows, err := reader.Query(ctx, selectRules)
	if err != nil {
		return nil, fmt.Errorf("fx: load rules: %w", err)
	}
	rules, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Rule, error) {
		var rule Rule
		var terms []byte
		if err := row.Scan(&terms); err != nil {
			return Rule{}, err
		}
		return rule, json.Unmarshal(terms, &rule)
	})
	if err != nil {
		return nil, fmt.Errorf("fx: load rules: %w", err)
	}
	return rules, nil
}

// LoadTariff returns the present tariff.
func LoadTariff(ctx context.Context, reader db.Reader) (*Tariff, error) {
	rules, err := LoadRules(ctx, reader)
	if err != nil {
		return nil, err
	}
	rows, err := reader.Query(ctx, selectRoundings)
	if err != nil {
		return nil, fmt.Errorf("fx: load roundings: %w", err)
	}
	roundings := map[money.Currency]money.Rounding{}
	var currency money.Currency
	var name string
	_, err = pgx.ForEachRow(rows, []any{&currency, &name}, func() error {
		rounding, err := money.ParseRounding(name)
		roundings[currency] = rounding
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("fx: load roundings: %w", err)
	}
	return NewTariff(rules, roundings)
}
