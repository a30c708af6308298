package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
)

// FigureName says which figure of a participant's window is meant.
type FigureName string

// The figures, with the columns of the standard files that show them. A payment's
// or refund's id is a figure too: what it moved; with [FeeOf] behind it, what was
// charged for it.
const (
	// FigureNet: what is settled (netAmountValue, net).
	FigureNet FigureName = "net"
	// FigurePayments and FigureRefunds: amountPayment and amountRefund.
	FigurePayments FigureName = "payments"
	FigureRefunds  FigureName = "refunds"
	// FigureService: what was charged for payments (feeService).
	FigureService FigureName = "fees.service"
	// FigureScheduled: what schedules charge and pay (feeScheduled).
	FigureScheduled FigureName = "fees.scheduled"
	// FigureAdjustments: what is owed for another reason (adjustment).
	FigureAdjustments FigureName = "adjustments"
	// FigureSettled: what was settled of earlier windows meanwhile, in camt.053.
	FigureSettled FigureName = "settled"
	// FigureGross: what is settled payment by payment, beside the net (settledGross).
	FigureGross FigureName = "gross"
	// FigureDay: what is settled of all windows of the value date until this one, so that
	// of the last one it is the whole day (netAmountValue of settlementDay).
	FigureDay FigureName = "day"
	// FigureOpening: the opening balance of camt.053.
	FigureOpening FigureName = "opening"
)

// FeeOf ends the name of what was charged for one payment.
const FeeOf = "/fee"

// Figures are the names but those of single payments.
func Figures() []FigureName {
	return []FigureName{
		FigureNet, FigurePayments, FigureRefunds, FigureService, FigureScheduled, FigureAdjustments, FigureSettled,
		FigureGross, FigureDay, FigureOpening,
	}
}

// Figure is a figure of a participant's file or net position.
type Figure struct {
	Window        window.Window
	ParticipantID string
	Currency      money.Currency
	Name          FigureName
	// Calendars say which windows have a value date in common.
	Calendars window.Calendars
}

// Explained is an entry that a figure is made of.
type Explained struct {
	ledger.Entry
	// Signed is its amount, positive where the participant is credited.
	Signed money.Amount
}

// ParseFigure reads a figure as people write it:
//
//	WINDOW/PARTICIPANT/CURRENCY[/NAME]
//	FILE[/NAME]
//
// where WINDOW is the number, the id or the clearing batch id of a window of the
// region, FILE is the name of a report file, and NAME is "net" if it is left out, of the
// file of a value date "day".
func ParseFigure(
	ctx context.Context, reader db.Reader, region string, calendars window.Calendars, text string,
) (Figure, error) {
	f, place, agreement, err := readFigure(text)
	if err != nil {
		return f, err
	}
	f.Calendars = calendars
	if f.Window, err = findWindow(ctx, reader, region, place); err != nil {
		return f, err
	}
	opened, err := ledger.Opened(ctx, reader, f.account().ID(f.Currency))
	if err == nil && !opened {
		err = reason.New(reason.InvalidRequest, opFigure, "nobody of this name has a position in the currency: "+
			"switch operate positions, or /v1/positions, lists them")
	}
	if err != nil {
		return f, err
	}
	return f, f.issuedUnder(ctx, reader, agreement)
}

// opFigure is where a figure is read.
const opFigure = "engine.ParseFigure"

// readFigure reads what a text says of a figure: how its window is named, and in the name of a
// file under which agreement it was issued.
func readFigure(text string) (f Figure, place, agreement string, err error) {
	name, parts := FigureNet, strings.SplitN(text, "/", 2)
	if names := strings.Split(parts[0], "_"); len(names) == 6 {
		agreement = names[4]
		parts = append([]string{names[3], names[1], names[2]}, parts[1:]...)
		if names[0] == string(report.SettlementDay) {
			name = FigureDay
		}
	} else {
		parts = strings.SplitN(text, "/", 4)
	}
	if len(parts) < 3 {
		const form = "a figure is WINDOW/PARTICIPANT/CURRENCY/NAME or FILE/NAME"
		return f, "", "", reason.New(reason.InvalidRequest, opFigure, form)
	}
	f = Figure{ParticipantID: parts[1], Currency: money.Currency(parts[2]), Name: name}
	if len(parts) == 4 {
		f.Name = FigureName(parts[3])
	}
	if _, _, err := f.item(); err != nil && !slices.Contains(Figures(), f.Name) {
		known := fmt.Sprintf("figures are %v, and ids of payments and refunds", Figures())
		return f, "", "", reason.New(reason.InvalidRequest, opFigure, known)
	}
	return f, parts[0], agreement, nil
}

