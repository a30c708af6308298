package engine

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/payment"
)

// dutyBatch is how many duties with one partner the worker looks up at once.
const dutyBatch = 64

// RunDuties carries on payments and returns whose duty is due: those that wait
// for a wallet's word, those that must be cancelled, orders whose time is over,
// and whatever a crash has left behind. It returns when ctx ends and the calls
// under way have ended.
func (e *Engine) RunDuties(ctx context.Context) {
	ticker := time.NewTicker(e.options.DutyPoll)
	defer ticker.Stop()
	var under sync.WaitGroup
	defer under.Wait()
	for {
		if _, err := e.dutyRound(ctx, &under); err != nil && ctx.Err() == nil {
			e.Logger.LogAttrs(ctx, slog.LevelWarn, "duties not looked up", slog.Any("problem", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-e.dutyShares.freed:
		}
	}
}

// dutyRound takes what is due until nothing is or nobody has room, and returns how many
// duties it has begun. It does not wait for what it has begun: a partner that does not
// answer must not hold up what is due with others.
func (e *Engine) dutyRound(ctx context.Context, under *sync.WaitGroup) (begun int, err error) {
	for ctx.Err() == nil {
		leased, err := e.leaseDuties(ctx)
		if err != nil || len(leased) == 0 {
			return begun, err
		}
		for _, d := range leased {
			under.Go(func() {
				defer e.dutyShares.leave(d.partner)
				e.carryOn(ctx, d)
			})
		}
		begun += len(leased)
	}
	return begun, nil
}

// leaseDuties takes what is due with those who have room for it. What others wait for is
// not touched: a partner with 10,000 duties costs as much as one with as many as it has
// places. Where nothing is due nothing is committed.
func (e *Engine) leaseDuties(ctx context.Context) ([]due, error) {
	now := e.Clock.Now()
	found, err := findDue(ctx, e.Pool, e.options.Region, now, e.dutyShares.open(e.dutyPartners(), now))
	if err != nil {
		return nil, err
	}
	begun := e.dutyShares.take(found)
	if len(begun) == 0 {
		return nil, nil
	}
	var held map[ids.ID]bool
	err = e.lane.do(ctx, plain(func(ctx context.Context, tx db.Tx) (err error) {
		held, err = lease(ctx, tx, begun, now, now.Add(e.options.undisturbed()))
		return err
	}))
	return slices.DeleteFunc(begun, func(d due) bool {
		lost := err != nil || !held[d.id]
		if lost {
			e.dutyShares.leave(d.partner)
		}
		return lost
	}), err
}

// dutyPartners are all whom duties may call, and the empty name for those that call nobody.
func (e *Engine) dutyPartners() []string {
	participants := e.Directory().Participants()
	partners := make([]string, 1, 1+len(participants))
	for _, p := range participants {
		partners = append(partners, p.ID)
	}
	return partners
}

// carryOn does a duty once. One that the partner's own limits have refused is due again
// when its lease ends, and nothing is written.
func (e *Engine) carryOn(ctx context.Context, d due) {
	ctx, span := e.tracer.Start(ctx, "engine.duty")
	defer span.End()
	act := e.payDuty
	if d.returned {
		act = e.returnDuty
	}
	err := act(ctx, d.id)
	switch {
	case err == nil || ctx.Err() != nil:
	case reason.Of(err) == reason.Busy:
		e.dutyShares.rest(d.partner, e.Clock.Now().Add(dutyRest))
		e.Logger.LogAttrs(ctx, slog.LevelDebug, "duty put off", slog.String("id", d.id.String()), slog.Any("problem", err))
	default:
		e.Logger.LogAttrs(ctx, slog.LevelWarn, "duty not done", slog.String("id", d.id.String()), slog.Any("problem", err))
	}
}

// unmade is the error of a call that the limits of the partner did not let out. Nothing is
// known by it that was not known before.
func unmade(answer connectors.Answer) error {
	if len(answer.Sent) == 0 && reason.Of(answer.Err) == reason.Busy {
		return answer.Err
	}
	return nil
}

// payDuty does a payment's duty once.
func (e *Engine) payDuty(ctx context.Context, id ids.ID) error {
	record, err := findRecord(ctx, e.Pool, selectPayment, id)
	if err != nil {
		return err
	}
	return e.doDuty(ctx, record)
}

func (e *Engine) doDuty(ctx context.Context, record Record) error {
	e.metrics.duties.Add(ctx, 1, metric.WithAttributes(attribute.String("duty", string(record.Duty))))
	switch record.Duty {
	case DutyExpire:
		_, err := e.apply(ctx, record, fact{event: payment.Expired, duty: true})
		return err
	case DutySend:
		_, err := e.askKnown(ctx, record, nil)
		return err
	case DutyInquire:
		return e.inquireAtWallet(ctx, record)
	case DutyCancel:
		return e.cancelByDuty(ctx, record)
	case DutyPush:
		return e.pushByDuty(ctx, record)
	default:
		return nil
	}
}

// inquireAtWallet asks what became of a payment. When its time is over it is
// asked for once more all the same, so that a yes that came late is found
// before the cancel.
func (e *Engine) inquireAtWallet(ctx context.Context, record Record) error {
	participant, connector, err := e.wallet(record.WalletID)
	if err != nil {
		return err
	}
	calling, cancel := context.WithTimeout(ctx, e.options.WalletPatience)
	defer cancel()
	call, started := ids.New(), e.Clock.Now()
	request := statusRequest(record, walletLeg, out, call, started)
	answer := asReserved(record, connector.Inquire(calling, participant, request))
	e.walletAnswered(ctx, "inquire", record, started, answer)
	if err := unmade(answer); err != nil {
		return err
	}
	f := payFact(answer)
	f.says, f.duty, f.again = []saying{inquired(call, request, answer)}, true, true
	undecided := answer.Decision == connectors.Undecided || answer.Decision == connectors.Absent
	if undecided && !e.Clock.Now().Before(record.ExpiresAt) {
		f.event = payment.Expired
	}
	_, err = e.apply(ctx, record, f)
	return err
}

// cancelByDuty cancels at the wallet, and gives the payment to an operator when
// that was tried often enough.
func (e *Engine) cancelByDuty(ctx context.Context, record Record) error {
	if record.DutyAttempts >= e.options.CancelAttempts {
		_, err := e.apply(ctx, record, fact{event: payment.Exhausted, duty: true})
		return err
	}
	f, err := e.askCancel(ctx, record)
	if err != nil {
		return err
	}
	f.duty = true
	_, err = e.apply(ctx, record, f)
	return err
}

// returnDuty asks the wallet again, with the same return id.
func (e *Engine) returnDuty(ctx context.Context, id ids.ID) error {
	r, err := findReturn(ctx, e.Pool, id)
	if err != nil {
		return err
	}
	if r.DutyAttempts >= e.options.CancelAttempts {
		_, err = e.applyReturn(ctx, id, fact{event: payment.Exhausted, duty: true})
		return err
	}
	record, err := findRecord(ctx, e.Pool, selectPayment, r.PaymentID)
	if err != nil {
		return err
	}
	_, err = e.askReturn(ctx, r, record, nil)
	return err
}
