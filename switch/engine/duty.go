package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/payment"
)

// dutyBatch is how many duties the worker takes at once.
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
	places := make(chan struct{}, dutiesMost)
	for {
		if _, err := e.dutyRound(ctx, &under, places); err != nil && ctx.Err() == nil {
			e.Logger.LogAttrs(ctx, slog.LevelWarn, "duties not looked up", slog.Any("problem", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// dutyRound takes what is due until nothing is, and returns how many duties it has
// begun. It does not wait for what it has begun: a
// partner that does not answer must not hold up what is due with others.
func (e *Engine) dutyRound(ctx context.Context, under *sync.WaitGroup, places chan struct{}) (begun int, err error) {
	for ctx.Err() == nil {
		payments, returns, err := e.leaseDuties(ctx)
		if err != nil || len(payments)+len(returns) == 0 {
			return begun, err
		}
		begin := func(id ids.ID, carryOn func(context.Context, ids.ID)) {
			places <- struct{}{}
			under.Go(func() {
				defer func() { <-places }()
				carryOn(ctx, id)
			})
		}
		for _, id := range payments {
			begin(id, e.carryOn)
		}
		for _, id := range returns {
			begin(id, e.carryOnReturn)
		}
		begun += len(payments) + len(returns)
	}
	return begun, nil
}

func (e *Engine) leaseDuties(ctx context.Context) (payments, returns []ids.ID, err error) {
	now := e.Clock.Now()
	until := now.Add(e.options.undisturbed())
	err = e.lane.do(ctx, plain(func(ctx context.Context, tx db.Tx) error {
		var err error
		if payments, err = lease(ctx, tx, leasePayments, e.options.Region, now, until, dutyBatch); err != nil {
			return err
		}
		returns, err = lease(ctx, tx, leaseReturns, e.options.Region, now, until, dutyBatch)
		return err
	}))
	return payments, returns, err
}

// carryOn does a payment's duty once.
func (e *Engine) carryOn(ctx context.Context, id ids.ID) {
	ctx, span := e.tracer.Start(ctx, "engine.duty")
	defer span.End()
	record, err := findRecord(ctx, e.Pool, selectPayment, id)
	if err == nil {
		err = e.shared(ctx, partnerOf(record), func() error { return e.doDuty(ctx, record) })
	}
	if err != nil && ctx.Err() == nil {
		e.Logger.LogAttrs(ctx, slog.LevelWarn, "duty not done",
			slog.String("payment", id.String()), slog.String("duty", string(record.Duty)), slog.Any("problem", err))
	}
}

func (e *Engine) doDuty(ctx context.Context, record Record) error {
	e.metrics.duties.Add(ctx, 1, metric.WithAttributes(attribute.String("duty", string(record.Duty))))
	switch record.Duty {
	case DutyExpire:
		_, err := e.apply(ctx, record, fact{event: payment.Expired, duty: true})
		return err
	case DutySend:
		_, err := e.askWallet(ctx, record, means{}, nil)
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

// carryOnReturn asks the wallet again, with the same return id.
func (e *Engine) carryOnReturn(ctx context.Context, id ids.ID) {
	ctx, span := e.tracer.Start(ctx, "engine.duty")
	defer span.End()
	r, err := findReturn(ctx, e.Pool, id)
	if err == nil && r.DutyAttempts >= e.options.CancelAttempts {
		_, err = e.applyReturn(ctx, id, fact{event: payment.Exhausted, duty: true})
	} else if err == nil {
		var record Record
		if record, err = findRecord(ctx, e.Pool, selectPayment, r.PaymentID); err == nil {
			err = e.shared(ctx, r.WalletID, func() error {
				_, err := e.askReturn(ctx, r, record, nil)
				return err
			})
		}
	}
	if err != nil && ctx.Err() == nil {
		e.logReturn(ctx, id, err)
	}
}
