package route

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

const (
	insertIssuerPrefix = `
INSERT INTO issuer_prefix (prefix, participant_id) VALUES ($1, $2) ON CONFLICT (prefix, participant_id) DO NOTHING`
	deleteIssuerPrefix   = `DELETE FROM issuer_prefix WHERE prefix = $1 AND participant_id = $2`
	selectIssuerPrefixes = `SELECT prefix, participant_id FROM issuer_prefix ORDER BY prefix, participant_id`
)

// SaveIssuerPrefix leads payment codes to a network.
func SaveIssuerPrefix(ctx context.Context, tx db.Tx, issuer IssuerPrefix) error {
	if err := issuer.Check(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, insertIssuerPrefix, issuer.Prefix, issuer.NetworkID); err != nil {
		return fmt.Errorf("route: save issuer prefix of %s: %w", issuer.NetworkID, err)
	}
	return nil
}

// RemoveIssuerPrefix takes a prefix from a network. An unknown one is refused as
// [reason.Missing].
func RemoveIssuerPrefix(ctx context.Context, tx db.Tx, issuer IssuerPrefix) error {
	return update(ctx, tx, "route.RemoveIssuerPrefix", deleteIssuerPrefix, issuer.Prefix, issuer.NetworkID)
}

func loadIssuerPrefixes(ctx context.Context, reader db.Reader) ([]IssuerPrefix, error) {
	rows, err := reader.Query(ctx, selectIssuerPrefixes)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (IssuerPrefix, error) {
		var p IssuerPrefix
		err := row.Scan(&p.Prefix, &p.NetworkID)
		return p, err
	})
}
