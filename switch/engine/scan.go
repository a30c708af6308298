package engine

import (
	"context"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/payment"
	"github.com/causeway-pay/causeway/switch/route"
)

// CodesMax is how many payment codes a wallet may fetch at once.
const CodesMax = 10

// IssueCodes implements [connectors.Hub].
func (e *Engine) IssueCodes(
	ctx context.Context,
	from connectors.Participant,
	request connectors.CodeRequest,
) ([]connectors.Code, error) {
	const op = "engine.IssueCodes"
	wallet, ok := e.Directory().Participant(from.ID)
	switch {
	case !ok || from.Suspended:
		return nil, reason.New(reason.InvalidContract, op, from.ID+" is suspended")
	case request.Quantity < 1 || request.Quantity > CodesMax:
		return nil, reason.New(reason.InvalidRequest, op, "quantity")
	case request.PayerReference == "" || len(request.PayerReference) > 64:
		return nil, reason.New(reason.InvalidRequest, op, "customer id")
	}
	if network, abroad := e.Directory().MerchantNetwork(request.Region); abroad {
		return e.networkCodes(ctx, network, wallet, request)
	}
	if wallet.CodePrefix == "" {
		return nil, reason.New(reason.Unsupported, op, from.ID+" issues no codes")
	}
	now := e.Clock.Now()
	codes := make([]route.PayerCode, request.Quantity)
	issued := make([]connectors.Code, request.Quantity)
	for i := range codes {
		code, err := route.NewCode(wallet, request.PayerReference, request.PayerName, now)
		if err != nil {
			return nil, reason.Wrap(reason.Unknown, op, err)
		}
		codes[i] = code
		issued[i] = connectors.Code{Value: code.Value, ValidFrom: code.ValidFrom, ExpiresAt: code.ExpiresAt}
	}
	return issued, e.commitWork(ctx, op, &issuing{codes})
}

// Scanned implements [connectors.Hub].
func (e *Engine) Scanned(
	ctx context.Context,
	from connectors.Participant,
	scan connectors.Scan,
) (connectors.Payment, error) {
	const op = "engine.Scanned"
	if from.Suspended {
		return connectors.Payment{}, reason.New(reason.InvalidContract, op, from.ID+" is suspended")
	}
	leave, err := e.enter()
	if err != nil {
		return connectors.Payment{}, err
	}
	defer leave()
	record, err := e.orderOf(ctx, from, scan)
	if err != nil {
		return connectors.Payment{}, err
	}
	by := newCaller(from, scan.Words)
	if record.State != payment.Created {
		return e.scannedAgain(ctx, by, record, scan)
	}
	now := e.Clock.Now()
	if !now.Before(record.ExpiresAt) {
		return connectors.Payment{}, reason.New(reason.ExpiredCode, op, "")
	}
	agreed, err := e.agree(ctx, &record, payer{
		walletID: from.ID, reference: scan.PayerReference, name: scan.PayerName, quoteID: scan.QuoteID,
	})
	if err != nil {
		return connectors.Payment{}, e.refuseScan(ctx, agreed.decision, err)
	}
	if err := e.reserveScanned(ctx, &record, agreed, by, e.Clock.Now()); err != nil {
		return connectors.Payment{}, err
	}
	if !by.told { // another scan was first
		return e.scannedAgain(ctx, by, record, scan)
	}
	return by.view, nil
}

// orderOf finds the order behind a code: one that the hub made, or one that its
// acquirer has.
func (e *Engine) orderOf(ctx context.Context, from connectors.Participant, scan connectors.Scan) (Record, error) {
	if upper := strings.ToUpper(scan.CodeValue); strings.HasPrefix(upper, orderCodePrefix) {
		scan.CodeValue = upper
	}
	record, err := findRecord(ctx, e.Pool, selectPaymentByOrderCode, scan.CodeValue)
	if reason.Of(err) != reason.NotFound {
		return record, err
	}
	return e.fetchOrder(ctx, from, scan)
}

// scannedAgain answers a scan of an order that somebody is paying already: the
// same payer sees the same payment, another one that it is closed.
func (e *Engine) scannedAgain(
	ctx context.Context,
	by *caller,
	record Record,
	scan connectors.Scan,
) (connectors.Payment, error) {
	const op = "engine.Scanned"
	switch {
	case record.WalletID != by.from.ID:
		return connectors.Payment{}, reason.New(reason.Closed, op, "")
	case record.PayerReference != scan.PayerReference:
		return connectors.Payment{}, reason.New(reason.Inconsistent, op, "another payer")
	}
	view, err := e.view(ctx, by.from, record)
	if err != nil {
		return connectors.Payment{}, err
	}
	return view, e.tell(ctx, shownAgain(by, e.talk(record), view))
}

