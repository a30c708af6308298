package engine

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/payment"
)

// fact is an event with what is known about it.
type fact struct {
	event           payment.Event
	reason          reason.Kind
	walletPaymentID string
	// walletURL is the wallet's page for the payment, payerReference the payer whom
	// it found there.
	walletURL      string
	payerReference string
	completedAt    time.Time
	// says puts on record how it was found out.
	says []saying
	// tells is whether what becomes of it is the answer to the acquirer's request, and
	// the acquirer wants no other word of it.
	tells bool
	// again marks one of many calls that ask the same until the answer decides.
	// They are on record thinly, see kept.
	again bool
	// at is when the hub learned it: one moment for everything that follows,
	// however often the transaction is tried.
	at time.Time
	// claim ties a partner's word to the payment, so that it can be said again only
	// as it was; nil for what nobody said by itself.
	claim *claim
	// duty says that the duty worker found it out, so the duty was tried once
	// more even if nothing changed.
	duty bool
}

// move is a fact that is to be committed about a payment, and what came of it.
type move struct {
	id    ids.ID
	fact  fact
	trace string
	// expected is the change, made before its turn comes from the payment as it was
	// known; nil if that is not good any more, or would change nothing.
	expected *change
	// guess tells that the last attempt went by what was expected.
	guess bool

	// record is the payment as it is then.
	record Record
	err    error
}

func (m *move) refusal() error { return m.err }

func (m *move) guessed() bool { return m.guess }

// apply commits what a fact does to a payment, which the caller knows as it was lately,
// and returns the payment as it is then.
func (e *Engine) apply(ctx context.Context, known Record, f fact) (Record, error) {
	f.at = e.Clock.Now()
	m := &move{id: known.ID, fact: f, trace: telemetry.Traceparent(ctx)}
	var err error
	if m.expected, err = e.transit(known, f, m.trace); err != nil {
		return Record{}, err
	}
	if m.expected.idle() {
		m.expected = nil
	}
	err = e.commitWork(ctx, "engine.apply", m)
	if err == nil {
		e.metrics.ended(ctx, m.record, f.at)
	}
	return m.record, err
}

// moveAll applies facts to their payments, those about the same payment one after the
// other.
func (e *Engine) moveAll(ctx context.Context, tx db.Tx, s *sheet, moves []*move) error {
	for len(moves) > 0 {
		var round, later []*move
		seen := map[ids.ID]bool{}
		for _, m := range moves {
			if seen[m.id] {
				m.expected = nil
				later = append(later, m)
				continue
			}
			seen[m.id], round = true, append(round, m)
		}
		if err := e.moveRound(ctx, tx, s, round); err != nil {
			return err
		}
		moves = later
	}
	return nil
}

// moveRound applies facts about different payments. What was expected of a payment
// counts in the first attempt; if the payment is another one by now, its entries or its
// update fail, and the next attempt reads it.
func (e *Engine) moveRound(ctx context.Context, tx db.Tx, s *sheet, moves []*move) error {
	if err := e.expect(ctx, tx, moves); err != nil {
		return err
	}
	var changes []*change
	for _, m := range moves {
		c := m.expected
		m.expected = nil
		if c == nil {
			m.err = reason.New(reason.NotFound, "engine.apply", "")
			continue
		}
		m.record = c.record
		m.err = m.fact.claimed(ctx, tx)
		switch {
		case m.err == nil:
			c.target = &m.record
			changes = append(changes, c)
		case reason.Of(m.err) != reason.Inconsistent:
			return m.err
		}
	}
	return e.changeAll(ctx, tx, s, changes)
}

