package engine

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/payment"
)

// RefundWindow is how long after the payment a refund may be asked for.
const RefundWindow = 365 * 24 * time.Hour

// schemeDay is the zone of the scheme's days, UTC+8.
var schemeDay = time.FixedZone("UTC+8", 8*60*60)

// CancelDeadline is until when a payment may be cancelled as a whole: 00:15
// UTC+8 of the day after it was completed.
func CancelDeadline(completed time.Time) time.Time {
	day := completed.In(schemeDay)
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 15, 0, 0, schemeDay)
}

// Return implements [connectors.Hub].
func (e *Engine) Return(
	ctx context.Context,
	from connectors.Participant,
	order connectors.ReturnOrder,
) (connectors.Return, error) {
	const op = "engine.Return"
	leave, err := e.enter()
	if err != nil {
		return connectors.Return{}, err
	}
	defer leave()
	record, err := e.owned(ctx, from, order.Payment)
	if err != nil {
		return connectors.Return{}, err
	}
	now := e.Clock.Now()
	switch {
	case order.RequestID == "" || len(order.RequestID) > 64 || !order.Amount.IsPositive():
		return connectors.Return{}, reason.New(reason.InvalidRequest, op, "")
	case order.Amount.Currency != record.Amount.Currency:
		return connectors.Return{}, reason.New(reason.UnsupportedCurrency, op, "not the payment's currency")
	case record.State.Final() && record.State != payment.Posted:
		return connectors.Return{}, reason.New(reason.Closed, op, "")
	case record.State != payment.Posted:
		return connectors.Return{}, reason.New(reason.InProcess, op, "")
	case now.After(record.CompletedAt.Add(RefundWindow)):
		if err := e.onlyRepeated(ctx, from, order, RefundReturn, reason.RefundTooLate); err != nil {
			return connectors.Return{}, err
		}
	}
	returned, err := e.startReturn(ctx, from, record, order, RefundReturn)
	if err != nil {
		return connectors.Return{}, err
	}
	return returnView(returned, record, from.Role), nil
}

// onlyRepeated refuses a return whose time is over, unless it was asked for in
// time: a request that is repeated gets its first outcome whenever it comes.
func (e *Engine) onlyRepeated(
	ctx context.Context, from connectors.Participant, order connectors.ReturnOrder, kind string, late reason.Kind,
) error {
	earlier, err := findClaim(ctx, e.Pool, claim{
		ParticipantID: from.ID, Operation: kind, RequestID: order.RequestID, Checked: order.CheckedFields,
	})
	if err != nil || earlier != ids.Nil {
		return err
	}
	return reason.New(late, "engine.Return", "")
}

// startReturn commits the return with its reservation against the acquirer's
// cap, asks the wallet and commits its answer.
func (e *Engine) startReturn(
	ctx context.Context,
	from connectors.Participant,
	record Record,
	order connectors.ReturnOrder,
	kind string,
) (ReturnRecord, error) {
	now := e.Clock.Now()
	proposed := ReturnRecord{
		ID: ids.New(), Region: record.Region, PaymentID: record.ID, Version: 1, State: payment.ReturnReserved, Kind: kind,
		AcquirerID: record.AcquirerID, WalletID: record.WalletID, RequestID: order.RequestID, Reason: reason.InProcess,
		Amount: order.Amount, Duty: DutyInquire, CreatedAt: now, CompletedAt: time.Time{},
		DueAt: now.Add(e.options.WalletPatience + wait(e.options.Inquiries, 0)),
	}
	c := claim{
		ParticipantID: from.ID, Operation: kind, RequestID: order.RequestID, Region: record.Region,
		Checked: order.CheckedFields, SubjectID: proposed.ID, At: now,
	}
	defer e.work(proposed.ID)()
	holder, err := e.reserveReturn(ctx, &proposed, record, order, c)
	if err != nil {
		return ReturnRecord{}, err
	}
	if holder != proposed.ID {
		e.await(ctx, holder)
		return findReturn(ctx, e.Pool, holder)
	}
	return e.askReturn(ctx, proposed, record)
}

