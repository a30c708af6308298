package engine

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/window"
)

// booked values a payment for the book: what its amount is worth, and what the
// hub earns on each leg.
func booked(record Record, corridor string, worth money.Amount) (Booked, error) {
	booking := record.booking(record.CreatedAt)
	payer, err := worthOf(booking.Payer.Income(), record.Detail.Payer.Price.AtMid, worth)
	if err != nil {
		return Booked{}, err
	}
	merchant, err := worthOf(booking.Merchant.Income()+record.Fee.Minor, record.Detail.Merchant.Price.AtMid, worth)
	return Booked{
		Corridor: corridor, Product: string(record.Mode), Worth: worth, PayerIncome: payer, MerchantIncome: merchant,
	}, err
}

// worthOf is what an income is worth, when the whole leg at the middle rate is
// worth the payment's amount. On a leg of less than half a minor unit it is
// nothing.
func worthOf(income int64, atMid, worth money.Amount) (money.Amount, error) {
	if atMid.Minor == 0 {
		return money.New(0, worth.Currency), nil
	}
	whole, rest := income/atMid.Minor, max(income%atMid.Minor, -(income%atMid.Minor))
	if most := int64(math.MaxInt64) / max(1, worth.Minor); whole >= most || whole <= -most {
		return money.Amount{}, reason.New(reason.AmountLimit, "engine.worthOf", "the income has more than 18 digits")
	}
	part, err := money.Prorate(worth, rest, atMid.Minor, money.HalfEven)
	if err != nil {
		return money.Amount{}, reason.Wrap(reason.AmountLimit, "engine.worthOf", err)
	}
	if income < 0 {
		part.Minor = -part.Minor
	}
	return money.New(whole*worth.Minor+part.Minor, worth.Currency), nil
}

// flows are what a booking adds to the hub's exposure: on each leg what passes
// the exchange account, at the cost that both legs share.
func flows(calendars window.Calendars, b settlement.Booking, booked Booked) []book.Flow {
	sign := int64(1)
	if b.Return {
		sign = -1
	}
	flow := func(number int64, leg settlement.Leg, minor, income int64, cost, incomeWorth int64) book.Flow {
		return book.Flow{
			ID: ids.Derive(b.SubjectID, "flow", number), Region: b.Region, SubjectID: b.SubjectID, PaymentID: b.PaymentID,
			Key: book.Key{
				Corridor: booked.Corridor, PartnerID: leg.ParticipantID, Currency: leg.Amount.Currency,
				ValueDate: calendars.Of(leg.Amount.Currency).ValueDate(b.At),
			},
			Minor: sign * minor, Cost: sign * cost, Income: sign * income, IncomeWorth: sign * incomeWorth, At: b.At,
		}
	}
	in := b.Payer.Amount.Minor - b.Payer.Income() + b.Payer.Promotion.Minor
	out := b.Merchant.Amount.Minor + b.Merchant.Income() - b.Merchant.Promotion.Minor
	worth := booked.Worth.Minor
	return []book.Flow{
		flow(1, b.Payer, in, b.Payer.Income(), worth, booked.PayerIncome.Minor),
		flow(2, b.Merchant, -out, b.Merchant.Income()+b.Fee.Minor, -worth, booked.MerchantIncome.Minor),
	}
}

// posting is a payment or return that is to be booked.
type posting struct {
	booking settlement.Booking
	booked  Booked
	// windowID is where the window is written that it belongs to.
	windowID *ids.ID
}

