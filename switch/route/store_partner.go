package route

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/throttle"
)

// KeysMost is how many versions of a participant's key are active at a time: the new
// one, and the old one until nothing signed with it is on its way any more.
const KeysMost = 2

// AddParticipant takes on a participant. An id, client id or code prefix that
// another one has is refused as [reason.Closed]: requests and codes must lead to
// one participant for ever.
func AddParticipant(ctx context.Context, tx db.Tx, p Participant) error {
	const op = "route.AddParticipant"
	present, err := loadParticipants(ctx, tx)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	for _, other := range present {
		switch {
		case other.ID == p.ID:
			return reason.New(reason.Closed, op, "there is a participant "+p.ID)
		case other.ClientID == p.ClientID:
			return reason.New(reason.Closed, op, "the client id is that of "+other.ID)
		case p.CodePrefix != "" && other.CodePrefix == p.CodePrefix:
			return reason.New(reason.Closed, op, "the code prefix is that of "+other.ID)
		}
	}
	return SaveParticipant(ctx, tx, p)
}

const setLimits = `
UPDATE participant SET inbound_per_second = $2, inbound_burst = $3, inbound_at_once = $4,
	outbound_per_second = $5, outbound_burst = $6, outbound_at_once = $7
WHERE participant_id = $1`

// SetLimits sets what is served of a participant and what it is asked. The error of
// an unknown participant is of kind [reason.Missing].
func SetLimits(ctx context.Context, tx db.Tx, participantID string, inbound, outbound throttle.Limits) error {
	return update(ctx, tx, "route.SetLimits", setLimits, participantID, inbound.PerSecond, inbound.Burst, inbound.AtOnce,
		outbound.PerSecond, outbound.Burst, outbound.AtOnce)
}

const setEndpoint = `UPDATE participant SET endpoint = $2 WHERE participant_id = $1`

// SetEndpoint sets where a participant is called. The error of an unknown
// participant is of kind [reason.Missing].
func SetEndpoint(ctx context.Context, tx db.Tx, participantID, endpoint string) error {
	return update(ctx, tx, "route.SetEndpoint", setEndpoint, participantID, endpoint)
}

const setRegistration = `UPDATE participant SET registration = $2 WHERE participant_id = $1`

// SetRegistration sets what an acquirer's contract says about its merchants. The error
// of an unknown participant is of kind [reason.Missing].
func SetRegistration(ctx context.Context, tx db.Tx, participantID string, registration Registration) error {
	return update(ctx, tx, "route.SetRegistration", setRegistration, participantID, registration)
}

const setNotices = `UPDATE participant SET notices = $2 WHERE participant_id = $1`

// SetNotices sets of which final states an acquirer is notified. The error of an unknown
// participant is of kind [reason.Missing].
func SetNotices(ctx context.Context, tx db.Tx, participantID string, notices Notices) error {
	return update(ctx, tx, "route.SetNotices", setNotices, participantID, notices)
}

func update(ctx context.Context, tx db.Tx, op, statement string, arguments ...any) error {
	changed, err := tx.Exec(ctx, statement, arguments...)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if changed == 0 {
		return reason.New(reason.Missing, op, "")
	}
	return nil
}

const insertNewKey = `INSERT INTO participant_key (participant_id, key_version, public_key) VALUES ($1, $2, $3)`

// AddKey adds a version of a participant's key. A version that is there, or one
// beyond [KeysMost], is refused as [reason.Closed]: a key is never replaced, since a
// signature must mean the same tomorrow.
func AddKey(ctx context.Context, tx db.Tx, participantID string, version int, publicKey string) error {
	const op = "route.AddKey"
	keys, err := loadKeys(ctx, tx)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	switch _, taken := keys[participantID][version]; {
	case taken:
		return reason.New(reason.Closed, op, fmt.Sprintf("there is a version %d; take the next number", version))
	case len(keys[participantID]) >= KeysMost:
		return reason.New(reason.Closed, op, fmt.Sprintf("%d versions are active; retire the old one first", KeysMost))
	}
	return update(ctx, tx, op, insertNewKey, participantID, int16(version), publicKey)
}

const deleteKey = `DELETE FROM participant_key WHERE participant_id = $1 AND key_version = $2`

// RetireKey ends a version of a participant's key. The last one stays: it is refused
// as [reason.Closed], an unknown one as [reason.Missing].
func RetireKey(ctx context.Context, tx db.Tx, participantID string, version int) error {
	const op = "route.RetireKey"
	keys, err := loadKeys(ctx, tx)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if _, active := keys[participantID][version]; active && len(keys[participantID]) == 1 {
		return reason.New(reason.Closed, op, "it is the only key; add the next one first, or suspend the participant")
	}
	return update(ctx, tx, op, deleteKey, participantID, int16(version))
}
