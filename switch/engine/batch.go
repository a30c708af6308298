package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/switch/payment"
	"github.com/causeway-pay/causeway/switch/route"
)

// carryOut makes the changes of a batch inside one transaction: codes that are issued,
// payments that start, payments that go on, and notes, each kind with as many
// statements as for one of them; then the rest, one by one.
func (e *Engine) carryOut(ctx context.Context, tx db.Tx, batch []*job) error {
	var codes []route.PayerCode
	for _, w := range pick[*issuing](batch) {
		codes = append(codes, w.codes...)
	}
	if err := route.InsertCodes(ctx, tx, codes); err != nil {
		return err
	}
	s := &sheet{}
	s.said.grow(messagesOfJob * len(batch))
	if err := e.startAll(ctx, tx, s, pick[*start](batch)); err != nil {
		return err
	}
	if err := e.moveAll(ctx, tx, s, pick[*move](batch)); err != nil {
		return err
	}
	if err := s.take(ctx, tx, pick[*note](batch)); err != nil {
		return err
	}
	if err := s.write(ctx, tx); err != nil {
		return err
	}
	for _, j := range batch {
		if w, ok := j.work.(plain); ok {
			if err := w(j.ctx, tx); err != nil {
				return err
			}
		}
	}
	return nil
}

// messagesOfJob is about how many messages a change or a note puts on record.
const messagesOfJob = 4

// pick returns the work of one kind in its order.
func pick[W work](batch []*job) (list []W) {
	for _, j := range batch {
		if w, ok := j.work.(W); ok {
			list = append(list, w)
		}
	}
	return list
}

// issuing stores payment codes.
type issuing struct{ codes []route.PayerCode }

func (*issuing) refusal() error { return nil }

func (*issuing) guessed() bool { return false }

// sheet gathers what changes of one transaction put on record, so that each table is
// written once.
type sheet struct {
	// said are messages that are new; noted are those of notes, of which some may be on
	// record.
	said, noted spoken
	history     []historyLine
	events      []outbox.Event
}

// spoken are messages, numbered in the order of what each belongs to.
type spoken struct {
	messages  []Message
	sequences []int16
	// bodies are as they are stored, nil where that is not known yet.
	bodies [][]byte
}

// grow makes room for so many messages more.
func (s *spoken) grow(more int) {
	s.messages, s.sequences = slices.Grow(s.messages, more), slices.Grow(s.sequences, more)
	s.bodies = slices.Grow(s.bodies, more)
}

// add adds messages, with their bodies as they are stored if they were made beforehand.
func (s *spoken) add(messages []Message, bodies ...[]byte) {
	if bodies == nil {
		bodies = make([][]byte, len(messages))
	}
	s.messages, s.bodies = append(s.messages, messages...), append(s.bodies, bodies...)
	for i := range messages {
		s.sequences = append(s.sequences, int16(i+1))
	}
}

// moment is when something changed and in which trace; an empty one is that of the
// context in which it is written.
type moment struct {
	at    time.Time
	trace string
}

// historyLine is a change with what it is stored under.
type historyLine struct {
	Change
	region    string
	paymentID ids.ID
}

// note puts messages on record that go with no change. With an event it also counts
// the event as applied by its consumer.
type note struct {
	messages []Message
	// bodies are those of the messages as they are stored.
	bodies   [][]byte
	consumer string
	eventID  ids.ID
	at       time.Time
}

func (*note) refusal() error { return nil }

func (*note) guessed() bool { return false }

// take puts notes on record. What was said in a delivery that is counted now is as new as
// its claim.
func (s *sheet) take(ctx context.Context, tx db.Tx, notes []*note) error {
	var applied []outbox.Claimant
	var latest time.Time
	for _, n := range notes {
		if n.consumer == "" {
			s.noted.add(n.messages, n.bodies...)
		} else {
			s.said.add(n.messages, n.bodies...)
			applied = append(applied, outbox.Claimant{Consumer: n.consumer, Event: n.eventID})
		}
		if n.at.After(latest) {
			latest = n.at
		}
	}
	_, err := outbox.Claim(ctx, tx, latest, applied)
	return err
}

