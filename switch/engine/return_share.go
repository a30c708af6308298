package engine

import (
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/switch/payment"
)

// backs are the rates of the legs whose contract refunds at the rate of the day.
type backs struct{ payer, merchant *fx.Back }

// backs finds those rates. A late cancel undoes the payment as it was.
func (e *Engine) backs(record Record, kind string) (backs, error) {
	var found backs
	if kind == CancelReturn {
		return found, nil
	}
	for _, leg := range []struct {
		to     **fx.Back
		priced Priced
	}{{&found.payer, record.Detail.Payer}, {&found.merchant, record.Detail.Merchant}} {
		if leg.priced.Refund != fx.RefundCurrent || leg.priced.QuoteID == ids.Nil {
			continue
		}
		back, err := e.Pricer.Back(record.Amount.Currency, leg.priced.Price.To.Currency, e.Clock.Now())
		if err != nil {
			return backs{}, err
		}
		*leg.to = &back
	}
	return found, nil
}

// share gives a return its part of every figure of the payment, so that all
// returns of a payment together make exactly the whole, in whatever steps. On a
// leg with a rate of the day it is that of the part.
func share(r *ReturnRecord, record Record, earlier []ReturnRecord, rates backs) error {
	returned, given, err := sumReturns(r.Kind, earlier)
	if err != nil {
		return err
	}
	if r.Kind == CancelReturn {
		r.Amount = money.New(record.Amount.Minor-returned, record.Amount.Currency)
	}
	after := returned + r.Amount.Minor
	if r.Amount.Minor <= 0 || after > record.Amount.Minor {
		return reason.New(reason.RefundExceeds, "engine.Return", "")
	}
	whole := record.booking(record.CompletedAt)
	part := part{before: returned, after: after, whole: record.Amount}
	r.Detail.Payer, r.Detail.PayerBack, err = part.leg(whole.Payer, given.Payer, record.Detail.Payer, rates.payer, 1)
	if err != nil {
		return err
	}
	r.Detail.Merchant, r.Detail.MerchantBack, err = part.leg(whole.Merchant, given.Merchant, record.Detail.Merchant,
		rates.merchant, -1)
	if err != nil {
		return err
	}
	if r.Detail.Booked, err = part.booked(record.Detail.Booked, given.Booked); err != nil {
		return err
	}
	r.Detail.Fee = money.New(0, record.Fee.Currency)
	if r.Kind == CancelReturn {
		if r.Detail.Fee, err = money.Prorate(record.Fee, r.Amount.Minor, record.Amount.Minor, money.HalfEven); err != nil {
			return reason.Wrap(reason.Unknown, "engine.Return", err)
		}
	}
	if r.Detail.Payer.Amount.Minor <= 0 || r.Detail.Merchant.Amount.Minor <= 0 {
		return reason.New(reason.AmountTooSmall, "engine.Return", "")
	}
	return nil
}

// sumReturns adds up what earlier returns have given back or are about to.
func sumReturns(kind string, earlier []ReturnRecord) (returned int64, given ReturnDetail, err error) {
	for _, other := range earlier {
		// A wallet that is told to cancel gives back whatever is left, also what
		// a refund under way stands for, so the two must not overtake each other.
		if kind == CancelReturn && !other.State.Final() {
			return 0, ReturnDetail{}, reason.New(reason.InProcess, "engine.Return", "")
		}
		if other.State == payment.ReturnDeclined {
			continue
		}
		returned += other.Amount.Minor
		addLeg(&given.Payer, other.Detail.Payer)
		addLeg(&given.Merchant, other.Detail.Merchant)
		given.Booked.Worth.Minor += other.Detail.Booked.Worth.Minor
		given.Booked.PayerIncome.Minor += other.Detail.Booked.PayerIncome.Minor
		given.Booked.MerchantIncome.Minor += other.Detail.Booked.MerchantIncome.Minor
	}
	return returned, given, nil
}

func addLeg(sum *settlement.Leg, leg settlement.Leg) {
	for _, part := range []struct{ to, add *money.Amount }{
		{&sum.Amount, &leg.Amount}, {&sum.Markup, &leg.Markup}, {&sum.Residue, &leg.Residue},
		{&sum.Spread, &leg.Spread}, {&sum.Fee, &leg.Fee}, {&sum.Promotion, &leg.Promotion},
	} {
		part.to.Minor += part.add.Minor
	}
}

// part is the stretch of a payment's amount that a return gives back.
type part struct {
	before, after int64
	whole         money.Amount
}

// of is the part's share of a total, of which some was given before.
func (p part) of(total, given money.Amount) (money.Amount, error) {
	until, err := money.Prorate(total, p.after, p.whole.Minor, money.HalfEven)
	if err != nil {
		return money.Amount{}, reason.Wrap(reason.Unknown, "engine.Return", err)
	}
	return money.New(until.Minor-given.Minor, total.Currency), nil
}

// leg is the part of one leg: of the payment's own figures, or at the rate of
// the day with the quote of that. sign is -1 on the leg on which the hub lacks
// what rounding gives too much.
func (p part) leg(whole, given settlement.Leg, priced Priced, back *fx.Back, sign int64) (
	settlement.Leg, Priced, error,
) {
	if back != nil {
		before, after := p.whole, p.whole
		before.Minor, after.Minor = p.before, p.after
		price, err := back.Price(before, after, whole.Amount.Currency, priced.Rounding)
		if err != nil {
			return settlement.Leg{}, Priced{}, err
		}
		return legOf(whole.ParticipantID, price, sign*price.Residue.Minor), Priced{Price: price}, nil
	}
	if priced.Refund == fx.RefundCurrent {
		// What earlier refunds gave at other rates says nothing about what is left.
		var err error
		if given, err = p.start(whole); err != nil {
			return settlement.Leg{}, Priced{}, err
		}
	}
	leg := settlement.Leg{ParticipantID: whole.ParticipantID, Sponsor: whole.Sponsor}
	err := p.shares(&leg, whole, given)
	return leg, Priced{}, err
}

func (p part) shares(to *settlement.Leg, whole, given settlement.Leg) (err error) {
	for _, share := range []struct {
		to           *money.Amount
		whole, given money.Amount
	}{
		{&to.Amount, whole.Amount, given.Amount}, {&to.Markup, whole.Markup, given.Markup},
		{&to.Residue, whole.Residue, given.Residue}, {&to.Spread, whole.Spread, given.Spread},
		{&to.Fee, whole.Fee, given.Fee}, {&to.Promotion, whole.Promotion, given.Promotion},
	} {
		if *share.to, err = p.of(share.whole, share.given); err != nil {
			return err
		}
	}
	return nil
}

// start is what the payment's own figures say of everything before the part.
func (p part) start(whole settlement.Leg) (settlement.Leg, error) {
	var leg settlement.Leg
	err := part{after: p.before, whole: p.whole}.shares(&leg, whole, settlement.Leg{})
	return leg, err
}

func (p part) booked(whole, given Booked) (share Booked, err error) {
	share.Corridor, share.Product = whole.Corridor, whole.Product
	if share.Worth, err = p.of(whole.Worth, given.Worth); err != nil {
		return Booked{}, err
	}
	if share.PayerIncome, err = p.of(whole.PayerIncome, given.PayerIncome); err != nil {
		return Booked{}, err
	}
	share.MerchantIncome, err = p.of(whole.MerchantIncome, given.MerchantIncome)
	return share, err
}
