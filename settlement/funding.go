package settlement

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

// Funding is a movement of prefunding as it is booked.
type Funding struct {
	position.Movement
	// Region is whose open window the entry is in.
	Region string
	// EffectiveAt is the bank's value date.
	EffectiveAt time.Time
}

// Fund books prefunding that has come in, or goes out if the amount is negative:
// between the participant's prefunding account and the hub's at the settlement bank,
// together with the cap that it covers.
func Fund(ctx context.Context, tx db.Tx, f Funding) error {
	if err := position.Fund(ctx, tx, f.Movement); err != nil {
		return err
	}
	windowID, err := window.Current(ctx, tx, f.Region)
	if err != nil {
		return err
	}
	nostro := ledger.HubAccount(ledger.Nostro)
	prefunding := ledger.Account{Owner: f.ParticipantID, Purpose: ledger.Prefunding}
	currency := f.Amount.Currency
	if err := ledger.OpenAccounts(ctx, tx, []string{nostro.ID(currency), prefunding.ID(currency)}); err != nil {
		return err
	}
	entry := ledger.Entry{
		ID: ids.Derive(f.ID, "entry", 1), Region: f.Region, PaymentID: f.ID, SubjectID: f.ID, Sequence: 1,
		Kind: ledger.KindFunding, Debit: nostro, Credit: prefunding, Amount: f.Amount, WindowID: windowID, BookedAt: f.At,
		EffectiveAt: f.EffectiveAt,
	}
	if f.Amount.Minor < 0 {
		entry.Debit, entry.Credit, entry.Amount = prefunding, nostro, money.New(-f.Amount.Minor, currency)
	}
	return ledger.Post(ctx, tx, []ledger.Entry{entry})
}
