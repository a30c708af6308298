package route

import (
	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Printed is what the code of a payment scheme says by itself about the payments that
// are made with it. A code that is none says nothing.
type Printed struct {
	// Static codes stand for a place: each scan makes a payment of its own.
	Static bool
	// Amount is asked for; zero if the code states none. With Tip it may be more.
	Amount money.Amount
	Tip    bool
}

// ReadPrinted reads a merchant code.
func ReadPrinted(text string) Printed {
	code, err := emvqr.Parse(text)
	if err != nil || code.Form != emvqr.MerchantForm {
		return Printed{}
	}
	printed := Printed{Static: code.Merchant.Static()}
	if amount, stated, err := code.Merchant.Amount(); err == nil && stated {
		printed.Amount = amount
	}
	tip, err := code.Merchant.Tip()
	printed.Tip = err != nil || tip != (emvqr.Tip{})
	return printed
}

// Wanted returns the amount that the order behind the code must have: what the code
// asks for, or else what the payer has typed; zero if nobody says. Two that differ are
// InvalidRequest.
func (p Printed) Wanted(typed money.Amount) (money.Amount, error) {
	switch {
	case p.Amount.Currency == "":
		return typed, nil
	case typed.Currency == "" || p.fits(p.Amount, typed):
		return p.Amount, nil
	default:
		return money.Amount{}, reason.New(reason.InvalidRequest, "route.Printed", "another amount than the code asks for")
	}
}

// Check refuses the order of an acquirer whose amount is not the one that is wanted, as
// Failed: payers would be shown another sum than the merchant shows them.
func (p Printed) Check(wanted, order money.Amount) error {
	if wanted.Currency == "" || p.fits(wanted, order) {
		return nil
	}
	return reason.New(reason.Failed, "route.Printed", "the order is about another amount than the code")
}

func (p Printed) fits(wanted, amount money.Amount) bool {
	return amount == wanted || p.Tip && amount.Currency == wanted.Currency && amount.Minor > wanted.Minor
}
