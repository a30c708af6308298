package engine

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/payment"
)

// NotifySchedule is when a notification that was not confirmed is sent again:
// the documented schedule of the protocol family, eight tries in 24 hours.
var NotifySchedule = []time.Duration{
	2 * time.Minute, 10 * time.Minute, 10 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour,
}

// notifiedAtOnce is how many notifications one acquirer gets at the same time. Most of their
// time they wait for their commit, a tenth of a second at the peak.
const notifiedAtOnce = 16

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
		Subjects:      finalSubjects(acquirerID),
		AckWait:       n.engine.options.undisturbed(),
		AckPendingMax: 10_000,
		Concurrency:   notifiedAtOnce,
	}, func(ctx context.Context, d bus.Delivery) bus.Verdict { return n.handle(ctx, acquirerID, d) })
}

// finalSubjects are those of the events that an acquirer is notified of, and of
// contradictions of them. What an answer has told has another subject, and never gets here.
func finalSubjects(acquirerID string) []string {
	var subjects []string
	for _, state := range payment.States() {
		if state.Final() {
			subjects = append(subjects, paymentPrefix+".*."+acquirerID+"."+string(state))
		}
	}
	return subjects
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
	record := n.engine.young.take(event.PaymentID, event.Version)
	if record == nil || d.Attempt > 1 {
		done, _, err := n.engine.claimed.Find(ctx, outbox.Claimant{Consumer: Consumer(acquirerID), Event: eventID})
		if err != nil {
			return bus.Retry(time.Second)
		}
		if done {
			return bus.Done()
		}
	}
	messages, err := n.deliver(ctx, acquirerID, event, record, ids.Derive(eventID, "notify", int64(d.Attempt)))
	if err != nil {
		return n.failed(ctx, acquirerID, d, eventID, event, messages, err)
	}
	return n.settle(ctx, acquirerID, eventID, messages)
}

// deliver calls the acquirer once and returns what that puts on record. The payment of the
// event is read if it is not known.
func (n *Notifier) deliver(
	ctx context.Context, acquirerID string, event Event, known *Record, attempt ids.ID,
) ([]Message, error) {
	if known == nil {
		read, found, err := n.engine.payments.Find(ctx, event.PaymentID)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, reason.New(reason.NotFound, "engine.notify", "")
		}
		known = &read
	}
	record := *known
	if record.Mode == connectors.Push && record.NotifyURL == "" {
		return nil, nil // the push itself has told the acquirer
	}
	acquirer, ok := n.engine.Directory().Participant(acquirerID)
	if !ok {
		return nil, reason.New(reason.InvalidContract, "engine.notify", "no participant "+acquirerID)
	}
	connector, ok := n.engine.Acquirers[acquirer.Connector]
	if !ok {
		return nil, reason.New(reason.Unsupported, "engine.notify", "no connector "+acquirer.Connector)
	}
	view, err := n.engine.view(ctx, acquirer.Participant, record)
	if err != nil {
		return nil, err
	}
	calling, cancel := context.WithTimeout(ctx, n.engine.options.WalletPatience)
	defer cancel()
	answer := connector.Notify(calling, acquirer.Participant, view)
	messages := notice(n.engine.talk(record), view, answer, attempt).messages
	if answer.Decision != connectors.Accepted && answer.Err == nil {
		return messages, reason.New(answer.Reason, "engine.notify", "not confirmed")
	}
	return messages, answer.Err
}

// settle counts the event as delivered before the broker forgets it.
func (n *Notifier) settle(ctx context.Context, acquirerID string, eventID ids.ID, messages []Message) bus.Verdict {
	err := n.engine.lane.do(ctx, &note{
		messages: messages, bodies: n.engine.sealed(messages), consumer: Consumer(acquirerID), eventID: eventID, at: n.engine.Clock.Now(),
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
	messages []Message,
	problem error,
) bus.Verdict {
	n.engine.Logger.LogAttrs(ctx, slog.LevelWarn, "notification not confirmed",
		slog.String("payment", event.PaymentID.String()), slog.String("acquirer", acquirerID),
		slog.Uint64("attempt", d.Attempt), slog.String("reason", reason.Of(problem).String()))
	if d.Attempt <= uint64(len(n.schedule)) {
		n.note(ctx, messages)
		return bus.Retry(n.schedule[d.Attempt-1])
	}
	letter := DeadLetter{
		EventID: eventID, Region: n.engine.options.Region, Consumer: Consumer(acquirerID), ParticipantID: acquirerID,
		PaymentID: event.PaymentID, Problem: reason.Of(problem).String(), Attempts: int64(d.Attempt),
		DiedAt: n.engine.Clock.Now(),
	}
	err := n.engine.lane.do(ctx, plain(func(ctx context.Context, tx db.Tx) error {
		if err := bury(ctx, tx, letter); err != nil {
			return err
		}
		s := sheet{}
		s.say(messages)
		return s.write(ctx, tx)
	}))
	if err != nil {
		return bus.Retry(time.Second)
	}
	return bus.Terminate("dead letter")
}

// note puts a try that failed on record. There are as many as the schedule has
// tries. The try was made whether or not that succeeds, and the next one must
// come in time.
func (n *Notifier) note(ctx context.Context, messages []Message) {
	err := n.engine.lane.do(ctx, &note{messages: messages})
	if err != nil {
		n.engine.Logger.LogAttrs(ctx, slog.LevelWarn, "notification not on record", slog.Any("problem", err))
	}
}
