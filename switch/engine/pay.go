package engine

import (
	"context"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/payment"
	"github.com/causeway-pay/causeway/switch/route"
)

const operationPay = "pay"

// Pay implements [connectors.Hub].
func (e *Engine) Pay(
	ctx context.Context,
	from connectors.Participant,
	order connectors.Order,
) (connectors.Payment, error) {
	ctx, span := e.tracer.Start(ctx, "engine.Pay", trace.WithAttributes(attribute.String("participant", from.ID)))
	defer span.End()
	leave, err := e.enter()
	if err != nil {
		return connectors.Payment{}, err
	}
	defer leave()
	record, err := e.newRecord(from, order)
	if err != nil {
		return connectors.Payment{}, err
	}
	span.SetAttributes(attribute.String("payment", record.ID.String()))
	c := claim{
		ParticipantID: from.ID, Operation: operationPay, RequestID: order.RequestID, Region: record.Region,
		Checked: order.CheckedFields, SubjectID: record.ID, At: record.CreatedAt,
	}
	by := newCaller(from, order.Words)
	by.suffices = e.suffices(from)
	if order.Mode.Fetched() {
		return e.fetchedBefore(ctx, by, c)
	}
	defer e.work(record.ID)()
	accepted, ask, err := e.accept(ctx, &record, &order, c, by)
	if err != nil || accepted != record.ID {
		return e.repeated(ctx, by, accepted, err)
	}
	if record.State == payment.Reserved {
		record, err = e.askWallet(ctx, record, ask, by)
		if err != nil {
			return connectors.Payment{}, err
		}
	}
	return by.view, nil
}

// suffices reports whether an acquirer's contract wants no word of a final state beyond the
// answer to its pay.
func (e *Engine) suffices(from connectors.Participant) bool {
	acquirer, known := e.Directory().Participant(from.ID)
	return known && acquirer.Notices == route.NoticesUntold
}

// fetchedBefore answers a pay of an order that can only be fetched: it may ask for one
// that was.
func (e *Engine) fetchedBefore(ctx context.Context, by *caller, c claim) (connectors.Payment, error) {
	earlier, err := findClaim(ctx, e.Pool, c)
	if err == nil && earlier == ids.Nil {
		err = reason.New(reason.Unsupported, "engine.Pay", "an order of this mode is fetched")
	}
	return e.repeated(ctx, by, earlier, err)
}

// repeated answers a request that was made before: with its outcome once that
// is known, or as it stands when the caller's patience ends.
func (e *Engine) repeated(ctx context.Context, by *caller, id ids.ID, err error) (connectors.Payment, error) {
	if err != nil {
		return connectors.Payment{}, err
	}
	e.await(ctx, id)
	record, err := findRecord(ctx, e.Pool, selectPayment, id)
	if err != nil {
		return connectors.Payment{}, err
	}
	view, err := e.view(ctx, by.from, record)
	if err != nil {
		return connectors.Payment{}, err
	}
	return view, e.tell(ctx, toldAgain(by, e.talk(record), view))
}

// newRecord checks an order for what no partner protocol can know and turns it
// into a record that nobody has seen yet.
func (e *Engine) newRecord(from connectors.Participant, order connectors.Order) (Record, error) {
	const op = "engine.Pay"
	amount := order.Transfer.InstructedAmount
	switch {
	case !amount.IsPositive() || !amount.Currency.Known():
		return Record{}, reason.New(reason.InvalidRequest, op, "amount")
	case order.RequestID == "" || len(order.RequestID) > 64:
		return Record{}, reason.New(reason.InvalidRequest, op, "request id")
	case from.Suspended:
		return Record{}, reason.New(reason.InvalidContract, op, from.ID+" is suspended")
	case order.Mode.Redirects() && (e.options.PublicURL == "" || order.RedirectURL == ""):
		return Record{}, reason.New(reason.Unsupported, op, "no address to send the payer to, or back to")
	case order.SettlementCurrency != "" && order.SettlementCurrency != from.Currency:
		return Record{}, reason.New(reason.UnsupportedCurrency, op, "settlement in "+string(order.SettlementCurrency))
	}
	now := e.Clock.Now()
	record := Record{
		ID: ids.New(), Region: e.options.Region, Mode: order.Mode, AcquirerID: from.ID, RequestID: order.RequestID,
		NotifyURL: order.NotifyURL, Amount: amount, Duty: DutyNone, DueAt: now, CreatedAt: now,
		Detail: Detail{Transfer: order.Transfer, SettlementCurrency: from.Currency, Wanted: order.Transfer.Rate,
			AllowedRegions: order.AllowedRegions, RedirectURL: order.RedirectURL, StoreID: order.StoreID},
	}
	// What is wanted is not what is agreed: messages carry the latter.
	record.Detail.Transfer.Rate = nil
	record.ExpiresAt = e.expiry(order, now)
	return record, nil
}

func (e *Engine) expiry(order connectors.Order, now time.Time) time.Time {
	window := e.options.CodeWindow
	switch {
	case order.Mode.Waits():
		window = e.options.OrderWindow
	case order.Mode == connectors.AutoDebit:
		window = e.options.DebitWindow
	}
	latest := now.Add(window)
	if wanted := order.Transfer.ExpiresAt; wanted.After(now) && wanted.Before(latest) {
		return wanted.UTC().Truncate(time.Microsecond)
	}
	return latest
}