// post books payments and returns with their flows, those of each region together.
func (e *Engine) post(ctx context.Context, tx db.Tx, postings []*posting) error {
	regions := map[string][]*posting{}
	for _, p := range postings {
		regions[p.booking.Region] = append(regions[p.booking.Region], p)
	}
	for _, region := range slices.Sorted(maps.Keys(regions)) {
		if err := e.postIn(ctx, tx, regions[region]); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) postIn(ctx context.Context, tx db.Tx, postings []*posting) error {
	bookings := db.Column(postings, func(p *posting) settlement.Booking { return p.booking })
	windowID, err := e.booker.Book(ctx, tx, bookings...)
	if err != nil {
		return err
	}
	var counted []fees.Volume
	var entered []book.Flow
	for _, p := range postings {
		*p.windowID = windowID
		counted = append(counted, volumes(p.booking, p.booked)...)
		entered = append(entered, flows(e.options.Calendars, p.booking, p.booked)...)
	}
	if err := fees.Count(ctx, tx, windowID, counted); err != nil {
		return err
	}
	return book.Enter(ctx, tx, entered)
}

// BookDeal books a deal with a liquidity provider: its flows, and one entry in
// each currency between the exchange account and what providers owe. A deal that
// was booked before is [reason.Inconsistent].
func (e *Engine) BookDeal(ctx context.Context, tx db.Tx, deal book.Deal) error {
	const op = "engine.BookDeal"
	deal.Region = e.options.Region
	made, err := book.InsertDeal(ctx, tx, deal)
	if err != nil {
		return err
	}
	if !made {
		return reason.New(reason.Inconsistent, op, "the counterparty's reference is booked")
	}
	list, err := deal.Flows(e.Pricer, e.options.BookCurrency)
	if err != nil {
		return err
	}
	if err := book.Enter(ctx, tx, list); err != nil {
		return err
	}
	for _, currency := range []money.Currency{deal.Buy.Currency, deal.Sell.Currency} {
		if err := settlement.OpenHub(ctx, tx, currency); err != nil {
			return err
		}
	}
	exchange, owed := ledger.HubAccount(ledger.Exchange), ledger.HubAccount(ledger.Deal)
	return e.postHub(ctx, tx, deal.ID, deal.At, []movement{
		{ledger.KindDeal, owed, exchange, deal.Buy}, {ledger.KindDeal, exchange, owed, deal.Sell},
	})
}

// Revalue values the book at the end of a day, once: what was gained and what
// became final are entries, one of each for every position. The exchange rates
// are the last known.
func (e *Engine) Revalue(ctx context.Context, day time.Time) (book.Valuation, error) {
	now := e.Clock.Now()
	v := book.Valuation{ID: ids.New(), Region: e.options.Region, Day: day, Currency: e.options.BookCurrency, At: now}
	err := e.commit(ctx, "engine.Revalue", func(ctx context.Context, tx db.Tx) error {
		if err := book.Close(ctx, tx, e.Pricer, &v); err != nil {
			return err
		}
		if err := settlement.OpenHub(ctx, tx, v.Currency); err != nil {
			return err
		}
		revaluation, unrealised := ledger.HubAccount(ledger.Revaluation), ledger.HubAccount(ledger.Unrealised)
		realised := ledger.HubAccount(ledger.Realised)
		var list []movement
		for _, line := range v.Lines {
			list = append(list,
				movement{ledger.KindRevaluation, revaluation, unrealised, money.New(line.Gain, v.Currency)},
				movement{ledger.KindRealisation, unrealised, realised, money.New(line.Realised, v.Currency)})
		}
		return e.postHub(ctx, tx, v.ID, now, list)
	})
	return v, err
}

// movement is an entry between two accounts of the hub; a negative amount turns
// it round, and nothing is no entry.
type movement struct {
	kind          ledger.Kind
	debit, credit ledger.Account
	amount        money.Amount
}

// sequenceMax is how many entries one subject may have. A book of more positions
// is revalued under further subjects.
const sequenceMax = 1 << 14

// postHub posts entries that move nothing between participants.
func (e *Engine) postHub(ctx context.Context, tx db.Tx, subject ids.ID, at time.Time, list []movement) error {
	windowID, err := window.Current(ctx, tx, e.options.Region)
	if err != nil {
		return err
	}
	var entries []ledger.Entry
	for _, m := range list {
		if m.amount.Minor == 0 {
			continue
		}
		if m.amount.Minor < 0 {
			m.debit, m.credit, m.amount.Minor = m.credit, m.debit, -m.amount.Minor
		}
		number := len(entries)
		part := ids.Derive(subject, "part", int64(number/sequenceMax))
		if number < sequenceMax {
			part = subject
		}
		entries = append(entries, ledger.Entry{
			ID: ids.Derive(subject, "entry", int64(number)), Region: e.options.Region, PaymentID: subject, SubjectID: part,
			Sequence: int16(number%sequenceMax + 1), Kind: m.kind, Debit: m.debit, Credit: m.credit, Amount: m.amount,
			WindowID: windowID, BookedAt: at,
		})
	}
	if err := ledger.Post(ctx, tx, entries); err != nil {
		return fmt.Errorf("engine: post for the hub: %w", err)
	}
	return nil
}

// WatchExposure compares exposure with its limits once, and returns the alerts
// that were raised and cleared.
func (e *Engine) WatchExposure(ctx context.Context) (raised, cleared []book.Alert, err error) {
	at := e.Clock.Now()
	err = e.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		var err error
		raised, cleared, err = book.Watch(ctx, tx, e.options.Region, at)
		return err
	})
	if err == nil {
		e.metrics.alerted(ctx, raised)
	}
	return raised, cleared, err
}