func (e *Engine) reserveReturn(
	ctx context.Context,
	r *ReturnRecord,
	record Record,
	order connectors.ReturnOrder,
	c claim,
) (ids.ID, error) {
	rates, late := e.backs(record, r.Kind)
	start, holder := *r, ids.Nil
	err := e.commit(ctx, "engine.Return", func(ctx context.Context, tx db.Tx) error {
		*r, holder = start, start.ID
		made, err := makeClaim(ctx, tx, c)
		if err != nil {
			return err
		}
		if !made {
			holder, err = findClaim(ctx, tx, c)
			return err
		}
		if late != nil {
			return late
		}
		earlier, err := returnsOf(ctx, tx, record.ID)
		if err != nil {
			return err
		}
		if err := share(r, record, earlier, rates); err != nil {
			return err
		}
		err = position.Reserve(ctx, tx, position.Reservation{
			ID: r.ID, Region: r.Region, PaymentID: r.PaymentID, ParticipantID: r.AcquirerID,
			Amount: r.Detail.Merchant.Amount, At: r.CreatedAt,
		})
		if errors.Is(err, position.ErrCapExceeded) {
			return reason.New(reason.CapExceeded, "engine.Return", "")
		}
		if err != nil {
			return err
		}
		e.quoteReturn(r)
		if err := useQuotes(ctx, tx, returnQuotes(*r), r.PaymentID, r.CreatedAt); err != nil {
			return err
		}
		return e.storeReturn(ctx, tx, *r, order)
	})
	return holder, err
}

// quoteReturn gives the rates of the day their quotes, which are as good as the
// reservation that is made with them.
func (e *Engine) quoteReturn(r *ReturnRecord) {
	for number, back := range []*Priced{&r.Detail.PayerBack, &r.Detail.MerchantBack} {
		if back.Price.Rate.Mantissa != 0 {
			back.QuoteID = fx.QtID(r.ID, int64(number))
			back.QuotedAt, back.ExpiresAt = r.CreatedAt, r.CreatedAt.Add(e.options.QuoteLife)
		}
	}
}

// returnQuotes are the quotes of a return's legs.
func returnQuotes(r ReturnRecord) []fx.Quote {
	var quotes []fx.Quote
	for _, leg := range []struct {
		leg         fx.Leg
		participant string
		back        Priced
	}{
		{fx.LegReturnPayer, r.WalletID, r.Detail.PayerBack}, {fx.LegReturnMerchant, r.AcquirerID, r.Detail.MerchantBack},
	} {
		if leg.back.QuoteID != ids.Nil {
			quotes = append(quotes, fx.Quote{
				ID: leg.back.QuoteID, Region: r.Region, PaymentID: r.PaymentID, Leg: leg.leg, ParticipantID: leg.participant,
				Price: leg.back.Price, QuotedAt: leg.back.QuotedAt, ExpiresAt: leg.back.ExpiresAt,
			})
		}
	}
	return quotes
}

func (e *Engine) storeReturn(ctx context.Context, tx db.Tx, r ReturnRecord, order connectors.ReturnOrder) error {
	if err := insertReturnRecord(ctx, tx, r); err != nil {
		return err
	}
	if len(order.Raw) > 0 {
		received := Message{
			PaymentID: r.PaymentID, Region: r.Region, PartnerID: r.AcquirerID, Direction: "IN",
			Name: "alipayplus.refund", Body: order.Raw, At: r.CreatedAt,
		}
		if err := insertMessages(ctx, tx, []Message{received}); err != nil {
			return err
		}
	}
	return recordReturn(ctx, tx, r, "ACCEPTED", payment.Reserve, r.CreatedAt)
}

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
	share.Corridor = whole.Corridor
	if share.Worth, err = p.of(whole.Worth, given.Worth); err != nil {
		return Booked{}, err
	}
	if share.PayerIncome, err = p.of(whole.PayerIncome, given.PayerIncome); err != nil {
		return Booked{}, err
	}
	share.MerchantIncome, err = p.of(whole.MerchantIncome, given.MerchantIncome)
	return share, err
}