// accept makes the first commit: the claim and the payment, reserved, created
// or rejected. It returns the id of the payment that holds the claim, which is
// another one if the same request came twice at once, and how its wallet is asked if it
// is reserved.
func (e *Engine) accept(
	ctx context.Context, record *Record, order *connectors.Order, c claim, by *caller,
) (holder ids.ID, ask debit, err error) {
	agreed, err := e.agreeAtOnce(ctx, record, order)
	if kind := reason.Of(err); err != nil && !kind.Final() {
		return ids.Nil, nil, err
	}
	e.begin(record, reason.Of(err), agreed.decision)
	// The terms are agreed: what follows happens at one later moment.
	first := &start{
		begun: *record, agreed: agreed, order: *order, claim: c, by: by,
		when: moment{at: e.Clock.Now(), trace: telemetry.Traceparent(ctx)},
	}
	if err := e.prepare(first); err != nil {
		return ids.Nil, nil, err
	}
	// A payment that is stored as reserved is stored as it began.
	if record.State == payment.Reserved {
		if ask, err = e.debit(ctx, first.begun, meansOf(*order)); err != nil {
			return ids.Nil, nil, err
		}
	}
	if err := e.commitWork(ctx, "engine.Pay", first); err != nil {
		return first.holder, nil, err
	}
	*record = first.record
	if first.holder == record.ID {
		e.metrics.ended(ctx, *record, record.CreatedAt)
	}
	return first.holder, ask, nil
}

// agreeAtOnce agrees the terms of a payment whose payer is known when it begins.
func (e *Engine) agreeAtOnce(ctx context.Context, record *Record, order *connectors.Order) (terms, error) {
	switch order.Mode {
	case connectors.PaymentCode:
		return e.agreeByPayer(ctx, record, *order)
	case connectors.AutoDebit:
		return e.agreeByToken(ctx, record, &order.Grant)
	}
	return terms{}, nil
}

// begin gives a record its first state.
func (e *Engine) begin(record *Record, refused reason.Kind, decision compliance.Decision) {
	switch {
	case refused != reason.None:
		record.refuse(refused, record.CreatedAt)
	case decision.Outcome == compliance.Hold:
		record.hold(decision)
	case record.Mode.Waits():
		record.State, record.Reason = payment.Created, reason.InProcess
		if record.OrderCode == "" {
			record.OrderCode = e.orderCode(record.Mode)
		}
		record.Duty, record.DueAt = DutyExpire, record.ExpiresAt
	default:
		record.State, record.Reason = payment.Reserved, reason.InProcess
		record.Duty = DutyInquire
		// The request's own goroutine asks first; the duty worker only takes
		// over what it cannot have answered any more.
		record.DueAt = record.CreatedAt.Add(e.options.WalletPatience + wait(e.options.Inquiries, 0))
	}
}

// hold has a payment wait for people. An order has its time all the same: its acquirer
// was told when it ends.
func (r *Record) hold(decision compliance.Decision) {
	r.State, r.Reason = payment.UnderReview, reason.InProcess
	if !r.Mode.Waits() {
		r.ExpiresAt = decision.ReviewBy
	}
	r.Duty, r.DueAt = DutyExpire, r.ExpiresAt
	if decision.ReviewBy.Before(r.DueAt) {
		r.DueAt = decision.ReviewBy
	}
}

func (r *Record) refuse(kind reason.Kind, at time.Time) {
	r.State, r.Reason, r.CompletedAt = payment.Rejected, kind, at
	r.Duty, r.DueAt = DutyNone, at
}

// orderCodePrefix is how every order code of the switch begins.
const orderCodePrefix = "HTTPS://CAUSEWAY.EXAMPLE/O/"

// CashierPath is where the page of an order is, below the hub's public address.
const CashierPath = "/cashier/"

// orderCode is what the merchant shows, or where the payer is sent to. Whoever
// has it may pay the order, so it is as unguessable as a random id can be and follows
// from nothing that others know. What is shown is upper case, so that a QR code
// holds it in alphanumeric mode.
func (e *Engine) orderCode(mode connectors.Mode) string {
	token := compact(ids.Secret())
	if mode.Redirects() {
		return e.options.PublicURL + CashierPath + token
	}
	return orderCodePrefix + strings.ToUpper(token)
}

func (e *Engine) agreeByCode(ctx context.Context, record *Record, order connectors.Order) (terms, error) {
	value := order.Transfer.DebtorAccount.ProxyID
	wallet, err := e.Directory().Issuer(value, record.Amount.Currency)
	if err != nil {
		return terms{}, err
	}
	if wallet.Network() {
		return e.agreeByNetwork(ctx, record, wallet)
	}
	code, issued, err := e.codes.Find(ctx, value)
	if err != nil {
		return terms{}, err
	}
	if !issued {
		return terms{}, reason.New(reason.InvalidCode, "engine.agreeByCode", "never issued")
	}
	if err := code.Usable(record.CreatedAt); err != nil {
		return terms{}, err
	}
	// From here on the code is spent; what follows knows the payer by the
	// wallet's reference only.
	record.Detail.Transfer.DebtorAccount.ProxyID = ""
	record.Detail.Transfer.DebtorAccount.ProxyType = ""
	return e.agree(ctx, record, payer{walletID: wallet.ID, reference: code.PayerReference, name: code.PayerName})
}

// agreeByToken finds the terms of a payment by the agreement behind a token, and
// writes whose token it is into the grant.
func (e *Engine) agreeByToken(ctx context.Context, record *Record, grant *connectors.Grant) (terms, error) {
	a, err := agreement.Redeem(ctx, e.Pool, record.AcquirerID, *grant, record.CreatedAt)
	if err != nil {
		return terms{}, err
	}
	grant.ClientID = a.ClientID
	return e.agree(ctx, record, payer{walletID: a.WalletID, reference: a.PayerReference})
}