// refuseScan records the decision behind a refusal. The order stays open for
// another payer.
func (e *Engine) refuseScan(ctx context.Context, decision compliance.Decision, refusal error) error {
	if decision.ID == ids.Nil {
		return refusal
	}
	err := e.commit(ctx, "engine.Scanned", func(ctx context.Context, tx db.Tx) error {
		return compliance.InsertDecisions(ctx, tx, made(decision))
	})
	if err != nil {
		return err
	}
	return refusal
}

// reserveScanned commits the reservation for a scanned order, which goes on or waits for
// people. If the order was taken meanwhile, the record is the one that took it.
func (e *Engine) reserveScanned(
	ctx context.Context,
	record *Record,
	agreed terms,
	by *caller,
	now time.Time,
) error {
	proposed, refused := *record, reason.None
	err := e.commit(ctx, "engine.Scanned", func(ctx context.Context, tx db.Tx) error {
		current, err := findRecord(ctx, tx, selectPayment, proposed.ID)
		if err != nil {
			return err
		}
		*record, refused, by.told = current, reason.None, false
		event := scannedEvent(agreed.decision)
		step := payment.Step(current.State, event)
		if !step.Effects.Has(payment.Reserve) {
			return nil
		}
		*record = proposed
		e.take(record, step, agreed.decision, now)
		if err := compliance.InsertDecisions(ctx, tx, made(agreed.decision)); err != nil {
			return err
		}
		h := &hold{record: record, agreed: agreed, at: now}
		if err := e.secure(ctx, tx, []*hold{h}); err != nil {
			return err
		}
		if refused = h.refused; refused != reason.None {
			// The order stays open; only the decision is kept.
			*record = current
			return nil
		}
		if err := e.storeScanned(ctx, tx, record, by, fact{event: event, at: now}, step); err != nil {
			return err
		}
		return fileReview(ctx, tx, *record, agreed.decision, now)
	})
	if err == nil && refused != reason.None {
		return reason.New(refused, "engine.Scanned", "")
	}
	return err
}

// scannedEvent is what a scan is to a payment by what was decided about it.
func scannedEvent(decision compliance.Decision) payment.Event {
	if decision.Outcome == compliance.Hold {
		return payment.PayerHeld
	}
	return payment.PayerScanned
}

// take gives an order that a payer has scanned its next state and duty.
func (e *Engine) take(record *Record, step payment.Transition, decision compliance.Decision, now time.Time) {
	if step.Next == payment.UnderReview {
		record.hold(decision)
		return
	}
	record.State, record.Duty = step.Next, DutyInquire
	record.DueAt = now.Add(wait(e.options.Inquiries, 0))
}

func (e *Engine) storeScanned(
	ctx context.Context,
	tx db.Tx,
	record *Record,
	by *caller,
	f fact,
	step payment.Transition,
) error {
	detail, err := record.encoded()
	if err != nil {
		return err
	}
	record.Version++
	updateRecords(tx, []*Record{record}, []db.Private{detail})
	t := &talk{record: *record, at: f.at, changed: true}
	if err := e.shown(by, t); err != nil {
		return err
	}
	s := &sheet{}
	s.say(t.messages)
	if err := s.changed(*record, string(f.event), step.Effects, moment{at: f.at}); err != nil {
		return err
	}
	return s.write(ctx, tx)
}

// Confirm implements [connectors.Hub].
func (e *Engine) Confirm(ctx context.Context, from connectors.Participant, confirmation connectors.Confirmation) error {
	const op = "engine.Confirm"
	record, err := e.owned(ctx, from, confirmation.Payment)
	if err != nil {
		return err
	}
	owed := confirmation.SettlementAmount
	if owed.Currency != "" && owed != record.PayerAmount {
		return reason.New(reason.Inconsistent, op, "amount differs from what was agreed")
	}
	f := fact{
		event: payment.WalletDeclined, reason: confirmation.Reason, walletPaymentID: confirmation.WalletPaymentID,
		payerReference: confirmation.PayerReference, completedAt: confirmation.CompletedAt,
		says: []saying{confirmed(newCaller(from, confirmation.Words), confirmation)},
	}
	switch confirmation.Decision {
	case connectors.Accepted:
		f.event = payment.WalletAccepted
	case connectors.Declined:
	default:
		return reason.New(reason.InvalidRequest, op, "a notification must be final")
	}
	_, err = e.confirm(ctx, record, from, "notify", confirmation.CheckedFields, f)
	return err
}
