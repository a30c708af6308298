package instruct

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// Oblige makes and stores the obligations of a window that is closing. What it pays out
// is set aside in the participants' positions. What a participant is owed but has
// reserved against, such as refunds that its payees have asked for, is withheld: it
// is owed in the open window instead, where the refunds will be.
func Oblige(
	ctx context.Context, tx db.Tx, w window.Window, calendars window.Calendars, at time.Time,
) ([]Obligation, error) {
	nets, err := window.Nets(ctx, tx, w.ID)
	if err != nil {
		return nil, err
	}
	// Figures that do not sum to zero are found before anything is set aside for them.
	if _, err := Obligations(w, nets, calendars, at); err != nil {
		return nil, err
	}
	withheld, err := setAside(ctx, tx, w, nets)
	if err != nil {
		return nil, err
	}
	if len(withheld) > 0 {
		if err := withhold(ctx, tx, w, withheld, at); err != nil {
			return nil, err
		}
		if nets, err = window.Nets(ctx, tx, w.ID); err != nil {
			return nil, err
		}
	}
	obligations, err := Obligations(w, nets, calendars, at)
	if err != nil {
		return nil, err
	}
	store(tx, obligations)
	return obligations, nil
}

// setAside sets aside what nets pay out, and returns what of each cannot be.
func setAside(ctx context.Context, tx db.Tx, w window.Window, nets []window.Net) ([]Share, error) {
	var withheld []Share
	for _, net := range nets {
		amount := net.Amount()
		if net.Owner == ledger.Hub || amount.Minor <= 0 {
			continue
		}
		held, err := position.PayOut(ctx, tx, net.Owner, w.Region, amount)
		if err != nil {
			return nil, err
		}
		if rest := amount.Minor - held.Minor; rest > 0 {
			withheld = append(withheld, Share{ParticipantID: net.Owner, Amount: money.New(rest, amount.Currency)})
		}
	}
	return withheld, nil
}

// withhold carries amounts from a closing window to the open one, by two entries each
// that leave the position as it is.
func withhold(ctx context.Context, tx db.Tx, w window.Window, withheld []Share, at time.Time) error {
	open, err := window.Current(ctx, tx, w.Region)
	if err != nil {
		return err
	}
	carried := ledger.HubAccount(ledger.Carried)
	for _, share := range withheld {
		subject := ids.Derive(w.ID, "withheld."+share.ParticipantID+"."+string(share.Amount.Currency), 1)
		b := booking{
			obligation: Obligation{ID: subject, Region: w.Region, ParticipantID: share.ParticipantID}, subject: subject, at: at,
		}
		taken := b.owe(share.ParticipantID, PayIn, carried, share.Amount).entry(w.ID, 1)
		given := b.owe(share.ParticipantID, PayOut, carried, share.Amount).entry(open, 2)
		if err := write(ctx, tx, []ledger.Entry{taken, given}); err != nil {
			return err
		}
		for _, entry := range []ledger.Entry{taken, given} {
			if err := window.Add(ctx, tx, entry.WindowID, sides(entry)); err != nil {
				return err
			}
		}
	}
	return nil
}