// issuedUnder refuses the name of a file that another region has issued: windows of one number
// and day are in each.
func (f Figure) issuedUnder(ctx context.Context, reader db.Reader, agreement string) error {
	terms, _, err := report.Agreed(ctx, reader, f.Window.ID, f.ParticipantID)
	if err == nil && agreement != "" && terms.Agreement != "" && agreement != terms.Agreement {
		err = reason.New(reason.NotFound, "engine.ParseFigure", "the file is not of this region: ask a hub of its own")
	}
	return err
}

// batchDay is how long the day is at the beginning of a clearing batch id.
const batchDay = len("20060102")

// findWindow finds a window of a region by id, number or clearing batch id.
func findWindow(ctx context.Context, reader db.Reader, region, text string) (window.Window, error) {
	const op = "engine.findWindow"
	id, err := ids.Parse(text)
	if err != nil {
		if len(text) > batchDay {
			text = text[batchDay:]
		}
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return window.Window{}, reason.New(reason.InvalidRequest, op, "a window is an id, a number or a batch id")
		}
		id = window.IDOf(region, number)
	}
	w, err := window.Get(ctx, reader, id)
	if db.NoRows(err) {
		return window.Window{}, reason.New(reason.NotFound, op, "")
	}
	return w, err
}

// item is the payment or refund that the figure is about, and whether it is its
// fee.
func (f Figure) item() (id ids.ID, fee bool, err error) {
	text, fee := strings.CutSuffix(string(f.Name), FeeOf)
	id, err = ids.Parse(text)
	return id, fee, err
}

func (f Figure) account() ledger.Account { return ledger.PositionOf(f.ParticipantID) }

// ExplainPlace is where a page of an explanation goes on: behind an entry of a
// window.
type ExplainPlace struct {
	WindowNumber int64
	ledger.WindowPlace
}

// Explain returns at most limit entries that a figure is made of, behind a place,
// and the place of the next page; nil after the last. The sum over all pages is
// the figure.
func Explain(
	ctx context.Context, reader db.Reader, f Figure, after ExplainPlace, limit int,
) (page []Explained, next *ExplainPlace, err error) {
	if id, fee, err := f.item(); err == nil {
		page, err := explainItem(ctx, reader, f, id, fee)
		return page, nil, err
	}
	windows, err := f.windows(ctx, reader, after.WindowNumber)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range windows {
		gross, err := settlesGross(ctx, reader, w.ID, f.ParticipantID, f.Currency)
		if err != nil {
			return nil, nil, err
		}
		left, err := f.leftOut(ctx, reader, gross)
		if err != nil {
			return nil, nil, err
		}
		place := ledger.WindowPlace{}
		if w.Number == after.WindowNumber {
			place = after.WindowPlace
		}
		for {
			entries, err := ledger.EntriesOfWindow(ctx, reader, w.ID, f.account().ID(f.Currency), place, explainPage)
			if err != nil {
				return nil, nil, err
			}
			apart, err := f.apart(ctx, reader, entries, gross)
			if err != nil {
				return nil, nil, err
			}
			for _, entry := range entries {
				place = ledger.WindowPlaceOf(entry)
				if !f.has(entry, apart[entry.SubjectID]) || left[entry.SubjectID] {
					continue
				}
				if page = append(page, f.explained(entry)); len(page) == limit {
					return page, &ExplainPlace{w.Number, place}, nil
				}
			}
			if len(entries) < explainPage {
				break
			}
		}
	}
	return page, nil, nil
}

// explainPage is how many entries are read at once.
const explainPage = 500

// windows are those whose entries make the figure, from a number on: the one that
// it is of, for a day those that are due with it, or for an opening balance all before it.
func (f Figure) windows(ctx context.Context, reader db.Reader, from int64) ([]window.Window, error) {
	switch f.Name {
	case FigureOpening:
		return window.Before(ctx, reader, f.Window, from)
	case FigureDay:
		return f.day(ctx, reader, from)
	default:
		return []window.Window{f.Window}, nil
	}
}

