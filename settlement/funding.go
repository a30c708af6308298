package settlement

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// ErrPrefunding means that a cap is not to be corrected: it counts what is on the account
// already, or something else is there than was agreed on.
var ErrPrefunding = errors.New("settlement: prefunding needs another correction, or none")

// CheckPrefunding returns why the cap of a position cannot be corrected to an amount:
// [ErrPrefunding], or nothing.
func CheckPrefunding(ctx context.Context, reader db.Reader, participant string, agreed money.Amount) error {
	account := ledger.Account{Owner: participant, Purpose: ledger.Prefunding}.ID(agreed.Currency)
	there, err := ledger.NetOf(ctx, reader, account)
	if err != nil {
		return err
	}
	limits, err := position.Limits(ctx, reader)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(limits, func(l position.Limit) bool {
		return l.ParticipantID == participant && l.Currency == agreed.Currency
	})
	switch {
	case i < 0:
		return position.ErrNoPosition
	case there != agreed.Minor:
		return fmt.Errorf("%w: %s are on %s", ErrPrefunding, money.New(there, agreed.Currency), account)
	case limits[i].Prefunded == there:
		return fmt.Errorf("%w: the cap counts %s as %s does", ErrPrefunding, agreed, account)
	default:
		return nil
	}
}

// CorrectPrefunding makes the cap of a position count what is on the participant's
// prefunding account, which is the amount that people have agreed on: [ErrPrefunding] if
// not. Nothing is booked: the ledger is right, and the cap is what was forgotten.
func CorrectPrefunding(ctx context.Context, tx db.Tx, participant string, agreed money.Amount) error {
	if err := CheckPrefunding(ctx, tx, participant, agreed); err != nil {
		return err
	}
	return position.SetPrefunded(ctx, tx, participant, agreed)
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
