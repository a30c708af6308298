package report

import (
	"encoding/hex"
	"fmt"
	"iter"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// Message is one ISO 20022 message about what a participant's window came to in
// one currency.
type Message struct {
	// ID is also the message id of the body, in 32 hexadecimal digits. It is the
	// same whenever the message is made.
	ID            ids.ID
	WindowID      ids.ID
	Region        string
	ParticipantID string
	Currency      money.Currency
	// Name is the ISO 20022 name.
	Name string
	// Part numbers the messages of one name from 0.
	Part      int
	Body      []byte
	CreatedAt time.Time
}

// entriesMax is how many entries one message holds, so that with ids of full
// length it stays below the 256 KiB that receivers accept.
const entriesMax = 300

// bodySize is what a full message usually needs at most; a longer one grows.
const bodySize = entriesMax * 640

// Messages returns the camt.054 messages of the items, none for none, and the
// pages of the camt.053 statement, which has one at least, each kind in the order
// of its parts. It does not check what the items add up to: see [Statement.Sum].
func Messages(s Statement, items iter.Seq2[Item, error]) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		w := messageWriter{statement: s, balance: s.Opening.Minor, yield: yield}
		for item, err := range items {
			if err != nil {
				yield(Message{}, err)
				return
			}
			if !w.add(entries(s, &item)...) {
				return
			}
		}
		w.finish()
	}
}

// messageWriter collects entries until they fill a message. One more entry than a
// page holds is what tells that the page is not the last.
type messageWriter struct {
	statement Statement
	pending   []iso20022.BookedEntry
	part      int
	balance   int64
	yield     func(Message, error) bool
}

// add reports whether more is wanted.
func (w *messageWriter) add(more ...iso20022.BookedEntry) bool {
	for _, entry := range more {
		if len(w.pending) == entriesMax && !w.flush(false) {
			return false
		}
		w.pending = append(w.pending, entry)
	}
	return true
}

// finish adds the lines that belong to no payment and makes the last messages.
func (w *messageWriter) finish() {
	for _, line := range w.statement.Lines {
		entry := iso20022.BookedEntry{
			Reference: line.Reference, Amount: line.Amount, Credit: line.Credit, BookedAt: line.BookedAt, ValueAt: line.BookedAt,
			Text: line.Text,
		}
		if !w.add(entry) {
			return
		}
	}
	w.flush(true)
}

// flush makes the notification and the page of the pending entries.
func (w *messageWriter) flush(last bool) bool {
	s := w.statement
	if len(w.pending) > 0 {
		message, err := s.message(iso20022.NotificationName, w.part, s.notification(w.pending, w.part))
		if !w.yield(message, err) || err != nil {
			return false
		}
	}
	page := s.page(w.pending, w.part, last, w.balance)
	w.balance = page.Closing.Amount.Minor
	message, err := s.message(iso20022.AccountStatementName, w.part, page)
	w.part, w.pending = w.part+1, w.pending[:0]
	return w.yield(message, err) && err == nil
}

// id is the id of a message of the statement.
func (s Statement) id(name string, part int) ids.ID {
	return ids.Derive(s.Window.ID, name+"."+s.ParticipantID+"."+string(s.Currency), int64(part))
}

func (s Statement) messageID(name string, part int) string {
	id := s.id(name, part)
	return hex.EncodeToString(id[:])
}

func (s Statement) account() string { return s.ParticipantID + "." + string(s.Currency) }

func (s Statement) message(name string, part int, message interface {
	AppendXML(dst []byte) ([]byte, error)
},
) (Message, error) {
	body, err := message.AppendXML(make([]byte, 0, bodySize))
	if err != nil {
		return Message{}, fmt.Errorf("report: %s: %w", s.ParticipantID, err)
	}
	return Message{
		ID: s.id(name, part), WindowID: s.Window.ID, Region: s.Window.Region, ParticipantID: s.ParticipantID,
		Currency: s.Currency, Name: name, Part: part, Body: body, CreatedAt: s.Window.ChangedAt,
	}, nil
}

// notification is the camt.054 of a part of the entries.
func (s Statement) notification(part []iso20022.BookedEntry, number int) iso20022.Notification {
	return iso20022.Notification{
		MessageID: s.messageID(iso20022.NotificationName, number), CreatedAt: s.Window.ChangedAt,
		NotificationID: s.batch() + "-" + digits6(int64(number)), AccountID: s.account(), Currency: s.Currency,
		Owner: iso20022.Agent{OtherID: s.ParticipantID}, From: s.Window.OpenedAt, To: s.Window.ChangedAt, Entries: part,
	}
}

// page is one page of the camt.053. It leads from the balance at its beginning
// to the one at its end, which is interim unless it is the account's own.
func (s Statement) page(part []iso20022.BookedEntry, number int, last bool, balance int64) iso20022.AccountStatement {
	page := iso20022.AccountStatement{
		MessageID: s.messageID(iso20022.AccountStatementName, number), CreatedAt: s.Window.ChangedAt,
		StatementID: s.batch() + "-" + string(s.Currency), Page: int64(number) + 1, LastPage: last,
		Sequence: s.Window.Number, From: s.Window.OpenedAt, To: s.Window.ChangedAt, AccountID: s.account(),
		Currency: s.Currency, Owner: iso20022.Agent{OtherID: s.ParticipantID}, Entries: part,
		Opening: iso20022.Balance{
			Amount: money.New(balance, s.Currency), At: s.Window.OpenedAt, Interim: number > 0,
		},
	}
	for _, entry := range part {
		if entry.Credit {
			balance += entry.Amount.Minor
		} else {
			balance -= entry.Amount.Minor
		}
	}
	page.Closing = iso20022.Balance{Amount: money.New(balance, s.Currency), At: s.Window.ChangedAt, Interim: !last}
	return page
}

// entries are the booked entries of one item: its amount, and its fee if there
// is one.
func entries(s Statement, item *Item) []iso20022.BookedEntry {
	booked := iso20022.BookedEntry{
		Reference: entryReference(item.ID, item.Kind), Amount: item.Settlement, Credit: item.Credit,
		BookedAt: item.CompletedAt, ValueAt: s.ValueDate, EndToEndID: iso20022.Identifier35(item.RequestID),
		UETR: iso20022.UETR(item.ID), Text: item.Kind,
	}
	if item.Kind == Refund {
		// A payment keeps its reference in everything that is said about it.
		booked.UETR = iso20022.UETR(item.OriginalID)
	}
	list := []iso20022.BookedEntry{booked}
	if item.Fee.Minor == 0 {
		return list
	}
	fee := booked
	fee.Reference, fee.Text = entryReference(item.ID, "FEE"), "SERVICE FEE"
	fee.Credit = item.Fee.Minor < 0
	fee.Amount = money.New(max(item.Fee.Minor, -item.Fee.Minor), item.Fee.Currency)
	return append(list, fee)
}

// entryReference names an entry within 35 characters (Max35Text): the id without its
// dashes, and the initial of what is booked, because a payment and its fee share the id.
func entryReference(id ids.ID, booked string) string {
	return hex.EncodeToString(id[:]) + "-" + booked[:1]
}
