package route

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// Version is one approved change of the directory: from Number on it was so.
type Version struct {
	// Number counts from 1 without gaps; 0 is the directory as it was taken on.
	Number int64
	// Kind is the kind of the proposal, such as "corridor.set", and Change its
	// canonical JSON.
	Kind   string
	Change []byte
	// ProposalID is the proposal, ProposerID and ApproverID the two operators.
	ProposalID, ProposerID, ApproverID ids.ID
	At                                 time.Time
}

const insertVersion = `
INSERT INTO directory_version (version, kind, change, proposal_id, proposer_id, approver_id, changed_at)
SELECT COALESCE(max(version), 0) + 1, $1, $2, $3, $4, $5, $6 FROM directory_version`

// InsertVersion records a change in the transaction that makes it, under the next
// number. Number is not read.
func InsertVersion(ctx context.Context, tx db.Tx, v Version) error {
	_, err := tx.Exec(ctx, insertVersion, v.Kind, string(v.Change), v.ProposalID, v.ProposerID, v.ApproverID, v.At)
	if err != nil {
		return fmt.Errorf("route: insert version: %w", err)
	}
	return nil
}

const selectVersion = `SELECT COALESCE(max(version), 0) FROM directory_version`

func loadVersion(ctx context.Context, reader db.Reader) (number int64, err error) {
	err = reader.QueryRow(ctx, selectVersion).Scan(&number)
	return number, err
}

const selectVersions = `
SELECT version, kind, change, proposal_id, proposer_id, approver_id, changed_at FROM directory_version
WHERE (changed_at, proposal_id) < ($1, $2) ORDER BY changed_at DESC, proposal_id DESC LIMIT $3`

// Versions returns versions from before a time and proposal, newest first, at most
// as many as the limit.
func Versions(ctx context.Context, reader db.Reader, before time.Time, proposal ids.ID, limit int) ([]Version, error) {
	rows, err := reader.Query(ctx, selectVersions, before, proposal, limit)
	if err != nil {
		return nil, fmt.Errorf("route: versions: %w", err)
	}
	versions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Version, error) {
		var v Version
		var change string
		err := row.Scan(&v.Number, &v.Kind, &change, &v.ProposalID, &v.ProposerID, &v.ApproverID, &v.At)
		v.Change, v.At = []byte(change), v.At.UTC()
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("route: versions: %w", err)
	}
	return versions, nil
}
