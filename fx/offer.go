package fx

import (
	"time"

	"github.com/causeway-pay/causeway/money"
)

// Request is a payment that somebody wants priced.
type Request struct {
	// Amount is what the merchant is to be paid, in the merchant's currency.
	Amount money.Amount
	// PayerCurrency and MerchantCurrency are what wallet and acquirer settle in.
	PayerCurrency, MerchantCurrency money.Currency
	// Corridor is payer's and merchant's country: "HK-JP".
	Corridor             string
	WalletID, AcquirerID string
	// Product is the way of paying.
	Product string
	// PayerMarkup and MerchantMarkup are the corridor's own markups, which count
	// where the tariff states none.
	PayerMarkup, MerchantMarkup int64
	// BookCurrency is what the amount's worth is stated in; "" leaves it out.
	BookCurrency money.Currency
	At           time.Time
}

// Offer is the price of a payment on both legs.
type Offer struct {
	Payer, Merchant Price
	// PayerTerms and MerchantTerms are what the legs were priced under.
	PayerTerms, MerchantTerms Terms
	// Worth is the amount in the book's currency at the middle rate.
	Worth money.Amount
}

// Offer prices both legs directly from the merchant's currency, each with one
// rounding. Errors are those of [Board.Price].
func (b *Board) Offer(tariff *Tariff, request Request) (Offer, error) {
	var offer Offer
	var ask Ask
	var err error
	ask, offer.PayerTerms = request.ask(tariff, LegPayer)
	if offer.Payer, err = b.Price(ask); err != nil {
		return Offer{}, err
	}
	ask, offer.MerchantTerms = request.ask(tariff, LegMerchant)
	if offer.Merchant, err = b.Price(ask); err != nil {
		return Offer{}, err
	}
	if request.BookCurrency == "" {
		return offer, nil
	}
	offer.Worth, err = Worth(b, request.Amount, request.BookCurrency)
	return offer, err
}

// ask is the question for one leg, and the terms that it is asked under.
func (r Request) ask(tariff *Tariff, leg Leg) (Ask, Terms) {
	ask := Ask{Amount: r.Amount, Into: r.PayerCurrency, Side: PayIn, MarkupBasisPoints: r.PayerMarkup, At: r.At}
	scope := Scope{Corridor: r.Corridor, PartnerID: r.WalletID, Product: r.Product}
	if leg == LegMerchant {
		ask.Into, ask.Side, ask.MarkupBasisPoints = r.MerchantCurrency, PayOut, r.MerchantMarkup
		scope.PartnerID = r.AcquirerID
	}
	terms := tariff.Terms(scope, leg, r.Amount.Minor, ask.Into, r.At)
	if !terms.Priced {
		terms.MarkupBasisPoints = ask.MarkupBasisPoints
	}
	ask.MarkupBasisPoints = terms.MarkupBasisPoints
	ask.Fee, ask.Promotion, ask.Rounding = terms.Fee, terms.Promotion, terms.Rounding
	return ask, terms
}
