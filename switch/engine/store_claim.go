package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// claim ties a partner's request id to what it started and to the fields that
// must be the same in a repetition.
type claim struct {
	ParticipantID string
	Operation     string
	RequestID     string
	Region        string
	Checked       [32]byte
	SubjectID     ids.ID
	At            time.Time
}

// claimKey is what only one claim may have.
type claimKey struct{ participantID, operation, requestID string }

func (c claim) key() claimKey { return claimKey{c.ParticipantID, c.Operation, c.RequestID} }

const insertClaims = `
INSERT INTO request_claim (participant_id, operation, request_id, region, checked_hash, subject_id, claimed_at)
SELECT unnest($1::TEXT[]), unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::TEXT[]), unnest($5::BYTEA[]),
	unnest($6::UUID[]), unnest($7::TIMESTAMPTZ[])`

const insertNewClaims = insertClaims + `
ON CONFLICT (participant_id, operation, request_id) DO NOTHING
RETURNING participant_id, operation, request_id, subject_id`

const selectClaim = `
SELECT checked_hash, subject_id FROM request_claim
WHERE participant_id = $1 AND operation = $2 AND request_id = $3`

// claimColumns turns claims into one array for each column of insertClaims.
func claimColumns(claims []claim) []any {
	return []any{
		db.Column(claims, func(c claim) string { return c.ParticipantID }),
		db.Column(claims, func(c claim) string { return c.Operation }),
		db.Column(claims, func(c claim) string { return c.RequestID }),
		db.Column(claims, func(c claim) string { return c.Region }),
		db.Column(claims, func(c claim) []byte { return slices.Clone(c.Checked[:]) }),
		db.Column(claims, func(c claim) ids.ID { return c.SubjectID }),
		db.Column(claims, func(c claim) time.Time { return c.At }),
	}
}

// makeClaims makes claims and reports of each whether it is new. Of several with the
// same key one is. A hopeful transaction takes all for new.
func makeClaims(ctx context.Context, tx db.Tx, claims []claim) ([]bool, error) {
	made := make([]bool, len(claims))
	if len(claims) == 0 {
		return made, nil
	}
	if tx.Hopeful() {
		tx.HopeNew("engine: claim", insertClaims, claimColumns(claims)...)
		for i := range made {
			made[i] = true
		}
		return made, nil
	}
	rows, err := tx.Query(ctx, insertNewClaims, claimColumns(claims)...)
	if err != nil {
		return nil, fmt.Errorf("engine: claim: %w", err)
	}
	fresh := map[claimKey]ids.ID{}
	var key claimKey
	var subject ids.ID
	_, err = pgx.ForEachRow(rows, []any{&key.participantID, &key.operation, &key.requestID, &subject}, func() error {
		fresh[key] = subject
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("engine: claim: %w", err)
	}
	for i, c := range claims {
		made[i] = fresh[c.key()] == c.SubjectID
	}
	return made, nil
}

// makeClaim reports whether the claim is new.
func makeClaim(ctx context.Context, tx db.Tx, c claim) (bool, error) {
	made, err := makeClaims(ctx, tx, []claim{c})
	return err == nil && made[0], err
}

// findClaim returns the subject that an earlier request with this id started,
// ids.Nil if there is none, and Inconsistent if its checked fields differ.
func findClaim(ctx context.Context, reader db.Reader, c claim) (ids.ID, error) {
	var checked []byte
	var subject ids.ID
	err := reader.QueryRow(ctx, selectClaim, c.ParticipantID, c.Operation, c.RequestID).Scan(&checked, &subject)
	switch {
	case db.NoRows(err):
		return ids.Nil, nil
	case err != nil:
		return ids.Nil, fmt.Errorf("engine: find claim: %w", err)
	case string(checked) != string(c.Checked[:]):
		return subject, reason.New(reason.Inconsistent, "engine.claim", c.Operation)
	default:
		return subject, nil
	}
}
