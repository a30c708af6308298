package settlement

import (
	"context"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// Leg is one side of a payment in that side's settlement currency.
type Leg struct {
	ParticipantID string
	// Amount is what the participant pays or is paid.
	Amount money.Amount
	// Markup is the hub's part of the exchange rate, never negative.
	Markup money.Amount
	// Residue is what rounding to whole minor units left to the hub; negative
	// if the hub had to add it.
	Residue money.Amount
	// Spread is the distance from the middle rate to the sources' bid or ask, Fee
	// a fixed fee of the rate; neither is negative. Both are zero where they have
	// no currency.
	Spread, Fee money.Amount
	// Promotion is what Sponsor pays of the price, never negative.
	Promotion money.Amount
	Sponsor   string
}

// Income is what the hub earns on the leg: markup, spread, fee and residue, in
// minor units.
func (l Leg) Income() int64 { return l.Markup.Minor + l.Spread.Minor + l.Fee.Minor + l.Residue.Minor }

// Booking is a payment, or the return of a part of one, that is to be posted.
type Booking struct {
	// SubjectID is the payment's or the return's id and that of its reservation.
	SubjectID ids.ID
	PaymentID ids.ID
	Region    string
	At        time.Time
	Payer     Leg
	Merchant  Leg
	// Fee is charged to the merchant's side, in the currency of its leg.
	Fee money.Amount
	// Return turns every entry round: the merchant's side pays.
	Return bool
}

// reserved is what was reserved for the booking: what its payer pays, who is the merchant
// of a return.
func (b Booking) reserved() position.Reservation {
	from := b.Payer
	if b.Return {
		from = b.Merchant
	}
	return position.Reservation{ID: b.SubjectID, Region: b.Region, ParticipantID: from.ParticipantID, Amount: from.Amount}
}

// Book posts the reservations of bookings of one region and writes their entries, the
// changed positions and the figures of the open window, whose id it returns. What
// many bookings change is changed once. What is to be paid out to a participant that
// settles gross is set aside.
func (b *Booker) Book(ctx context.Context, tx db.Tx, bookings ...Booking) (ids.ID, error) {
	windowID, gross, err := b.terms(ctx, tx, bookings)
	if err != nil {
		return ids.Nil, err
	}
	var all posting
	for _, booking := range bookings {
		if booking.Region != bookings[0].Region {
			return ids.Nil, fmt.Errorf("settlement: book: %s and %s together", bookings[0].Region, booking.Region)
		}
		all.add(booking, Entries(booking, windowID), gross)
	}
	if err := ledger.Post(ctx, tx, all.entries); err != nil {
		return ids.Nil, err
	}
	if err := position.Post(ctx, tx, all.reservations, all.changes...); err != nil {
		return ids.Nil, err
	}
	return windowID, all.count(ctx, tx, windowID, b.Calendars)
}

// posting is what bookings write together.
type posting struct {
	entries      []ledger.Entry
	reservations []position.Reservation
	changes      []position.Change
	// netted count in the figures of the window; apart are settled by themselves, as
	// dues.
	netted, apart []window.Movement
	dues          []instruct.Due
}

// add adds a booking with its entries. What it comes to for a participant that settles
// gross is due by itself, unless that is nothing.
func (p *posting) add(booking Booking, own []ledger.Entry, gross map[position.Key]bool) {
	p.entries, p.reservations = append(p.entries, own...), append(p.reservations, booking.reserved())
	p.changes = append(p.changes, unreserved(own)...)
	apart := map[position.Key]bool{}
	for _, leg := range []Leg{booking.Payer, booking.Merchant} {
		at := position.Key{ParticipantID: leg.ParticipantID, Currency: leg.Amount.Currency}
		amount := owed(own, at)
		if !gross[at] || amount.IsZero() || apart[at] {
			continue
		}
		apart[at] = true
		if amount.Minor > 0 {
			p.changes = append(p.changes, position.Change{
				ParticipantID: at.ParticipantID, Debit: money.New(0, at.Currency), Region: booking.Region, Paying: amount.Minor,
			})
		}
		p.dues = append(p.dues, instruct.Due{
			SubjectID: booking.SubjectID, Region: booking.Region, ParticipantID: at.ParticipantID, Amount: amount, At: booking.At,
		})
	}
	for _, entry := range own {
		switch at, moved := participantOf(entry); {
		case !moved:
		case apart[at]:
			p.apart = append(p.apart, sides(entry)...)
		default:
			p.netted = append(p.netted, sides(entry)...)
		}
	}
}

// count writes the figures of the window, and the obligations that are none of it.
func (p *posting) count(ctx context.Context, tx db.Tx, windowID ids.ID, calendars window.Calendars) error {
	if err := window.Add(ctx, tx, windowID, p.netted); err != nil {
		return err
	}
	if err := window.AddGross(ctx, tx, windowID, p.apart); err != nil {
		return err
	}
	obligations := make([]instruct.Obligation, len(p.dues))
	for i, due := range p.dues {
		var err error
		if obligations[i], err = instruct.Gross(due, calendars); err != nil {
			return err
		}
	}
	instruct.InsertGross(tx, obligations)
	return nil
}

// owed is what entries come to for a position: positive if its owner is owed.
func owed(entries []ledger.Entry, of position.Key) money.Amount {
	own, sum := ledger.PositionOf(of.ParticipantID), money.New(0, of.Currency)
	for _, entry := range entries {
		switch {
		case entry.Amount.Currency != of.Currency:
		case entry.Credit == own:
			sum.Minor += entry.Amount.Minor
		case entry.Debit == own:
			sum.Minor -= entry.Amount.Minor
		}
	}
	return sum
}

// participantOf is the position that an entry of a booking moves, if it does: the other
// side is the hub's.
func participantOf(entry ledger.Entry) (position.Key, bool) {
	for _, side := range []ledger.Account{entry.Debit, entry.Credit} {
		if side.Purpose == ledger.Position {
			return position.Key{ParticipantID: side.Owner, Currency: entry.Amount.Currency}, true
		}
	}
	return position.Key{}, false
}

// sides are what an entry adds to the figures of its two owners.
func sides(entry ledger.Entry) []window.Movement {
	return []window.Movement{
		{Owner: entry.Debit.Owner, Debit: entry.Amount}, {Owner: entry.Credit.Owner, Credit: entry.Amount},
	}
}

// entriesRoom is how many entries most bookings have at most.
const entriesRoom = 6

// Entries returns the entries of a booking. The first is always the debit that
// was reserved.
func Entries(booking Booking, windowID ids.ID) []ledger.Entry {
	list := entryList{booking: booking, windowID: windowID, entries: make([]ledger.Entry, 0, entriesRoom)}
	principal := ledger.KindPayment
	if booking.Return {
		principal = ledger.KindReturn
	}
	exchange := ledger.HubAccount(ledger.Exchange)
	payer := ledger.PositionOf(booking.Payer.ParticipantID)
	merchant := ledger.PositionOf(booking.Merchant.ParticipantID)
	if booking.Return {
		list.add(principal, exchange, merchant, booking.Merchant.Amount)
		list.add(principal, payer, exchange, booking.Payer.Amount)
	} else {
		list.add(principal, payer, exchange, booking.Payer.Amount)
		list.add(principal, exchange, merchant, booking.Merchant.Amount)
	}
	for _, leg := range []Leg{booking.Payer, booking.Merchant} {
		list.add(ledger.KindMarkup, exchange, ledger.HubAccount(ledger.Markup), leg.Markup)
		list.add(ledger.KindSpread, exchange, ledger.HubAccount(ledger.Spread), leg.Spread)
		list.add(ledger.KindFee, exchange, ledger.HubAccount(ledger.Fee), leg.Fee)
		list.add(ledger.KindPromotion, ledger.Account{Owner: leg.Sponsor, Purpose: ledger.Promotion}, exchange, leg.Promotion)
		list.add(ledger.KindRounding, exchange, ledger.HubAccount(ledger.Rounding), leg.Residue)
	}
	list.add(ledger.KindFee, merchant, ledger.HubAccount(ledger.Fee), booking.Fee)
	return list.entries
}

type entryList struct {
	booking  Booking
	windowID ids.ID
	entries  []ledger.Entry
}

// add appends one entry; nothing for nothing, and a negative amount or a return
// each turn the entry round.
func (l *entryList) add(kind ledger.Kind, debit, credit ledger.Account, amount money.Amount) {
	if amount.Minor == 0 {
		return
	}
	if (amount.Minor < 0) != l.booking.Return {
		debit, credit = credit, debit
	}
	sequence := int16(len(l.entries) + 1)
	l.entries = append(l.entries, ledger.Entry{
		ID:        ids.Derive(l.booking.SubjectID, "entry", int64(sequence)),
		Region:    l.booking.Region,
		PaymentID: l.booking.PaymentID,
		SubjectID: l.booking.SubjectID,
		Sequence:  sequence,
		Kind:      kind,
		Debit:     debit,
		Credit:    credit,
		Amount:    money.New(max(amount.Minor, -amount.Minor), amount.Currency),
		WindowID:  l.windowID,
		BookedAt:  l.booking.At, EffectiveAt: l.booking.At,
	})
}

// unreserved are the changes of positions by the entries of a booking, but for the
// first entry's debit, which was reserved.
func unreserved(entries []ledger.Entry) []position.Change {
	var changes []position.Change
	for i, entry := range entries {
		if i > 0 && entry.Debit.Purpose == ledger.Position {
			changes = append(changes, position.Change{
				ParticipantID: entry.Debit.Owner, Debit: entry.Amount, Region: entry.Region,
			})
		}
		if entry.Credit.Purpose == ledger.Position {
			credit := money.New(-entry.Amount.Minor, entry.Amount.Currency)
			changes = append(changes, position.Change{
				ParticipantID: entry.Credit.Owner, Debit: credit, Region: entry.Region,
			})
		}
	}
	return changes
}

// Onboard opens what a participant needs to pay and be paid in a currency: its
// position with a net debit cap, its account and the hub's in that currency.
func Onboard(ctx context.Context, tx db.Tx, participant, region string, limit money.Amount) error {
	if err := position.Open(ctx, tx, participant, region, limit); err != nil {
		return err
	}
	if err := ledger.OpenAccounts(ctx, tx, []string{ledger.PositionOf(participant).ID(limit.Currency)}); err != nil {
		return fmt.Errorf("settlement: onboard %s: %w", participant, err)
	}
	return OpenHub(ctx, tx, limit.Currency)
}

// OpenHub opens the hub's accounts in a currency where they are missing.
func OpenHub(ctx context.Context, tx db.Tx, currency money.Currency) error {
	var accounts []string
	for _, purpose := range []ledger.Purpose{
		ledger.Exchange, ledger.Markup, ledger.Rounding, ledger.Fee, ledger.Spread, ledger.Promotion, ledger.Deal,
		ledger.Revaluation, ledger.Unrealised, ledger.Realised,
	} {
		accounts = append(accounts, ledger.HubAccount(purpose).ID(currency))
	}
	if err := ledger.OpenAccounts(ctx, tx, accounts); err != nil {
		return fmt.Errorf("settlement: open the hub's accounts in %s: %w", currency, err)
	}
	return nil
}

// OpenSponsor opens the account on which a sponsor owes for promotions in a
// currency.
func OpenSponsor(ctx context.Context, tx db.Tx, sponsor string, currency money.Currency) error {
	account := ledger.Account{Owner: sponsor, Purpose: ledger.Promotion}
	if err := ledger.OpenAccounts(ctx, tx, []string{account.ID(currency)}); err != nil {
		return fmt.Errorf("settlement: open sponsor %s: %w", sponsor, err)
	}
	return nil
}
