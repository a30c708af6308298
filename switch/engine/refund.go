package engine

import (
	"context"
	"errors"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/payment"
)

// schemeDay is the zone of the scheme's days, UTC+8.
var schemeDay = time.FixedZone("UTC+8", 8*60*60)

// CancelDeadline is until when a payment may be cancelled as a whole: some time
// after the end of the scheme's day on which it was completed.
func CancelDeadline(completed time.Time, grace time.Duration) time.Time {
	day := completed.In(schemeDay)
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, schemeDay).Add(grace)
}

// Return implements [connectors.Hub].
func (e *Engine) Return(
	ctx context.Context,
	from connectors.Participant,
	order connectors.ReturnOrder,
) (connectors.Return, error) {
	leave, err := e.enter()
	if err != nil {
		return connectors.Return{}, err
	}
	defer leave()
	record, err := e.owned(ctx, from, order.Payment)
	if err != nil {
		return connectors.Return{}, err
	}
	by := newCaller(from, order.Words)
	returned, err := e.refund(ctx, by, record, order)
	if err != nil {
		if failed := e.tell(ctx, refundRefused(by, e.talk(record), order, err)); failed != nil {
			return connectors.Return{}, failed
		}
		return connectors.Return{}, err
	}
	if by.told {
		return by.back, nil
	}
	view := returnView(returned, record, from.Role)
	return view, e.tell(ctx, refundToldAgain(by, talkOfReturn(returned, e.Clock.Now()), view))
}

// refund makes or repeats a refund of a posted payment.
func (e *Engine) refund(
	ctx context.Context, by *caller, record Record, order connectors.ReturnOrder,
) (ReturnRecord, error) {
	const op = "engine.Return"
	now := e.Clock.Now()
	switch {
	case order.RequestID == "" || len(order.RequestID) > 64 || !order.Amount.IsPositive():
		return ReturnRecord{}, reason.New(reason.InvalidRequest, op, "")
	case order.Amount.Currency != record.Amount.Currency:
		return ReturnRecord{}, reason.New(reason.UnsupportedCurrency, op, "not the payment's currency")
	case record.State.Final() && record.State != payment.Posted:
		return ReturnRecord{}, reason.New(reason.Closed, op, "")
	case record.State != payment.Posted:
		return ReturnRecord{}, reason.New(reason.InProcess, op, "")
	case now.After(record.CompletedAt.Add(e.options.RefundWindow)):
		if err := e.onlyRepeated(ctx, by.from, order, RefundReturn, reason.RefundTooLate); err != nil {
			return ReturnRecord{}, err
		}
	}
	return e.startReturn(ctx, by, record, order, RefundReturn)
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
	by *caller,
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
		ParticipantID: by.from.ID, Operation: kind, RequestID: order.RequestID, Region: record.Region,
		Checked: order.CheckedFields, SubjectID: proposed.ID, At: now,
	}
	defer e.work(proposed.ID)()
	holder, err := e.reserveReturn(ctx, &proposed, record, by, c)
	if err != nil {
		return ReturnRecord{}, err
	}
	if holder != proposed.ID {
		e.await(ctx, holder)
		return findReturn(ctx, e.Pool, holder)
	}
	return e.askReturn(ctx, proposed, record, by)
}

func (e *Engine) reserveReturn(
	ctx context.Context,
	r *ReturnRecord,
	record Record,
	by *caller,
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
		if err := undisputed(ctx, tx, *r, record, earlier); err != nil {
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
		if err := fx.UseQuotes(ctx, tx, used(returnQuotes(*r), r.CreatedAt)); err != nil {
			return err
		}
		return storeReturn(ctx, tx, *r, record, by)
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

func storeReturn(ctx context.Context, tx db.Tx, r ReturnRecord, record Record, by *caller) error {
	if err := insertReturnRecord(ctx, tx, r); err != nil {
		return err
	}
	t := talkOfReturn(r, r.CreatedAt)
	if r.Kind == CancelReturn {
		t.cancelRequest(by, record)
	} else {
		refundAsked(by, record)(t)
	}
	s := &sheet{}
	s.say(t.messages)
	if err := s.changedReturn(r, "ACCEPTED", payment.Reserve, moment{at: r.CreatedAt}); err != nil {
		return err
	}
	return s.write(ctx, tx)
}

// askReturn calls the wallet once and commits its answer. by waits for a refund;
// nobody does if it is nil.
func (e *Engine) askReturn(ctx context.Context, r ReturnRecord, record Record, by *caller) (ReturnRecord, error) {
	participant, connector, err := e.wallet(r.WalletID)
	if err != nil {
		return r, err
	}
	calling, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.options.WalletPatience)
	defer cancel()
	call, started := ids.New(), e.Clock.Now()
	var answer connectors.Answer
	var says []saying
	verb := "refund"
	if r.Kind == CancelReturn {
		verb = "cancel"
		request := cancellation(record, walletLeg, out, call, started)
		answer = connector.Cancel(calling, participant, request)
		says = []saying{cancelled(call, record, request, answer), undone(record)}
	} else {
		request := paymentReturn(r, record, walletLeg)
		answer = connector.Return(calling, participant, e.leg(record, walletLeg), request)
		says = []saying{refunded(call, answer)}
		if by != nil {
			says = append(says, refundAnswered(by, record))
		}
	}
	e.walletAnswered(ctx, verb, record, started, answer)
	if err := unmade(answer); err != nil && by == nil {
		return r, err
	}
	f := payFact(answer)
	f.says, f.again = says, by == nil
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
	now, before, s := f.at, r.State, &sheet{}
	if step.Next == before && step.Effects == 0 && !f.duty {
		s.say(saidReturn(*r, f, before, false))
		return s.write(ctx, tx)
	}
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
	if err := e.moveReturn(ctx, tx, r, step.Effects, now); err != nil {
		return err
	}
	if err := updateReturnRecord(ctx, tx, r); err != nil {
		return err
	}
	contradiction := step.Effects.Has(payment.Contradiction)
	s.say(saidReturn(*r, f, before, contradiction))
	if before != step.Next || contradiction {
		if err := s.changedReturn(*r, string(f.event), step.Effects, moment{at: now}); err != nil {
			return err
		}
	}
	return s.write(ctx, tx)
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

func (e *Engine) moveReturn(ctx context.Context, tx db.Tx, r *ReturnRecord, effects payment.Effect, now time.Time) error {
	if effects.Has(payment.Post) {
		return e.post(ctx, tx, []*posting{{r.booking(now), r.Detail.Booked, &r.WindowID}})
	}
	if effects.Has(payment.Void) {
		return position.Void(ctx, tx, []ids.ID{r.ID})
	}
	return nil
}
