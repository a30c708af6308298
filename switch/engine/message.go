package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"slices"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/payment"
)

// Directions of messages, as the hub sees them.
const (
	in  = "IN"
	out = "OUT"
)

const (
	acquirerLeg = connectors.RoleAcquirer
	walletLeg   = connectors.RoleWallet
)

// writer is an ISO 20022 message that can write itself.
type writer interface {
	AppendXML(dst []byte) ([]byte, error)
}

// caller is a partner that waits for the answer to its call.
type caller struct {
	// id tells this call from its repetitions.
	id    ids.ID
	from  connectors.Participant
	words connectors.Words
	// suffices is whether the answer to this call is all that its partner's contract wants
	// of a final state that it tells.
	suffices bool
	// question is the hub's own call, where the partner did not come by itself.
	question connectors.Answer
	// told is whether an answer was committed: view, or back to a refund. It is
	// what the partner then gets, to the byte.
	told bool
	view connectors.Payment
	back connectors.Return
}

func newCaller(from connectors.Participant, words connectors.Words) *caller {
	return &caller{id: ids.New(), from: from, words: words}
}

// talk gathers what one commit puts on record about a payment or a return of it.
// Messages are made inside the transaction, from its state, but their ids follow
// from what is known outside of it.
type talk struct {
	// record and back are the payment and the return as they are after the change;
	// back is zero if the payment itself changes.
	record Record
	back   ReturnRecord
	// changed tells whether the state is another one than before.
	changed  bool
	at       time.Time
	messages []Message
}

// saying adds to a talk.
type saying func(t *talk)

// subject is what the talk is about.
func (t *talk) subject() ids.ID {
	if t.back.ID != ids.Nil {
		return t.back.ID
	}
	return t.record.ID
}

// has reports whether a message is said already.
func (t *talk) has(id ids.ID) bool {
	return slices.ContainsFunc(t.messages, func(m Message) bool { return m.ID == id })
}

func (t *talk) put(leg connectors.Role, m Message) {
	if t.has(m.ID) {
		return
	}
	m.PaymentID, m.Region, m.PartnerID = t.record.ID, t.record.Region, t.record.AcquirerID
	if leg == walletLeg {
		m.PartnerID = t.record.WalletID
	}
	if t.back.ID != ids.Nil {
		m.ReturnID = t.back.ID
	}
	m.Leg, m.At = leg, t.at
	if t.messages == nil {
		t.messages = make([]Message, 0, messagesRoom)
	}
	t.messages = append(t.messages, m)
}

// messagesRoom is how many messages most talks have.
const messagesRoom = 6

// Messages are written in rooms that are used again. Most fit into bodyRoom; one that took
// more than bodyRoomMost is not used again.
const (
	bodyRoom     = 4 << 10
	bodyRoomMost = 64 << 10
)

var bodyRooms = sync.Pool{New: func() any {
	room := make([]byte, 0, bodyRoom)
	return &room
}}

// iso adds an ISO 20022 message whose message id is that of its record, and
// returns the id. The fields of most come from the hub itself: one that cannot
// be written is left out rather than stopping the money, and its id is nil.
func (t *talk) iso(leg connectors.Role, direction string, id ids.ID, message writer) ids.ID {
	room := bodyRooms.Get().(*[]byte)
	body, err := message.AppendXML((*room)[:0])
	if err != nil {
		return ids.Nil
	}
	t.put(leg, Message{
		ID: id, PairID: id, Direction: direction, Name: iso20022.MessageName(message), Body: bytes.Clone(body),
	})
	if *room = body; cap(body) <= bodyRoomMost {
		bodyRooms.Put(room)
	}
	return id
}

// transfer adds a pacs.008. It holds what the acquirer sent, so that one that
// cannot be written is the acquirer's mistake.
func (t *talk) transfer(leg connectors.Role, direction string, id ids.ID, message iso20022.CreditTransfer) error {
	if t.iso(leg, direction, id, message) != ids.Nil {
		return nil
	}
	_, err := message.AppendXML(nil)
	return reason.Wrap(reason.InvalidRequest, "engine.transfer", err)
}

