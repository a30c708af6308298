package route

import (
	"fmt"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Corridor is the ordered pair of payer and merchant country with its rules.
type Corridor struct {
	PayerCountry    string
	MerchantCountry string
	// PayerMarkup and MerchantMarkup are added to the exchange rate of each
	// leg, in basis points.
	PayerMarkup    int64
	MerchantMarkup int64
	// Limit is the largest payment, in the merchant's currency.
	Limit money.Amount
	// Minimum is the smallest one in minor units of the same currency; 0 means any.
	Minimum int64
	// Hours are when payments may start.
	Hours Hours
	// Wallets are the only ones that may pay; none means all of the country.
	Wallets []string
	// Closed corridors carry no new payments.
	Closed bool
}

// walletsMost bounds the wallets of a corridor: more of one country than there are.
const walletsMost = 100

// markupMax is 20 %: above it somebody has mistaken the unit.
const markupMax = 2_000

// Name is how people write a corridor: "HK-JP".
func (c Corridor) Name() string { return c.PayerCountry + "-" + c.MerchantCountry }

// Problem returns what is wrong with a corridor by itself, and "" if nothing is.
func (c Corridor) Problem() string {
	unknown := func(id string) bool { return !participantID.MatchString(id) }
	switch {
	case !countryCode.MatchString(c.PayerCountry), !countryCode.MatchString(c.MerchantCountry):
		return "a country is two capital letters"
	case min(c.PayerMarkup, c.MerchantMarkup) < 0, max(c.PayerMarkup, c.MerchantMarkup) > markupMax:
		return fmt.Sprintf("a markup is 0 to %d basis points", markupMax)
	case !c.Limit.IsPositive():
		return "limit must be an amount above zero"
	case c.Minimum < 0 || c.Minimum > c.Limit.Minor:
		return "minimum must be an amount of zero to the limit"
	case len(c.Wallets) > walletsMost || slices.ContainsFunc(c.Wallets, unknown):
		return fmt.Sprintf("wallets are at most %d ids of participants", walletsMost)
	default:
		return ""
	}
}

// admit returns why a payment of the wallet may not use the corridor at a time. An
// amount of zero asks whether any would do.
func (c Corridor) admit(wallet Participant, amount money.Amount, at time.Time) error {
	const op = "route.Corridor"
	switch {
	case c.Closed:
		return reason.New(reason.Unsupported, op, c.Name()+" is closed")
	case len(c.Wallets) > 0 && !slices.Contains(c.Wallets, wallet.ID):
		return reason.New(reason.Unsupported, op, c.Name()+" is not open for "+wallet.ID)
	case !c.Hours.Open(at):
		return reason.New(reason.MethodUnavailable, op, c.Name()+" opens "+c.Hours.String())
	case amount.Currency != c.Limit.Currency:
		return reason.New(reason.UnsupportedCurrency, op, string(amount.Currency)+" in "+c.Name())
	case amount.Minor > c.Limit.Minor:
		return reason.New(reason.AmountLimit, op, c.Name())
	case amount.Minor > 0 && amount.Minor < c.Minimum:
		return reason.New(reason.AmountTooSmall, op, c.Name())
	default:
		return nil
	}
}
