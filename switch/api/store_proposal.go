package api

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

const addProposal = `
INSERT INTO proposal (proposal_id, kind, change, change_hash, proposer_id, created_at, expires_at, state, decider_id,
	decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

func insertProposal(ctx context.Context, tx db.Tx, p Proposal) error {
	_, err := tx.Exec(ctx, addProposal, p.ID, p.Kind, p.Change, p.ChangeHash, p.ProposerID, p.CreatedAt, p.ExpiresAt,
		p.State, p.DeciderID, p.DecidedAt)
	if err != nil {
		return fmt.Errorf("api: insert proposal: %w", err)
	}
	return nil
}

// The state, the time and the hash stand in the condition: whoever decides
// second, late or about another change finds no row.
const decideProposal = `
UPDATE proposal SET state = $2, decider_id = $3, decided_at = $4
WHERE proposal_id = $1 AND state = 'OPEN' AND expires_at > $4 AND change_hash = $5`

func closeProposal(ctx context.Context, tx db.Tx, p Proposal, decision ProposalState, by ids.ID, at time.Time) error {
	changed, err := tx.Exec(ctx, decideProposal, p.ID, decision, by, at, p.ChangeHash)
	if err != nil {
		return fmt.Errorf("api: decide proposal: %w", err)
	}
	if changed == 0 {
		return refused(reason.ProposalClosed, "")
	}
	return nil
}

const expireOne = `
UPDATE proposal SET state = 'EXPIRED', decided_at = $2
WHERE proposal_id = $1 AND state = 'OPEN' AND expires_at <= $2`

func expireProposal(ctx context.Context, tx db.Tx, id ids.ID, at time.Time) (bool, error) {
	changed, err := tx.Exec(ctx, expireOne, id, at)
	if err != nil {
		return false, fmt.Errorf("api: expire proposal: %w", err)
	}
	return changed == 1, nil
}

const proposalColumns = `proposal_id, kind, change, change_hash, proposer_id, created_at, expires_at, state, decider_id,
	decided_at`

const selectProposal = `SELECT ` + proposalColumns + ` FROM proposal WHERE proposal_id = $1`

func findProposal(ctx context.Context, reader db.Reader, id ids.ID) (Proposal, error) {
	rows, err := reader.Query(ctx, selectProposal, id)
	if err != nil {
		return Proposal{}, fmt.Errorf("api: find proposal: %w", err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanProposal)
	if db.NoRows(err) {
		return Proposal{}, reason.New(reason.Missing, "api.findProposal", "")
	}
	if err != nil {
		return Proposal{}, fmt.Errorf("api: find proposal: %w", err)
	}
	return p, nil
}

// An open proposal whose time is over counts as expired before any row says so.
const selectProposals = `SELECT ` + proposalColumns + ` FROM proposal
WHERE ($1 = '' OR state = $1 AND (state <> 'OPEN' OR expires_at > $2)
		OR $1 = 'EXPIRED' AND state = 'OPEN' AND expires_at <= $2)
	AND (created_at < $3 OR (created_at = $3 AND proposal_id < $4))
ORDER BY created_at DESC, proposal_id DESC LIMIT $5`

// listProposals returns proposals before a place in the list, newest first; an
// empty state means all.
func listProposals(ctx context.Context, reader db.Reader, state ProposalState, now, before time.Time, beforeID ids.ID,
	limit int) ([]Proposal, error) {
	rows, err := reader.Query(ctx, selectProposals, string(state), now, before, beforeID, limit)
	if err != nil {
		return nil, fmt.Errorf("api: list proposals: %w", err)
	}
	return pgx.CollectRows(rows, scanProposal)
}

func scanProposal(row pgx.CollectableRow) (Proposal, error) {
	var p Proposal
	err := row.Scan(&p.ID, &p.Kind, &p.Change, &p.ChangeHash, &p.ProposerID, &p.CreatedAt, &p.ExpiresAt, &p.State,
		&p.DeciderID, &p.DecidedAt)
	for _, at := range []*time.Time{&p.CreatedAt, &p.ExpiresAt, &p.DecidedAt} {
		*at = at.UTC()
	}
	return p, err
}