// words adds a message in a partner's own words; none for none.
func (t *talk) words(leg connectors.Role, direction, name string, body []byte, id, pair ids.ID) {
	if len(body) > 0 {
		t.put(leg, Message{ID: id, PairID: pair, Direction: direction, Name: name, Body: body})
	}
}

// reply adds the answer that a caller gets, in its words. The same answer to the
// same kind of call is on record once, however often it is given.
func (t *talk) reply(c *caller, outcome connectors.Outcome, pair ids.ID) {
	body := c.words.Reply(outcome)
	id := answerID(t.subject(), c.words.Operation, string(body))
	t.words(c.from.Role, out, c.words.Operation+".answer", body, id, pair)
}

// answerID is the id of an answer: one for each subject, kind of call and text.
func answerID(subject ids.ID, operation, said string) ids.ID {
	sum := sha256.Sum256([]byte(said))
	return ids.Derive(subject, operation+".answer."+string(sum[:]), 0)
}

// callsInFull is how many calls of one duty are on record one by one. Answers
// that decide come within the first half minute, which are eight inquiries.
const callsInFull = 8

// kept reports whether one more call that changed nothing goes on record: the
// first eight do, and from then on the 16th, 32nd, 64th and so on. A duty that is
// tried 200 times, the most there is, leaves 12 such calls, and the one that
// ended it; the payment itself says how many there were.
func kept(attempt int64) bool { return attempt <= callsInFull || attempt&(attempt-1) == 0 }

// said are the messages that a fact adds to the record of a payment: those of
// the call that found it out and, if the payment ended by it, the status report
// to the acquirer.
func said(record Record, f fact, before payment.State, contradiction bool) []Message {
	t := &talk{record: record, at: f.at, changed: before != record.State}
	if t.changed || contradiction || !f.again || kept(record.DutyAttempts) {
		for _, say := range f.says {
			say(t)
		}
	}
	if record.State.Final() && record.CompletedAt.Equal(f.at) {
		t.status(record.verdict())
	}
	return t.messages
}

// saidReturn are the messages that a fact adds to the record of a return.
func saidReturn(r ReturnRecord, f fact, before payment.ReturnState, contradiction bool) []Message {
	t := talkOfReturn(r, f.at)
	t.changed = before != r.State
	if t.changed || contradiction || !f.again || kept(r.DutyAttempts) {
		for _, say := range f.says {
			say(t)
		}
	}
	if r.State.Final() && r.CompletedAt.Equal(f.at) && r.Kind == RefundReturn {
		t.returnStatus()
	}
	return t.messages
}

// talkOfReturn is a talk about a return. Of the payment it knows what the return
// knows.
func talkOfReturn(r ReturnRecord, at time.Time) *talk {
	return &talk{
		record: Record{ID: r.PaymentID, Region: r.Region, AcquirerID: r.AcquirerID, WalletID: r.WalletID}, back: r, at: at,
	}
}

// talk is a talk about a payment that does not change.
func (e *Engine) talk(record Record) *talk { return &talk{record: record, at: e.Clock.Now()} }

// tell puts on record an answer that goes with no change, with the request that
// it answers, before it is given. What a partner was told before is not written
// again, so that polling does not fill the record: its last message is looked
// for first.
func (e *Engine) tell(ctx context.Context, t *talk) error {
	const op = "engine.tell"
	if len(t.messages) == 0 {
		return nil
	}
	known, err := onRecord(ctx, e.Pool, t.messages[len(t.messages)-1].ID)
	if err != nil {
		return reason.Wrap(reason.Unknown, op, err)
	}
	if known {
		return nil
	}
	return e.commitWork(ctx, op, &note{messages: t.messages})
}
