package report

import (
	"strconv"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/window"
)

// row is what a line of a file is written from. What a section does not need is
// not set.
type row struct {
	statement *Statement
	totals    *Totals
	item      *Item
	// kind is a line of the summary, batch one of the value date.
	kind  kindTotal
	batch *Batch
	// fee is signed: negative where the participant is charged.
	fee     money.Amount
	feeType string
}

// kindTotal is what the transactions of one type, or charges, come to.
type kindTotal struct {
	name  string
	count int64
	// amount is what moved and fee what was charged for it, as the participant
	// sees them: positive where it is credited.
	amount, fee int64
}

// fields are the fields of a section by name.
type fields map[string]func(*row) string

// amount adds the four forms of an amount that is positive where the participant
// is credited.
func (f fields) amount(name string, get func(*row) money.Amount) {
	f[name] = func(r *row) string { return digits(get(r).Minor) }
	f[name+".signed"] = func(r *row) string { return strconv.FormatInt(get(r).Minor, 10) }
	f[name+".major"] = func(r *row) string { return get(r).Decimal() }
	f[name+".direction"] = func(r *row) string { return direction(get(r).Minor) }
}

func (f fields) count(name string, get func(*row) int64) {
	f[name] = func(r *row) string { return strconv.FormatInt(get(r), 10) }
}

// own is an amount in the statement's currency.
func (r *row) own(minor int64) money.Amount { return money.New(minor, r.statement.Currency) }

// setFields are those of a statement as a whole, which every section has.
func setFields() fields {
	f := fields{
		"batch":         func(r *row) string { return r.statement.batch() },
		"agreement":     func(r *row) string { return r.statement.agreement() },
		"participant":   func(r *row) string { return r.statement.ParticipantID },
		"currency":      func(r *row) string { return string(r.statement.Currency) },
		"clearing.date": func(r *row) string { return clearingDate(r.statement.Window) },
		"value.date":    func(r *row) string { return r.statement.ValueDate.Format(time.DateOnly) },
	}
	f.count("items.count", func(r *row) int64 { return r.totals.Payments.Count + r.totals.Refunds.Count })
	f.count("payments.count", func(r *row) int64 { return r.totals.Payments.Count })
	f.count("refunds.count", func(r *row) int64 { return r.totals.Refunds.Count })
	f.count("fees.count", func(r *row) int64 { return r.totals.fees() })
	f.amount("net", func(r *row) money.Amount { return r.statement.Net })
	f.amount("opening", func(r *row) money.Amount { return r.statement.Opening })
	f.amount("payments", func(r *row) money.Amount { return r.own(r.totals.Payments.Net) })
	f.amount("refunds", func(r *row) money.Amount { return r.own(r.totals.Refunds.Net) })
	f.amount("fees.service", func(r *row) money.Amount { return r.own(-r.totals.service()) })
	f.amount("fees.scheduled", func(r *row) money.Amount { return r.own(r.totals.Scheduled.Net) })
	f.amount("fees", func(r *row) money.Amount { return r.own(r.totals.Scheduled.Net - r.totals.service()) })
	f.count("gross.count", func(r *row) int64 { return r.totals.Gross.Count })
	f.amount("gross", func(r *row) money.Amount { return r.own(r.totals.Gross.Net) })
	f.count("day.count", func(r *row) int64 { return int64(len(r.statement.Day)) })
	f.amount("day.net", func(r *row) money.Amount {
		sum := int64(0)
		for _, batch := range r.statement.Day {
			sum += batch.Net.Minor
		}
		return r.own(sum)
	})
	f.amount("adjustments", func(r *row) money.Amount { return r.own(r.totals.Adjusted.Net) })
	return f
}

// itemFields are those of one payment or refund.
func itemFields() fields {
	f := setFields()
	for name, get := range map[string]func(*Item) string{
		"type":              func(i *Item) string { return i.Kind },
		"id":                func(i *Item) string { return i.ID.String() },
		"request":           func(i *Item) string { return i.RequestID },
		"original":          func(i *Item) string { return optional(i.OriginalID) },
		"original.request":  func(i *Item) string { return i.OriginalRequestID },
		"acquirer":          func(i *Item) string { return i.AcquirerID },
		"wallet":            func(i *Item) string { return i.WalletID },
		"merchant":          func(i *Item) string { return i.MerchantID },
		"merchant.category": func(i *Item) string { return i.MerchantCategory },
		"mode":              func(i *Item) string { return i.Mode },
		"completed":         func(i *Item) string { return i.CompletedAt.In(schemeDay).Format(time.RFC3339) },
		"amount.currency":   func(i *Item) string { return string(i.Amount.Currency) },
		"quote":             func(i *Item) string { return optional(i.QuoteID) },
		"quote.pair":        func(i *Item) string { return quoted(i, money.Rate.Pair) },
		"quote.price":       func(i *Item) string { return quoted(i, money.Rate.Decimal) },
	} {
		f[name] = func(r *row) string { return get(r.item) }
	}
	f.amount("amount", func(r *row) money.Amount { return r.item.signed(r.item.Amount) })
	f.amount("settlement", func(r *row) money.Amount { return r.item.signed(r.item.Settlement) })
	f.amount("fee", func(r *row) money.Amount { return r.own(-r.item.Fee.Minor) })
	return f
}

// feeFields are those of one fee: of an item, or of a schedule, which belongs to
// none.
func feeFields() fields {
	f := setFields()
	f["id"] = func(r *row) string { return optional(r.item.ID) }
	f["request"] = func(r *row) string { return r.item.RequestID }
	f["fee.type"] = func(r *row) string { return r.feeType }
	f.amount("fee", func(r *row) money.Amount { return r.fee })
	return f
}

// kindFields are those of a line of the summary.
func kindFields() fields {
	f := setFields()
	f["type"] = func(r *row) string { return r.kind.name }
	f.count("count", func(r *row) int64 { return r.kind.count })
	f.amount("amount", func(r *row) money.Amount { return r.own(r.kind.amount) })
	f.amount("fee", func(r *row) money.Amount { return r.own(r.kind.fee) })
	f.amount("total", func(r *row) money.Amount { return r.own(r.kind.amount + r.kind.fee) })
	return f
}

// dayFields are those of one batch of a value date.
func dayFields() fields {
	f := setFields()
	f["batch"] = func(r *row) string { return batchOf(r.batch.Window) }
	f["clearing.date"] = func(r *row) string { return clearingDate(r.batch.Window) }
	f.amount("net", func(r *row) money.Amount { return r.batch.Net })
	return f
}

// clearingDate is the scheme's day on which a window began.
func clearingDate(w window.Window) string { return w.OpenedAt.In(schemeDay).Format(time.DateOnly) }

// quoted is a word about the rate of an item; nothing where nothing was
// exchanged.
func quoted(i *Item, word func(money.Rate) string) string {
	if i.QuoteID == ids.Nil {
		return ""
	}
	return word(i.Rate)
}

// digits writes the size of a signed amount of minor units.
func digits(minor int64) string { return strconv.FormatInt(max(minor, -minor), 10) }

// direction of a signed amount; nothing is D, as the documentation says.
func direction(minor int64) string {
	if minor > 0 {
		return "C"
	}
	return "D"
}

func optional(id ids.ID) string {
	if id == ids.Nil {
		return ""
	}
	return id.String()
}
