package report

import (
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
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
	// items and the netted lines must add up to it.
	Net money.Amount
	// Opening is what the participant was owed when the window opened, negative if
	// it owed.
	Opening   money.Amount
	ValueDate time.Time
	// Lines are what was booked beside payments: settlement of earlier windows,
	// adjustments, and what schedules charge.
	Lines []Line
}

// Line is an entry of a statement that belongs to no payment.
type Line struct {
	// Reference is at most 35 characters.
	Reference string
	Amount    money.Amount
	// Credit says that the participant is owed more by it.
	Credit   bool
	BookedAt time.Time
	// Text is a word of the ledger, such as SETTLEMENT.
	Text string
	// Netted lines are part of the window's net figure.
	Netted bool
}

// net is what a line adds to what the participant is owed.
func (l Line) net() int64 {
	if l.Credit {
		return l.Amount.Minor
	}
	return -l.Amount.Minor
}

// check refuses items that do not add up to what the books say.
func (s Statement) check(items []Item) error {
	payments, refunds := sum(items)
	net := payments.net + refunds.net - payments.fee - refunds.fee
	for _, line := range s.Lines {
		if line.Netted {
			net += line.net()
		}
	}
	if net != s.Net.Minor {
		return fmt.Errorf("%w: %s %s: %d, books say %d", ErrDiffers, s.ParticipantID, s.Currency, net, s.Net.Minor)
	}
	return nil
}

// batch is the clearing batch id: at most 32 characters, the same whenever the
// report is written.
func (s Statement) batch() string {
	return s.Window.ChangedAt.In(schemeDay).Format("20060102") + digits6(s.Window.Number)
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
