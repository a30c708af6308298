package engine

import (
	"context"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/merchant"
	"github.com/causeway-pay/causeway/switch/route"
)

// payer is who is to pay, as the code or the scan says.
type payer struct {
	walletID  string
	reference string
	name      string
	// quoteID is the firm quote that the wallet presents, if any.
	quoteID ids.ID
}

// terms are what a payment would be carried out on: its corridor, its price on
// both legs and the screening of its parties.
type terms struct {
	decision compliance.Decision
	quotes   []fx.Quote
	// claim is to the firm quote that the payment is made at; nil if to none.
	claim *fx.Claim
	// codeless payments use up no code of ours: another network knows the payer.
	codeless bool
}

// agree finds the terms of a payment for a payer and writes them into the
// record. A refusal is an error with its reason; a decision that was made by
// then is in the terms all the same, so that it can be recorded.
func (e *Engine) agree(ctx context.Context, record *Record, by payer) (terms, error) {
	directory := e.Directory()
	wallet, ok := directory.Participant(by.walletID)
	if !ok {
		return terms{}, reason.New(reason.InvalidCode, "engine.agree", "issuer left")
	}
	acquirer, ok := directory.Participant(record.AcquirerID)
	if !ok {
		return terms{}, reason.New(reason.InvalidContract, "engine.agree", "acquirer left")
	}
	if !regionAllowed(record.Detail.AllowedRegions, wallet) {
		return terms{}, reason.New(reason.MethodUnavailable, "engine.agree", "wallet of another region")
	}
	record.WalletID, record.PayerReference = wallet.ID, by.reference
	record.Detail.PayerName = by.name
	corridor, err := directory.Corridor(wallet, acquirer, record.Amount, e.Clock.Now())
	if err != nil {
		return terms{}, err
	}
	place := merchant.Place{MerchantID: record.Detail.Transfer.Creditor.OtherID, StoreID: record.Detail.StoreID}
	err = merchant.Registered(ctx, e.Pool, acquirer, place, wallet.ID)
	if err != nil {
		return terms{}, err
	}
	p := parties{wallet, acquirer, corridor}
	claim, err := e.price(ctx, record, p, by)
	if err != nil {
		return terms{}, err
	}
	decision, err := e.comply(ctx, *record, p)
	if err != nil {
		return terms{decision: decision}, err
	}
	return terms{decision: decision, quotes: quotesOf(*record), claim: claim}, nil
}

// price finds what the wallet owes and what the acquirer is owed, at the quote
// that one of them was given or at the rates of the moment, and takes the fee. It
// returns the claim to the quote, nil if there is none.
func (e *Engine) price(
	ctx context.Context, record *Record, parties parties, by payer,
) (*fx.Claim, error) {
	request := e.request(parties, record.Amount, productOf(record.Mode))
	request.MerchantCurrency = record.Detail.SettlementCurrency
	firm, claim, err := e.quoted(ctx, record, by)
	if err != nil {
		return claim, err
	}
	if claim == nil {
		firm = fx.Firm{ID: ids.New(), QuotedAt: request.At, ExpiresAt: request.At.Add(e.options.QuoteLife)}
		if firm.Offer, err = e.Pricer.Offer(request); err != nil {
			return nil, err
		}
	}
	offer := firm.Offer
	fee, err := money.Prorate(offer.Merchant.To, parties.acquirer.FeeBasisPoints, 10_000, money.HalfEven)
	if err != nil {
		return claim, reason.Wrap(reason.Unknown, "engine.price", err)
	}
	record.Detail.Payer = priced(firm, fx.LegPayer, offer.Payer, offer.PayerTerms)
	record.Detail.Merchant = priced(firm, fx.LegMerchant, offer.Merchant, offer.MerchantTerms)
	record.PayerAmount, record.MerchantAmount, record.Fee = offer.Payer.To, offer.Merchant.To, fee
	record.Detail.Booked, err = booked(*record, request.Corridor, offer.Worth)
	return claim, err
}

// parties are who a payment is between, and by which rules.
type parties struct {
	wallet, acquirer route.Participant
	corridor         route.Corridor
}

// request asks for the price of a payment between two parties now.
func (e *Engine) request(p parties, amount money.Amount, product string) fx.Request {
	return fx.Request{
		Amount: amount, PayerCurrency: p.wallet.Currency, MerchantCurrency: p.acquirer.Currency,
		Corridor: p.corridor.Name(), WalletID: p.wallet.ID, AcquirerID: p.acquirer.ID, Product: product,
		PayerMarkup: p.corridor.PayerMarkup, MerchantMarkup: p.corridor.MerchantMarkup,
		BookCurrency: e.options.BookCurrency, At: e.Clock.Now(),
	}
}

// productOf is the way of paying that a price is for. An order that was fetched is
// an order code to its wallet, which knows no other name for it.
func productOf(mode connectors.Mode) string {
	if mode.Fetched() {
		mode = connectors.OrderCode
	}
	return string(mode)
}

// quoted finds the firm quote that a payment is to be made at and judges it; a
// payment without one has no claim.
func (e *Engine) quoted(ctx context.Context, record *Record, by payer) (fx.Firm, *fx.Claim, error) {
	claim := &fx.Claim{
		QuoteID: by.quoteID, ParticipantID: record.WalletID, AcquirerID: record.AcquirerID, WalletID: record.WalletID,
		Product: productOf(record.Mode), Amount: record.Amount,
	}
	wanted := record.Detail.Wanted
	if by.quoteID == ids.Nil && wanted != nil {
		claim.QuoteID, claim.ParticipantID = ids.ID(wanted.QuoteID), record.AcquirerID
	}
	if claim.QuoteID == ids.Nil {
		return fx.Firm{}, nil, nil
	}
	firm, err := fx.FindFirm(ctx, e.Pool, claim.QuoteID)
	if err != nil {
		return fx.Firm{}, claim, err
	}
	if err := firm.Judge(*claim, e.Clock.Now()); err != nil {
		return fx.Firm{}, claim, err
	}
	stated := wanted != nil && claim.ParticipantID == record.AcquirerID && wanted.Rate.Valid()
	if stated && wanted.Rate != firm.Offer.Payer.Rate && wanted.Rate != firm.Offer.Merchant.Rate {
		return fx.Firm{}, claim, reason.New(reason.QuoteAltered, "engine.quoted", "another rate")
	}
	return firm, claim, nil
}

// priced is one leg of an offer. A leg without conversion has no quote.
func priced(firm fx.Firm, leg fx.Leg, price fx.Price, terms fx.Terms) Priced {
	p := Priced{Price: price, Refund: terms.Refund, Rounding: terms.Rounding}
	if price.From.Currency != price.To.Currency {
		p.QuoteID, p.QuotedAt, p.ExpiresAt = firm.LegID(leg), firm.QuotedAt, firm.ExpiresAt
	}
	return p
}

// quotesOf returns the firm quotes behind a record's prices.
func quotesOf(r Record) []fx.Quote {
	var quotes []fx.Quote
	add := func(leg fx.Leg, participant string, priced Priced) {
		if priced.QuoteID == ids.Nil {
			return
		}
		quotes = append(quotes, fx.Quote{
			ID: priced.QuoteID, Region: r.Region, PaymentID: r.ID, Leg: leg, ParticipantID: participant,
			Price: priced.Price, QuotedAt: priced.QuotedAt, ExpiresAt: priced.ExpiresAt,
		})
	}
	add(fx.LegPayer, r.WalletID, r.Detail.Payer)
	add(fx.LegMerchant, r.AcquirerID, r.Detail.Merchant)
	return quotes
}
