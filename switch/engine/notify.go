package engine

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

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

// Start delivers the notifications of one acquirer until ctx ends.
func (n *Notifier) Start(ctx context.Context, acquirerID string) *bus.Consumer {
	return n.bus.Consume(ctx, bus.ConsumerOptions{
		Stream:        Stream,
		Durable:       Consumer(acquirerID),
		Subject:       paymentPrefix + ".*." + acquirerID + ".*",
		AckWait:       n.engine.options.undisturbed(),
		AckPendingMax: 10_000,
		Concurrency:   8,
	}, func(ctx context.Context, d bus.Delivery) bus.Verdict { return n.handle(ctx, acquirerID, d) })
}

// handle delivers one event: at least once to the partner, counted once by us.
func (n *Notifier) handle(ctx context.Context, acquirerID string, d bus.Delivery) bus.Verdict {
	var event Event
	if err := json.Unmarshal(d.Data, &event); err != nil {
		n.engine.Logger.LogAttrs(ctx, slog.LevelError, "event unreadable", slog.String("event", d.ID))
		return bus.Terminate("unreadable")
	}
	if !event.Final {
		return bus.Done()
	}
	eventID, err := ids.Parse(d.ID)
	if err != nil {
		return bus.Terminate("unreadable")
	}
	done, err := outbox.Claimed(ctx, n.engine.Pool, Consumer(acquirerID), eventID)
	if err != nil {
		return bus.Retry(time.Second)
	}
	if done {
		return bus.Done()
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
	at := n.engine.Clock.Now()
	err := n.engine.lane.do(ctx, func(ctx context.Context, tx db.Tx) error {
		_, err := outbox.Claim(ctx, tx, Consumer(acquirerID), at, []ids.ID{eventID})
		return err
	})
	if err != nil {
		return bus.Retry(time.Second)
	}
	return bus.Done()
}

// failed puts a notification off, and into the dead letters after the last try.
func (n *Notifier) failed(
	ctx context.Context,
	acquirerID string,
	d bus.Delivery,
	eventID ids.ID,
	event Event,
	problem error,
) bus.Verdict {
	n.engine.Logger.LogAttrs(ctx, slog.LevelWarn, "notification not confirmed",
		slog.String("payment", event.PaymentID.String()), slog.String("acquirer", acquirerID),
		slog.Uint64("attempt", d.Attempt), slog.String("reason", reason.Of(problem).String()))
	if d.Attempt <= uint64(len(n.schedule)) {
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
	return bus.Terminate("dead letter")
}