// askReturn calls the wallet once and commits its answer.
func (e *Engine) askReturn(ctx context.Context, r ReturnRecord, record Record) (ReturnRecord, error) {
	participant, connector, err := e.wallet(r.WalletID)
	if err != nil {
		return r, err
	}
	calling, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.options.WalletPatience)
	defer cancel()
	started := e.Clock.Now()
	var answer connectors.Answer
	name := "alipayplus.refund"
	if r.Kind == CancelReturn {
		name = "alipayplus.cancelPayment"
		answer = connector.Cancel(calling, participant, e.cancellation(record))
	} else {
		answer = connector.Return(calling, participant, e.leg(record, connectors.RoleWallet), e.paymentReturn(r, record))
	}
	e.answered(ctx, name, record, started, answer)
	f := payFact(answer)
	f.messages = exchanged(name, answer)
	return e.applyReturn(ctx, r.ID, f)
}

// applyReturn commits what a fact does to a return.
func (e *Engine) applyReturn(ctx context.Context, id ids.ID, f fact) (ReturnRecord, error) {
	var r ReturnRecord
	f.at = e.Clock.Now()
	err := e.commit(ctx, "engine.applyReturn", func(ctx context.Context, tx db.Tx) error {
		var err error
		r, err = findReturn(ctx, tx, id)
		if err != nil {
			return err
		}
		return e.changeReturn(ctx, tx, &r, f)
	})
	return r, err
}

func (e *Engine) changeReturn(ctx context.Context, tx db.Tx, r *ReturnRecord, f fact) error {
	step := payment.StepReturn(r.State, f.event, r.mandatory())
	if step.Next == r.State && step.Effects == 0 && !f.duty {
		return nil
	}
	now, before := f.at, r.State
	r.State = step.Next
	switch {
	case step.Effects.Has(payment.Rest):
		r.Duty, r.DueAt = DutyNone, now
	case step.Effects.Has(payment.Inquire):
		r.DutyAttempts++
		r.DueAt = now.Add(wait(e.options.Inquiries, r.DutyAttempts))
	}
	if step.Next.Final() && !before.Final() {
		r.CompletedAt, r.Reason = now, returnReason(step.Next, f.reason)
	}
	if err := moveReturn(ctx, tx, r, step.Effects, now); err != nil {
		return err
	}
	if err := updateReturnRecord(ctx, tx, r); err != nil {
		return err
	}
	if err := insertMessages(ctx, tx, addressed(f.messages, r.PaymentID, r.Region, r.WalletID, now)); err != nil {
		return err
	}
	if before == step.Next && !step.Effects.Has(payment.Contradiction) {
		return nil
	}
	return recordReturn(ctx, tx, *r, string(f.event), step.Effects, now)
}

func returnReason(state payment.ReturnState, given reason.Kind) reason.Kind {
	if state == payment.ReturnPosted {
		return reason.None
	}
	if given == reason.None || !given.Final() {
		return reason.Failed
	}
	return given
}

func moveReturn(ctx context.Context, tx db.Tx, r *ReturnRecord, effects payment.Effect, now time.Time) error {
	if effects.Has(payment.Post) {
		windowID, err := post(ctx, tx, r.booking(now), r.Detail.Booked)
		r.WindowID = windowID
		return err
	}
	if effects.Has(payment.Void) {
		return position.Void(ctx, tx, r.ID)
	}
	return nil
}

func (e *Engine) logReturn(ctx context.Context, id ids.ID, err error) {
	e.Logger.LogAttrs(
		ctx,
		slog.LevelWarn,
		"return not carried on",
		slog.String("return", id.String()),
		slog.Any("problem", err),
	)
}