// day are the windows of the figure's value date, from a number on: those that the files say
// if they were issued, whatever calendars say since.
func (f Figure) day(ctx context.Context, reader db.Reader, from int64) ([]window.Window, error) {
	terms, _, err := report.Agreed(ctx, reader, f.Window.ID, f.ParticipantID)
	if err != nil {
		return nil, err
	}
	if terms.DayFrom > 0 {
		before, err := window.Before(ctx, reader, f.Window, max(from, terms.DayFrom))
		return append(before, f.Window), err
	}
	before, err := window.Before(ctx, reader, f.Window, max(1, from, f.Window.Number-dayWindows))
	return dueTogether(f.Calendars, f.Currency, before, f.Window), err
}

// apart returns which of the entries' payments and refunds are settled by themselves,
// for the figures that ask for it.
func (f Figure) apart(
	ctx context.Context, reader db.Reader, entries []ledger.Entry, gross bool,
) (map[ids.ID]bool, error) {
	if !gross || f.Name != FigureNet && f.Name != FigureGross && f.Name != FigureDay {
		return nil, nil
	}
	return instruct.Apart(ctx, reader, f.ParticipantID, db.Column(entries, func(e ledger.Entry) ids.ID { return e.SubjectID }))
}

// has says that an entry of the account in the window is part of the figure; apart
// that its payment is settled by itself.
func (f Figure) has(e ledger.Entry, apart bool) bool {
	switch f.Name {
	case FigureNet, FigureDay:
		return e.Kind != ledger.KindSettlement && !apart
	case FigureGross:
		return apart
	case FigurePayments:
		return e.Kind == ledger.KindPayment
	case FigureRefunds:
		return e.Kind == ledger.KindReturn
	case FigureService:
		return e.Kind == ledger.KindFee
	case FigureScheduled:
		return e.Kind == ledger.KindSchedule
	case FigureAdjustments:
		return e.Kind == ledger.KindAdjustment
	case FigureSettled:
		return e.Kind == ledger.KindSettlement
	default: // the opening balance
		return true
	}
}

func (f Figure) explained(e ledger.Entry) Explained {
	x := Explained{Entry: e, Signed: e.Amount}
	if e.Debit == f.account() {
		x.Signed.Minor = -x.Signed.Minor
	}
	return x
}

// explainItem finds the entries of one payment or refund.
func explainItem(ctx context.Context, reader db.Reader, f Figure, id ids.ID, fee bool) ([]Explained, error) {
	paymentID := id
	returned, err := findReturn(ctx, reader, id)
	switch {
	case err == nil:
		paymentID = returned.PaymentID
	case reason.Of(err) != reason.NotFound:
		return nil, err
	}
	entries, err := ledger.EntriesOf(ctx, reader, paymentID)
	if err != nil {
		return nil, err
	}
	var list []Explained
	for _, e := range entries {
		own := (e.Debit == f.account() || e.Credit == f.account()) && e.Amount.Currency == f.Currency
		if own && e.SubjectID == id && e.WindowID == f.Window.ID && (e.Kind == ledger.KindFee) == fee {
			list = append(list, f.explained(e))
		}
	}
	if len(list) == 0 && !fee {
		return nil, reason.New(reason.NotFound, "engine.Explain", "")
	}
	return list, nil
}

// leftOut are entries of the window that are in no file, of the figures that are
// read from files.
func (f Figure) leftOut(ctx context.Context, reader db.Reader, gross bool) (map[ids.ID]bool, error) {
	if gross || f.Name != FigurePayments && f.Name != FigureRefunds && f.Name != FigureService {
		return nil, nil
	}
	return cancelledIn(ctx, reader, f.Window.ID, f.ParticipantID)
}

// NetOf returns what the books say of the net of a figure's window, or of its day.
func NetOf(ctx context.Context, reader db.Reader, f Figure) (money.Amount, error) {
	sum, windows := money.New(0, f.Currency), []window.Window{f.Window}
	if f.Name == FigureDay {
		var err error
		if windows, err = f.windows(ctx, reader, 0); err != nil {
			return sum, err
		}
	}
	for _, w := range windows {
		nets, err := window.Nets(ctx, reader, w.ID)
		if err != nil {
			return sum, err
		}
		for _, net := range nets {
			if net.Owner == f.ParticipantID && net.Currency == f.Currency {
				sum.Minor += net.Amount().Minor
			}
		}
	}
	return sum, nil
}
