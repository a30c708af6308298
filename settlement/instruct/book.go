package instruct

import (
	"context"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// booking is what the entries of one step have in common.
type booking struct {
	obligation Obligation
	subject    ids.ID
	at         time.Time
}

// movement is an entry without its place in the books. Netted says that it
// counts in the figures of the open window; otherwise it discharges what an
// earlier one left.
type movement struct {
	booking
	kind          ledger.Kind
	debit, credit ledger.Account
	amount        money.Amount
	netted        bool
}

// settlement is money that a bank moved between the hub's account and the
// participant.
func (b booking) settlement(amount money.Amount) []movement {
	return []movement{b.discharge(ledger.HubAccount(ledger.Nostro), amount)}
}

// discharge takes an amount of the obligation off the participant's position,
// against an account of the hub's.
func (b booking) discharge(against ledger.Account, amount money.Amount) movement {
	own := ledger.PositionOf(b.obligation.ParticipantID)
	m := movement{booking: b, kind: ledger.KindSettlement, debit: against, credit: own, amount: amount}
	if b.obligation.Direction == PayOut {
		m.debit, m.credit = own, against
	}
	return m
}

// owe adds an amount to what a participant owes or is owed in the open window.
func (b booking) owe(participant string, direction Direction, against ledger.Account, amount money.Amount) movement {
	own := ledger.PositionOf(participant)
	m := movement{booking: b, kind: ledger.KindAdjustment, debit: own, credit: against, amount: amount, netted: true}
	if direction == PayOut {
		m.debit, m.credit = against, own
	}
	return m
}

// loss is who pays for what is left: the participant's prefunding, the others by
// their shares, and the hub.
func (b booking) loss(ctx context.Context, tx db.Tx, shares []Share) ([]movement, error) {
	rest, currency := b.obligation.Rest(), b.obligation.Amount.Currency
	uncovered, err := Uncovered(ctx, tx, b.obligation)
	if err != nil {
		return nil, err
	}
	prefunding, own := prefundingOf(b.obligation), money.New(rest.Minor-uncovered.Minor, currency)
	bearer := ledger.HubAccount(ledger.Loss)
	list := []movement{
		b.discharge(prefunding, own), b.discharge(bearer, money.New(rest.Minor-own.Minor, currency)),
	}
	left := rest.Minor - own.Minor
	for _, share := range shares {
		if share.Amount.Currency != currency || share.Amount.Minor <= 0 || share.Amount.Minor > left ||
			share.ParticipantID == b.obligation.ParticipantID {
			return nil, fmt.Errorf("%w: a share of %s for %s, %d are left", ErrAmount, share.Amount, share.ParticipantID, left)
		}
		left -= share.Amount.Minor
		list = append(list, b.owe(share.ParticipantID, PayIn, bearer, share.Amount))
	}
	return list, nil
}

func prefundingOf(o Obligation) ledger.Account {
	return ledger.Account{Owner: o.ParticipantID, Purpose: ledger.Prefunding}
}

// Uncovered is what is left of an obligation after the participant's prefunding
// has paid what is on it.
func Uncovered(ctx context.Context, reader db.Reader, o Obligation) (money.Amount, error) {
	available, err := ledger.NetOf(ctx, reader, prefundingOf(o).ID(o.Amount.Currency))
	rest := o.Rest()
	rest.Minor -= min(rest.Minor, max(0, available))
	return rest, err
}

// book writes movements into the region's open window: entries, positions and
// figures. Movements of nothing are left out.
func book(ctx context.Context, tx db.Tx, movements ...movement) error {
	var entries []ledger.Entry
	var netted, settled []window.Movement
	var windowID ids.ID
	var err error
	for _, m := range movements {
		if m.amount.IsZero() {
			continue
		}
		if windowID == ids.Nil {
			if windowID, err = window.Current(ctx, tx, m.obligation.Region); err != nil {
				return err
			}
		}
		entry := m.entry(windowID, int16(len(entries)+1))
		entries = append(entries, entry)
		if m.netted {
			netted = append(netted, sides(entry)...)
		} else {
			settled = append(settled, sides(entry)...)
		}
		if err := m.release(ctx, tx); err != nil {
			return err
		}
	}
	if len(entries) == 0 {
		return nil
	}
	if err := write(ctx, tx, entries); err != nil {
		return err
	}
	if err := window.Add(ctx, tx, windowID, netted); err != nil {
		return err
	}
	return window.AddSettled(ctx, tx, windowID, settled)
}

// release takes back what was set aside of a pay-out that is discharged.
func (m movement) release(ctx context.Context, tx db.Tx) error {
	if o := m.obligation; m.kind == ledger.KindSettlement && o.Direction == PayOut {
		return position.Settle(ctx, tx, position.Change{
			ParticipantID: o.ParticipantID, Debit: money.New(0, m.amount.Currency), Region: o.Region, Paying: -m.amount.Minor,
		})
	}
	return nil
}

// sides are what an entry adds to the figures of its two owners.
func sides(entry ledger.Entry) []window.Movement {
	return []window.Movement{
		{Owner: counted(entry.Debit), Debit: entry.Amount}, {Owner: counted(entry.Credit), Credit: entry.Amount},
	}
}

// counted is in whose figures a side of an entry counts: only positions are a
// participant's.
func counted(side ledger.Account) string {
	if side.Purpose != ledger.Position {
		return ledger.Hub
	}
	return side.Owner
}

func (m movement) entry(windowID ids.ID, sequence int16) ledger.Entry {
	return ledger.Entry{
		ID: ids.Derive(m.subject, "entry", int64(sequence)), Region: m.obligation.Region, PaymentID: m.obligation.ID,
		SubjectID: m.subject, Sequence: sequence, Kind: m.kind, Debit: m.debit, Credit: m.credit, Amount: m.amount,
		WindowID: windowID, BookedAt: m.at,
	}
}

// write posts entries and changes the positions that they touch, opening the
// accounts of the hub that settlement uses where they are missing.
func write(ctx context.Context, tx db.Tx, entries []ledger.Entry) error {
	for _, entry := range entries {
		var missing []string
		for _, side := range []ledger.Account{entry.Debit, entry.Credit} {
			if side.Purpose != ledger.Position {
				missing = append(missing, side.ID(entry.Amount.Currency))
			}
		}
		if err := ledger.OpenAccounts(ctx, tx, missing); err != nil {
			return err
		}
	}
	if err := ledger.Post(ctx, tx, entries); err != nil {
		return err
	}
	for _, entry := range entries {
		if err := change(ctx, tx, entry.Region, entry.Debit, entry.Amount); err != nil {
			return err
		}
		credit := money.New(-entry.Amount.Minor, entry.Amount.Currency)
		if err := change(ctx, tx, entry.Region, entry.Credit, credit); err != nil {
			return err
		}
	}
	if err := cover(ctx, tx, entries); err != nil {
		return err
	}
	return spend(ctx, tx, entries)
}

// spend takes off caps what entries have taken off prefunding.
func spend(ctx context.Context, tx db.Tx, entries []ledger.Entry) error {
	for _, entry := range entries {
		key := position.Key{ParticipantID: entry.Debit.Owner, Currency: entry.Amount.Currency}
		if entry.Debit.Purpose != ledger.Prefunding {
			continue
		}
		if err := position.Spend(ctx, tx, key, entry.Amount.Minor); err != nil {
			return err
		}
	}
	return nil
}

// cover takes room in all regions for what was debited, which is owed whatever room the
// region of the entries has. It comes after all of them: one may cover another.
func cover(ctx context.Context, tx db.Tx, entries []ledger.Entry) error {
	covered := map[position.Key]bool{}
	for _, entry := range entries {
		key := position.Key{ParticipantID: entry.Debit.Owner, Currency: entry.Amount.Currency}
		if entry.Debit.Purpose != ledger.Position || covered[key] {
			continue
		}
		covered[key] = true
		if err := position.Cover(ctx, tx, key, entry.Region); err != nil {
			return err
		}
	}
	return nil
}

// change adds to what a participant owes, if an account is its position.
func change(ctx context.Context, tx db.Tx, region string, side ledger.Account, debit money.Amount) error {
	if side.Purpose != ledger.Position {
		return nil
	}
	return position.Settle(ctx, tx, position.Change{ParticipantID: side.Owner, Debit: debit, Region: region})
}
