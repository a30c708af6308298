package report

import (
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/window"
)

// Kinds of items, as the files write them.
const (
	Payment = "PAYMENT"
	Refund  = "REFUND"
)

// Item is one payment or refund as the participant of the report sees it.
type Item struct {
	// Kind is [Payment] or [Refund].
	Kind string
	// ID is the switch's id, RequestID the acquirer's; the original ones are
	// set for a refund.
	ID                ids.ID
	RequestID         string
	OriginalID        ids.ID
	OriginalRequestID string
	AcquirerID        string
	WalletID          string
	MerchantID        string
	MerchantCategory  string
	Mode              string
	CompletedAt       time.Time
	// Amount is in the merchant's currency.
	Amount money.Amount
	// Settlement is the participant's leg, Credit its direction.
	Settlement money.Amount
	Credit     bool
	// Fee is a service fee charged to the participant; negative if given back.
	Fee money.Amount
	// Rate and QuoteID are those of the participant's leg; without conversion
	// the id is nil.
	Rate    money.Rate
	QuoteID ids.ID
}

// net is what the item adds to what the participant is owed, its fee left out.
func (i Item) net() int64 {
	if i.Credit {
		return i.Settlement.Minor
	}
	return -i.Settlement.Minor
}

// Statement says what a report is about.
type Statement struct {
	Window        window.Window
	ParticipantID string
	Currency      money.Currency
	// Net is what the books say: positive if the participant is owed. The
	// items must add up to it.
	Net       money.Amount
	ValueDate time.Time
}

// batch is the clearing batch id: at most 32 characters, the same whenever the
// report is written.
func (s Statement) batch() string {
	return s.Window.ChangedAt.In(schemeDay).Format("20060102") + number(s.Window.Number)
}

// direction of a signed amount; nothing is D, as the documentation says.
func direction(minor int64) string {
	if minor > 0 {
		return "C"
	}
	return "D"
}

// totals are sums over the items of one kind.
type totals struct {
	count      int64
	net        int64
	fees       int64
	fee        int64
	settlement int64
}

func (t *totals) add(item Item) {
	t.count++
	t.net += item.net()
	t.settlement += item.Settlement.Minor
	if item.Fee.Minor != 0 {
		t.fees++
		t.fee += item.Fee.Minor
	}
}

// entriesMax is how many entries one camt.054 holds, so that with ids of full
// length it stays below the 256 KiB that receivers accept.
const entriesMax = 300

// notifications returns the camt.054 messages of the items.
func notifications(s Statement, items []Item) []iso20022.Notification {
	var booked []iso20022.BookedEntry
	for _, item := range items {
		booked = append(booked, entries(s, item)...)
	}
	var messages []iso20022.Notification
	for part := range slices.Chunk(booked, entriesMax) {
		id := s.batch() + "-" + number(int64(len(messages)))
		messages = append(messages, iso20022.Notification{
			MessageID: id, CreatedAt: s.Window.ChangedAt, NotificationID: id,
			AccountID: s.ParticipantID + "." + string(s.Currency), Currency: s.Currency,
			Owner: iso20022.Agent{OtherID: s.ParticipantID}, From: s.Window.OpenedAt, To: s.Window.ChangedAt,
			Entries: part,
		})
	}
	return messages
}

// entries are the booked entries of one item: its amount, and its fee if there
// is one.
func entries(s Statement, item Item) []iso20022.BookedEntry {
	booked := iso20022.BookedEntry{
		Reference: item.ID.String()[:8] + "-" + item.Kind, Amount: item.Settlement, Credit: item.Credit,
		BookedAt: item.CompletedAt, ValueAt: s.ValueDate, EndToEndID: iso20022.Identifier35(item.RequestID),
		Text: item.Kind,
	}
	if item.Kind == Payment {
		booked.UETR = iso20022.UETR(item.ID)
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
