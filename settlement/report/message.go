package report

import (
	"encoding/hex"
	"fmt"
	"slices"
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

// Messages returns the camt.054 messages of the items, none for none, and the
// pages of the camt.053 statement, which has one at least. It refuses items that
// do not add up to the net figure with [ErrDiffers].
func Messages(s Statement, items []Item) ([]Message, error) {
	if err := s.check(items); err != nil {
		return nil, err
	}
	var booked []iso20022.BookedEntry
	for _, item := range items {
		booked = append(booked, entries(s, item)...)
	}
	for _, line := range s.Lines {
		booked = append(booked, iso20022.BookedEntry{
			Reference: line.Reference, Amount: line.Amount, Credit: line.Credit, BookedAt: line.BookedAt, ValueAt: line.BookedAt,
			Text: line.Text,
		})
	}
	parts := slices.Collect(slices.Chunk(booked, entriesMax))
	var messages []Message
	for i, part := range parts {
		message, err := s.message(iso20022.NotificationName, i, s.notification(part, i))
		if err != nil {
			return nil, err
		}
		messages = append(messages, message)
	}
	if len(parts) == 0 {
		parts = append(parts, nil)
	}
	balance := s.Opening.Minor
	for i, part := range parts {
		page := s.page(part, i, i == len(parts)-1, balance)
		balance = page.Closing.Amount.Minor
		message, err := s.message(iso20022.AccountStatementName, i, page)
		if err != nil {
			return nil, err
		}
		messages = append(messages, message)
	}
	return messages, nil
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
	body, err := message.AppendXML(nil)
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
func entries(s Statement, item Item) []iso20022.BookedEntry {
	booked := iso20022.BookedEntry{
		Reference: item.ID.String()[:8] + "-" + item.Kind, Amount: item.Settlement, Credit: item.Credit,
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
	fee.Reference, fee.Text = item.ID.String()[:8]+"-FEE", "SERVICE FEE"
	fee.Credit = item.Fee.Minor < 0
	fee.Amount = money.New(max(item.Fee.Minor, -item.Fee.Minor), item.Fee.Currency)
	return append(list, fee)
}
