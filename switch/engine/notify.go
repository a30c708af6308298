package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/reason"
)

// NotifySchedule is when a notification that was not confirmed is sent again:
// the documented schedule of the protocol family, eight tries in 24 hours.
var NotifySchedule = []time.Duration{
	2 * time.Minute, 10 * time.Minute, 10 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour,
}

// Notifier tells acquirers the final state of their payments. Each acquirer has
// a durable consumer of its own, so that one that does not answer never delays
// another.
type Notifier struct {
	engine   *Engine
	bus      *bus.Bus
	schedule []time.Duration
}

// NewNotifier returns a notifier; an empty schedule means [NotifySchedule].
func NewNotifier(engine *Engine, b *bus.Bus, schedule []time.Duration) *Notifier {
	if len(schedule) == 0 {
		schedule = NotifySchedule
	}
	return &Notifier{engine: engine, bus: b, schedule: schedule}
}

// Consumer is the durable name of an acquirer's consumer.
func Consumer(acquirerID string) string { return "notify-" + acquirerID }

// Run delivers the notifications of one acquirer until ctx ends.
func (n *Notifier) Run(ctx context.Context, acquirerID string) error {
	return n.bus.Consume(ctx, bus.ConsumerOptions{
		Stream:  Stream,
		Durable: Consumer(acquirerID),
		Subject: paymentPrefix + ".*." + acquirerID + ".*",
		// A call to a partner and its record take no longer than this.
		AckWait:       30 * time.Second,
		AckPendingMax: 10_000,
		Concurrency:   8,
	}, func(ctx context.Context, d bus.Delivery) bus.Verdict { return n.handle(ctx, acquirerID, d) })
}

// handle delivers one event: at least once to the partner, counted once by us.
func (n *Notifier) handle(ctx context.Context, acquirerID string, d bus.Delivery) bus.Verdict {
	var event Event
	if err := json.Unmarshal(d.Data, &event); err != nil {
		n.engine.Logger.LogAttrs(ctx, slog.LevelError, "event unreadable", slog.String("event", d.ID))
		return bus.Terminate()
	}
	if !event.Final {
		return bus.Ack()
	}
	eventID, err := ids.Parse(d.ID)
	if err != nil {
		return bus.Terminate()
	}
	done, err := outbox.Claimed(ctx, n.engine.Pool, Consumer(acquirerID), eventID)
	if err != nil {
		return bus.Retry(time.Second)
	}
	if done {
		return bus.Ack()
	}
	if err := n.deliver(ctx, acquirerID, event); err != nil {
		return n.failed(ctx, acquirerID, d, eventID, event, err)
	}
	return n.settle(ctx, acquirerID, eventID)
}

func (n *Notifier) deliver(ctx context.Context, acquirerID string, event Event) error {
	record, err := findRecord(ctx, n.engine.Pool, selectPayment, event.PaymentID)
	if err != nil {
		return err
	}
	acquirer, ok := n.engine.Directory().Participant(acquirerID)
	if !ok {
		return reason.New(reason.InvalidContract, "engine.notify", "no participant "+acquirerID)
	}
	connector, ok := n.engine.Acquirers[acquirer.Connector]
	if !ok {
		return reason.New(reason.Unsupported, "engine.notify", "no connector "+acquirer.Connector)
	}
	view, err := n.engine.view(ctx, acquirer.Participant, record)
	if err != nil {
		return err
	}
	calling, cancel := context.WithTimeout(ctx, n.engine.options.WalletPatience)
	defer cancel()
	return connector.Notify(calling, acquirer.Participant, view)
}

// settle counts the event as delivered before the broker forgets it.
func (n *Notifier) settle(ctx context.Context, acquirerID string, eventID ids.ID) bus.Verdict {
	err := n.engine.lane.do(ctx, func(ctx context.Context, tx db.Tx) error {
		_, err := outbox.Claim(ctx, tx, Consumer(acquirerID), []ids.ID{eventID})
		return err
	})
	if err != nil {
		return bus.Retry(time.Second)
	}
	return bus.Ack()
}

// failed puts a notification off, and into the dead letters after the last try.
func (n *Notifier) failed(ctx context.Context, acquirerID string, d bus.Delivery, eventID ids.ID, event Event, problem error) bus.Verdict {
	n.engine.Logger.LogAttrs(ctx, slog.LevelWarn, "notification not confirmed",
		slog.String("payment", event.PaymentID.String()), slog.String("acquirer", acquirerID),
		slog.Int("attempt", d.Attempt), slog.String("reason", reason.Of(problem).String()))
	if d.Attempt <= len(n.schedule) {
		return bus.Retry(n.schedule[d.Attempt-1])
	}
	letter := DeadLetter{
		EventID: eventID, Region: n.engine.options.Region, Consumer: Consumer(acquirerID), ParticipantID: acquirerID,
		PaymentID: event.PaymentID, Problem: reason.Of(problem).String(), Attempts: int64(d.Attempt),
		DiedAt: n.engine.Clock.Now(),
	}
	err := n.engine.lane.do(ctx, func(ctx context.Context, tx db.Tx) error { return bury(ctx, tx, letter) })
	if err != nil {
		return bus.Retry(time.Second)
	}
	return bus.Terminate()
}

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
	return writeEventAs(ctx, tx, ids.Derive(eventID, "replay", replays), paymentPrefix, record.ID, record.Region, event)
}

// notified reports whether the acquirer confirmed a payment's final state.
func notified(ctx context.Context, reader db.Reader, record Record) (bool, error) {
	return outbox.Claimed(ctx, reader, Consumer(record.AcquirerID), ids.Derive(record.ID, "event", record.Version))
}
