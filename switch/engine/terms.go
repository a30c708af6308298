package engine

import (
	"context"
	"errors"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/route"
)

// payer is who is to pay, as the code or the scan says.
type payer struct {
	walletID  string
	reference string
	name      string
}

// terms are what a payment would be carried out on: its corridor, its price on
// both legs and the screening of its parties.
type terms struct {
	decision compliance.Decision
	quotes   []fx.Quote
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
	record.WalletID, record.PayerReference = wallet.ID, by.reference
	record.Detail.PayerName = by.name
	corridor, err := directory.Corridor(wallet, acquirer, record.Amount)
	if err != nil {
		return terms{}, err
	}
	decision, err := e.screen(ctx, *record)
	if err != nil {
		return terms{decision: decision}, err
	}
	if err := e.price(record, wallet, acquirer, corridor); err != nil {
		return terms{decision: decision}, err
	}
	return terms{decision: decision, quotes: quotesOf(*record)}, nil
}

func (e *Engine) screen(ctx context.Context, record Record) (compliance.Decision, error) {
	decision, err := e.Screener.Screen(ctx, compliance.Subject{
		PaymentID: record.ID,
		Region:    record.Region,
		Parties: []compliance.Party{
			{Role: "payer", Name: record.Detail.PayerName},
			{Role: "buyer", Name: record.Detail.Transfer.Debtor.Name},
			{Role: "merchant", Name: record.Detail.Transfer.Creditor.Name},
		},
	})
	if err != nil {
		return compliance.Decision{}, reason.Wrap(reason.Unknown, "engine.screen", err)
	}
	if decision.Outcome != compliance.Pass {
		return decision, reason.New(reason.Regulation, "engine.screen", "")
	}
	return decision, nil
}

// price converts the merchant's amount into what the wallet owes and what the
// acquirer is owed, each once and directly, and takes the fee.
func (e *Engine) price(record *Record, wallet, acquirer route.Participant, corridor route.Corridor) error {
	now := e.Clock.Now()
	payerLeg, err := e.priceLeg(fx.Ask{
		Amount: record.Amount, Into: wallet.Currency, Side: fx.PayIn, MarkupBasisPoints: corridor.PayerMarkup,
		Rounding: money.HalfEven, At: now,
	})
	if err != nil {
		return err
	}
	merchantLeg, err := e.priceLeg(fx.Ask{
		Amount: record.Amount, Into: record.Detail.SettlementCurrency, Side: fx.PayOut,
		MarkupBasisPoints: corridor.MerchantMarkup, Rounding: money.HalfEven, At: now,
	})
	if err != nil {
		return err
	}
	fee, err := money.Prorate(merchantLeg.Price.To, acquirer.FeeBasisPoints, 10_000, money.HalfEven)
	if err != nil {
		return reason.Wrap(reason.Unknown, "engine.price", err)
	}
	record.Detail.Payer, record.Detail.Merchant = payerLeg, merchantLeg
	record.PayerAmount, record.MerchantAmount, record.Fee = payerLeg.Price.To, merchantLeg.Price.To, fee
	return nil
}

func (e *Engine) priceLeg(ask fx.Ask) (Priced, error) {
	price, err := e.Pricer.Price(ask)
	if err != nil {
		return Priced{}, err
	}
	leg := Priced{Price: price}
	if price.From.Currency != price.To.Currency {
		leg.QuoteID, leg.QuotedAt, leg.ExpiresAt = ids.New(), ask.At, ask.At.Add(fx.QuoteLife)
	}
	return leg, nil
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

// secure locks the quotes and reserves the wallet's money. A cap that does not
// cover the amount is a refusal, not a failure.
func (e *Engine) secure(
	ctx context.Context,
	tx db.Tx,
	record Record,
	quotes []fx.Quote,
	at time.Time,
) (reason.Kind, error) {
	err := position.Reserve(ctx, tx, position.Reservation{
		ID: record.ID, Region: record.Region, PaymentID: record.ID, ParticipantID: record.WalletID,
		Amount: record.PayerAmount, At: at,
	})
	if errors.Is(err, position.ErrCapExceeded) {
		return reason.CapExceeded, nil
	}
	if err != nil || len(quotes) == 0 {
		return reason.None, err
	}
	if err := fx.InsertQuotes(ctx, tx, quotes); err != nil {
		return reason.None, err
	}
	quoteIDs := make([]ids.ID, len(quotes))
	for i, quote := range quotes {
		quoteIDs[i] = quote.ID
	}
	return reason.None, fx.UseQuotes(ctx, tx, quoteIDs, record.ID, at)
}
