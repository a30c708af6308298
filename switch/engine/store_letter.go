package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/reason"
)

// DeadLetter is a notification that was given up after its last try.
type DeadLetter struct {
	EventID       ids.ID
	Region        string
	Consumer      string
	ParticipantID string
	PaymentID     ids.ID
	Problem       string
	Attempts      int64
	DiedAt        time.Time
	Replays       int64
	Replayed      bool
}

const buryLetter = `
INSERT INTO dead_letter (event_id, region, consumer, participant_id, payment_id, problem, attempts, died_at, replays,
	replayed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, false)
ON CONFLICT (event_id) DO UPDATE SET problem = excluded.problem, attempts = excluded.attempts,
	died_at = excluded.died_at, replayed = false`

func bury(ctx context.Context, tx db.Tx, l DeadLetter) error {
	_, err := tx.Exec(ctx, buryLetter, l.EventID, l.Region, l.Consumer, l.ParticipantID, l.PaymentID, l.Problem,
		l.Attempts, l.DiedAt)
	if err != nil {
		return fmt.Errorf("engine: bury: %w", err)
	}
	return nil
}

const selectLetters = `
SELECT event_id, region, consumer, participant_id, payment_id, problem, attempts, died_at, replays, replayed
FROM dead_letter WHERE replayed = false ORDER BY died_at, event_id LIMIT $1`

// DeadLetters returns the oldest letters that wait for an operator.
func DeadLetters(ctx context.Context, reader db.Reader, limit int) ([]DeadLetter, error) {
	rows, err := reader.Query(ctx, selectLetters, limit)
	if err != nil {
		return nil, fmt.Errorf("engine: dead letters: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (DeadLetter, error) {
		var l DeadLetter
		err := row.Scan(&l.EventID, &l.Region, &l.Consumer, &l.ParticipantID, &l.PaymentID, &l.Problem, &l.Attempts,
			&l.DiedAt, &l.Replays, &l.Replayed)
		l.DiedAt = l.DiedAt.UTC()
		return l, err
	})
}

const replayLetter = `
UPDATE dead_letter SET replayed = true, replays = replays + 1
WHERE event_id = $1 AND replayed = false RETURNING payment_id, replays`

// Replay sends a dead letter through the whole schedule again. The event gets a
// new id, derived from the old one, so that broker and inbox take it as new.
func (e *Engine) Replay(ctx context.Context, eventID ids.ID) error {
	return e.commit(ctx, "engine.Replay", func(ctx context.Context, tx db.Tx) error {
		return e.ReplayInTx(ctx, tx, eventID)
	})
}

// ReplayInTx is [Engine.Replay] inside a transaction of the caller.
func (e *Engine) ReplayInTx(ctx context.Context, tx db.Tx, eventID ids.ID) error {
	var paymentID ids.ID
	var replays int64
	err := tx.QueryRow(ctx, replayLetter, eventID).Scan(&paymentID, &replays)
	if db.NoRows(err) {
		return reason.New(reason.NotFound, "engine.Replay", "no such dead letter")
	}
	if err != nil {
		return fmt.Errorf("engine: replay: %w", err)
	}
	record, err := findRecord(ctx, tx, selectPayment, paymentID)
	if err != nil {
		return err
	}
	event := Event{
		PaymentID: record.ID, Version: record.Version, State: string(record.State), Final: record.State.Final(),
		AcquirerID: record.AcquirerID, WalletID: record.WalletID, Currency: string(record.Amount.Currency),
		Minor: fmt.Sprint(record.Amount.Minor), Reason: record.Reason.String(), At: e.Clock.Now(),
	}
	again, err := eventAs(ids.Derive(eventID, "replay", replays), paymentPrefix, record.ID, record.Region, event)
	if err != nil {
		return err
	}
	return outbox.Write(ctx, tx, []outbox.Event{again})
}

// notified reports whether the acquirer confirmed a payment's final state.
func notified(ctx context.Context, reader db.Reader, acquirerID string, end Change) (bool, error) {
	confirmed := outbox.Claimant{
		Consumer: Consumer(acquirerID), Event: ids.Derive(end.SubjectID, "event", end.Version),
	}
	claimed, err := outbox.Claimed(ctx, reader, []outbox.Claimant{confirmed})
	return claimed[confirmed], err
}