// expect reads the payments of moves that expect nothing, and leaves without a change
// those that are not there.
func (e *Engine) expect(ctx context.Context, tx db.Tx, moves []*move) error {
	var unknown []ids.ID
	for _, m := range moves {
		if m.guess = m.expected != nil; !m.guess {
			unknown = append(unknown, m.id)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	records, err := findRecords(ctx, tx, unknown)
	if err != nil {
		return err
	}
	for _, m := range moves {
		record, found := records[m.id]
		if m.expected != nil || !found {
			continue
		}
		if m.expected, err = e.transit(record, m.fact, m.trace); err != nil {
			return err
		}
	}
	return nil
}

// claimed makes the claim of a partner's word. Another word under the same claim is
// Inconsistent.
func (f fact) claimed(ctx context.Context, tx db.Tx) error {
	if f.claim == nil {
		return nil
	}
	made, err := makeClaim(ctx, tx, *f.claim)
	if err != nil || made {
		return err
	}
	_, err = findClaim(ctx, tx, *f.claim)
	return err
}

// confirm applies a partner's own word about a payment. A word that differs from
// what it said before changes nothing but the record, where a contradiction of a
// final state is kept, and is refused.
func (e *Engine) confirm(
	ctx context.Context, record Record, from connectors.Participant, operation string, checked [32]byte, f fact,
) (Record, error) {
	if checked == ([32]byte{}) {
		return e.apply(ctx, record, f)
	}
	f.claim = &claim{
		ParticipantID: from.ID, Operation: operation, RequestID: record.ID.String(), Region: record.Region,
		Checked: checked, SubjectID: record.ID, At: e.Clock.Now(),
	}
	after, err := e.apply(ctx, record, f)
	if reason.Of(err) != reason.Inconsistent || !record.State.Final() {
		return after, err
	}
	f.claim = nil
	if _, failed := e.apply(ctx, record, f); failed != nil {
		return record, failed
	}
	return record, err
}

// change is one transition of a payment, with all that is written of it but for money.
type change struct {
	fact   fact
	step   payment.Transition
	before payment.State
	// record is the payment afterwards, detail what changes of its stored detail, if
	// anything does, and sheet what goes on record.
	record Record
	detail db.Private
	sheet  *sheet
	// target is where the payment is put once it is written.
	target *Record
}

// idle tells whether the payment stays as it is. Reverse is carried out by a return; the
// payment stays as it is, so that the event of its last version remains the one that was
// notified.
func (c *change) idle() bool {
	return c.step.Next == c.before && c.step.Effects&^payment.Reverse == 0 && !c.fact.duty
}

// transit finds out what a fact does to a payment.
func (e *Engine) transit(record Record, f fact, trace string) (*change, error) {
	f.event = record.means(f.event)
	c := &change{fact: f, step: payment.Step(record.State, f.event), before: record.State, record: record, sheet: &sheet{}}
	if c.idle() {
		e.say(c.sheet, said(record, f, c.before, false))
		return c, nil
	}
	if f.tells && c.step.Effects.Has(payment.Notify) {
		c.step.Effects = c.step.Effects&^payment.Notify | payment.Tell
	}
	r := &c.record
	e.advance(r, c.step, f, f.at)
	r.Version++
	contradiction := c.step.Effects.Has(payment.Contradiction)
	e.say(c.sheet, said(*r, f, c.before, contradiction))
	if f.walletURL != "" {
		detail, err := r.encoded()
		if err != nil {
			return nil, err
		}
		c.detail = detail
	}
	if c.before == c.step.Next && !contradiction {
		return c, nil
	}
	return c, c.sheet.changed(*r, string(f.event), c.step.Effects, moment{f.at, trace})
}

// change carries out one transition inside a transaction.
func (e *Engine) change(ctx context.Context, tx db.Tx, record *Record, f fact) error {
	c, err := e.transit(*record, f, "")
	if err != nil {
		return err
	}
	c.target = record
	s := &sheet{}
	if err := e.changeAll(ctx, tx, s, []*change{c}); err != nil {
		return err
	}
	return s.write(ctx, tx)
}

// changeAll carries out transitions of different payments inside a transaction.
func (e *Engine) changeAll(ctx context.Context, tx db.Tx, s *sheet, changes []*change) error {
	var steps []*change
	for _, c := range changes {
		s.add(c.sheet)
		*c.target = c.record
		if !c.idle() {
			steps = append(steps, c)
		}
	}
	if err := e.moveMoney(ctx, tx, steps); err != nil {
		return err
	}
	updateRecords(tx, db.Column(steps, func(c *change) *Record { return c.target }),
		db.Column(steps, func(c *change) db.Private { return c.detail }))
	for _, c := range steps {
		if err := closeReview(ctx, tx, c.record, c.before, c.fact); err != nil {
			return err
		}
	}
	return nil
}

// advance writes a transition into the record.
func (e *Engine) advance(record *Record, step payment.Transition, f fact, now time.Time) {
	if step.Next.Final() && !record.State.Final() {
		record.Reason, record.CompletedAt = finalReason(step.Next, f.reason), now
	}
	record.State = step.Next
	if f.walletPaymentID != "" {
		record.WalletPaymentID = f.walletPaymentID
	}
	if f.walletURL != "" {
		record.Detail.WalletURL = f.walletURL
	}
	if record.PayerReference == "" {
		record.PayerReference = f.payerReference
	}
	switch {
	case step.Effects.Has(payment.Rest):
		record.Duty, record.DutyAttempts, record.DueAt = DutyNone, 0, now
	case step.Effects.Has(payment.Undo):
		e.schedule(record, DutyCancel, now)
	case step.Effects.Has(payment.Inquire):
		e.schedule(record, DutyInquire, now)
	case step.Effects.Has(payment.Push):
		e.schedule(record, DutyPush, now)
	case step.Effects.Has(payment.Send):
		if !record.Mode.Waits() { // the time to find out begins now: people have had theirs
			record.ExpiresAt = now.Add(e.options.CodeWindow)
		}
		e.schedule(record, DutySend, now)
	case f.duty:
		e.schedule(record, record.Duty, now)
	}
}

// finalReason is what the partners are told about an end.
func finalReason(state payment.State, given reason.Kind) reason.Kind {
	switch {
	case state == payment.Posted:
		return reason.None
	case state == payment.Cancelled:
		return reason.Closed
	case state == payment.Rejected:
		return reason.Regulation
	case given == reason.None || !given.Final():
		return reason.Failed
	default:
		return given
	}
}

// schedule sets when a duty is tried next. A new duty starts with the first wait
// of its schedule, a cancel, a push and a first request at once.
func (e *Engine) schedule(record *Record, duty Duty, now time.Time) {
	if record.Duty != duty {
		record.Duty, record.DutyAttempts = duty, 0
		if duty == DutyCancel || duty == DutyPush || duty == DutySend {
			record.DueAt = now
			return
		}
	} else {
		record.DutyAttempts++
	}
	attempts := record.DutyAttempts
	if duty == DutyPush { // the first wait is that after the push itself
		attempts--
	}
	record.DueAt = now.Add(wait(e.waits(duty), attempts))
}

func (e *Engine) waits(duty Duty) []time.Duration {
	switch duty {
	case DutyCancel:
		return e.options.Cancels
	case DutyPush:
		return e.options.Pushes
	default:
		return e.options.Inquiries
	}
}

// moveMoney posts and voids what transitions post and void.
func (e *Engine) moveMoney(ctx context.Context, tx db.Tx, changes []*change) error {
	var postings []*posting
	var voided []ids.ID
	for _, c := range changes {
		switch {
		case c.step.Effects.Has(payment.Post):
			postings = append(postings, &posting{
				booking: c.record.booking(c.fact.at), booked: c.record.Detail.Booked, windowID: &c.target.WindowID,
			})
		case c.step.Effects.Has(payment.Void):
			voided = append(voided, c.record.ID)
		}
	}
	if err := e.post(ctx, tx, postings); err != nil || len(voided) == 0 {
		return err
	}
	if err := limits.Release(ctx, tx, voided); err != nil {
		return err
	}
	return position.Void(ctx, tx, voided)
}