// say puts messages on record in their order, see [spoken.add].
func (s *sheet) say(messages []Message, bodies ...[]byte) { s.said.add(messages, bodies...) }

// add takes over what another sheet has.
func (s *sheet) add(other *sheet) {
	s.said.messages = append(s.said.messages, other.said.messages...)
	s.said.sequences = append(s.said.sequences, other.said.sequences...)
	s.said.bodies = append(s.said.bodies, other.said.bodies...)
	s.history, s.events = append(s.history, other.history...), append(s.events, other.events...)
}

// write writes the sheet, at the end of what it is about.
func (s *sheet) write(ctx context.Context, tx db.Tx) error {
	insertMessages(tx, s.said, tx.Hopeful())
	insertMessages(tx, s.noted, false)
	insertHistory(tx, s.history)
	return outbox.Write(ctx, tx, s.events)
}

// changed adds the history line and the outbox event of a payment's change: one
// event for every committed change (invariant I9).
func (s *sheet) changed(r Record, what string, effects payment.Effect, when moment) error {
	contradiction := effects.Has(payment.Contradiction)
	s.history = append(s.history, historyLine{Change{
		SubjectID: r.ID, Version: r.Version, Event: what, State: string(r.State), Effects: effects.String(),
		Reason: r.Reason, Contradiction: contradiction, At: when.at,
	}, r.Region, r.ID})
	return s.event(paymentPrefix, r.ID, r.Region, when.trace, Event{
		PaymentID: r.ID, Version: r.Version, State: string(r.State), Final: r.State.Final() && !contradiction,
		Told: effects.Has(payment.Tell), AcquirerID: r.AcquirerID, WalletID: r.WalletID, Currency: string(r.Amount.Currency),
		Minor: fmt.Sprint(r.Amount.Minor), Reason: r.Reason.String(), At: when.at,
	})
}

// changedReturn is changed for a return.
func (s *sheet) changedReturn(r ReturnRecord, what string, effects payment.Effect, when moment) error {
	s.history = append(s.history, historyLine{Change{
		SubjectID: r.ID, Version: r.Version, Event: r.Kind + "_" + what, State: string(r.State),
		Effects: effects.String(), Reason: r.Reason, Contradiction: effects.Has(payment.Contradiction), At: when.at,
	}, r.Region, r.PaymentID})
	return s.event(returnPrefix, r.ID, r.Region, when.trace, Event{
		PaymentID: r.PaymentID, ReturnID: &r.ID, Version: r.Version, State: string(r.State), Final: r.State.Final(),
		AcquirerID: r.AcquirerID, WalletID: r.WalletID, Currency: string(r.Amount.Currency),
		Minor: fmt.Sprint(r.Amount.Minor), Reason: r.Reason.String(), At: when.at,
	})
}

func (s *sheet) event(prefix string, subject ids.ID, region, trace string, event Event) error {
	e, err := eventAs(ids.Derive(subject, "event", event.Version), prefix, subject, region, event)
	e.Trace = trace
	s.events = append(s.events, e)
	return err
}

func eventAs(id ids.ID, prefix string, subject ids.ID, region string, event Event) (outbox.Event, error) {
	payload, err := json.Marshal(event)
	if err != nil {
		return outbox.Event{}, fmt.Errorf("engine: encode event: %w", err)
	}
	name := prefix + "." + region + "." + event.AcquirerID + "." + event.State
	if event.Told {
		name += toldSuffix
	}
	return outbox.Event{
		ID: id, Region: region, Subject: name,
		Aggregate: subject, Version: event.Version, Payload: payload, At: event.At,
	}, nil
}
