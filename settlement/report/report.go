package report

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
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
	// Gross says that it is settled by itself and not part of the window's net.
	Gross bool
}

// net is what the item adds to what the participant is owed, its fee left out.
func (i *Item) net() int64 { return i.signed(i.Settlement).Minor }

// signed is an amount of the item, negative where the participant is debited.
func (i *Item) signed(amount money.Amount) money.Amount {
	if !i.Credit {
		amount.Minor = -amount.Minor
	}
	return amount
}

// Statement says what a report is about.
type Statement struct {
	Window        window.Window
	ParticipantID string
	Currency      money.Currency
	// Net is what the books say: positive if the participant is owed. The
	// items and the netted lines must add up to it, without those that are settled by
	// themselves, which must add up to Gross.
	Net, Gross money.Amount
	// Opening is what the participant was owed when the window opened, negative if
	// it owed.
	Opening   money.Amount
	ValueDate time.Time
	// Agreement is the id of the settlement agreement in file names (default 01).
	// Regions that issue to the same partners have different ones.
	Agreement string
	// Lines are what was booked beside payments: settlement of earlier windows,
	// adjustments, and what schedules charge.
	Lines []Line
	// Day are the batches of the same value date until this one, which is the last.
	Day []Batch
}

// Batch is a window that is settled on a value date with others.
type Batch struct {
	// Window has the moment of its close as that of its last change.
	Window window.Window
	Net    money.Amount
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

// scheduled says that a schedule of fees made the line.
func (l Line) scheduled() bool { return l.Netted && l.Text == string(ledger.KindSchedule) }

// net is what a line adds to what the participant is owed.
func (l Line) net() int64 {
	if l.Credit {
		return l.Amount.Minor
	}
	return -l.Amount.Minor
}

// Total is what the items or lines of one kind come to.
type Total struct {
	Count int64
	// Net is positive where the participant is credited, fees left out.
	Net int64
	// Fees counts the items that were charged for, or given back, and Fee is what
	// was charged.
	Fees, Fee int64
}

// Totals are what a statement comes to.
type Totals struct {
	Payments, Refunds Total
	// Scheduled is what schedules charge and pay, Adjusted what adjustments do.
	Scheduled, Adjusted Total
	// Gross is what of payments and refunds is settled by itself, fees taken off.
	Gross Total
}

func (t *Totals) add(item *Item) {
	total := &t.Payments
	if item.Kind == Refund {
		total = &t.Refunds
	}
	total.Count++
	total.Net += item.net()
	if item.Fee.Minor != 0 {
		total.Fees++
		total.Fee += item.Fee.Minor
	}
	if item.Gross {
		t.Gross.Count++
		t.Gross.Net += item.net() - item.Fee.Minor
	}
}

func (t *Totals) addLine(line Line) {
	total := &t.Adjusted
	switch {
	case !line.Netted:
		return
	case line.scheduled():
		total = &t.Scheduled
	}
	total.Count++
	total.Net += line.net()
}

// service is what was charged for payments and refunds.
func (t *Totals) service() int64 { return t.Payments.Fee + t.Refunds.Fee }

// fees counts the lines of the fee file.
func (t *Totals) fees() int64 { return t.Payments.Fees + t.Refunds.Fees + t.Scheduled.Count }

// net is what the statement should come to.
func (t *Totals) net() int64 {
	return t.Payments.Net + t.Refunds.Net + t.Scheduled.Net + t.Adjusted.Net - t.service() - t.Gross.Net
}

// kinds are the lines of the summary, which come to the net; charges, adjustments and
// what is settled by itself only where there are some.
func (t *Totals) kinds() []kindTotal {
	kinds := []kindTotal{
		{Payment, t.Payments.Count, t.Payments.Net, -t.Payments.Fee},
		{Refund, t.Refunds.Count, t.Refunds.Net, -t.Refunds.Fee},
	}
	if t.Scheduled.Count > 0 {
		kinds = append(kinds, kindTotal{"SETTLEMENT_FEE", t.Scheduled.Count, 0, t.Scheduled.Net})
	}
	if t.Adjusted.Count > 0 {
		kinds = append(kinds, kindTotal{"ADJUSTMENT", t.Adjusted.Count, t.Adjusted.Net, 0})
	}
	if t.Gross.Count > 0 {
		kinds = append(kinds, kindTotal{"GROSS_SETTLEMENT", t.Gross.Count, -t.Gross.Net, 0})
	}
	return kinds
}

// ErrDiffers means that the items of a report do not add up to the figure that
// is settled, so that the report must not be sent.
var ErrDiffers = errors.New("report: items do not add up to the net figure")

// Sum reads all items once and refuses those that do not add up to what the
// books say with [ErrDiffers].
func (s Statement) Sum(items iter.Seq2[Item, error]) (Totals, error) {
	var totals Totals
	for item, err := range items {
		if err != nil {
			return Totals{}, err
		}
		totals.add(&item)
	}
	for _, line := range s.Lines {
		totals.addLine(line)
	}
	if net := totals.net(); net != s.Net.Minor {
		return Totals{}, fmt.Errorf("%w: %s %s: %d, books say %d", ErrDiffers, s.ParticipantID, s.Currency, net, s.Net.Minor)
	}
	if gross := totals.Gross.Net; gross != s.Gross.Minor {
		return Totals{}, fmt.Errorf("%w: %s %s: %d settled gross, books say %d", ErrDiffers, s.ParticipantID, s.Currency, gross,
			s.Gross.Minor)
	}
	return totals, nil
}

// batch is the clearing batch id: at most 32 characters, the same whenever the
// report is written.
func (s Statement) batch() string { return batchOf(s.Window) }

func batchOf(w window.Window) string {
	return w.ChangedAt.In(schemeDay).Format("20060102") + digits6(w.Number)
}

func (s Statement) agreement() string { return cmp.Or(s.Agreement, "01") }

// schemeDay is the zone of the scheme's days, UTC+8.
var schemeDay = time.FixedZone("UTC+8", 8*60*60)

// releaseHour is when files are due on a day of the scheme.
const releaseHour = 8

// ClearingDue is when the files about payments are due: at 08:00 UTC+8, the first
// after the close. Their folder is named after that day.
func (s Statement) ClearingDue() time.Time {
	closed := s.Window.ChangedAt.In(schemeDay)
	due := time.Date(closed.Year(), closed.Month(), closed.Day(), releaseHour, 0, 0, 0, schemeDay)
	if due.Before(closed) {
		due = due.AddDate(0, 0, 1)
	}
	return due.UTC()
}

// SettlementDue is when the settlement file is due: at 08:00 UTC+8 of the value
// date, which is a business day.
func (s Statement) SettlementDue() time.Time {
	year, month, day := s.ValueDate.Date()
	return time.Date(year, month, day, releaseHour, 0, 0, 0, schemeDay).UTC()
}

// digits6 writes a number with six digits at least.
func digits6(n int64) string { return fmt.Sprintf("%06d", n) }
