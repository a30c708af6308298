package sandbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// miniHub is the least that connects an acquirer to a wallet: no ledger, one
// rate, everything in memory, one lock per payment.
type miniHub struct {
	wallets   connectors.Wallet
	acquirers connectors.Acquirer
	// partners by id; set before the first call.
	partners map[string]connectors.Participant
	// life is how long the price of an order holds; set before the order.
	life time.Duration

	mu       sync.Mutex
	codes    map[string]payer
	payments map[string]*held // by acquirer and request id, by UETR, by order code
	serial   int
	typed    []money.Amount // what payers have typed
}

type payer struct{ wallet, reference string }

type held struct {
	sync.Mutex
	checked [32]byte
	payment connectors.Payment
	returns map[string]connectors.Return
}

// rate is what a yen costs a wallet: 0.05 HKD.
var rate = money.Rate{Base: "JPY", Quote: "HKD", Mantissa: 5, Scale: 2}

func newMiniHub(wallets connectors.Wallet, acquirers connectors.Acquirer) *miniHub {
	return &miniHub{
		wallets: wallets, acquirers: acquirers, partners: make(map[string]connectors.Participant),
		codes: make(map[string]payer), payments: make(map[string]*held), life: time.Minute,
	}
}

func (h *miniHub) ByClient(clientID string) (connectors.Participant, bool) {
	for _, p := range h.partners {
		if p.ClientID == clientID {
			return p, true
		}
	}
	return connectors.Participant{}, false
}

func (h *miniHub) find(keys ...string) *held {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, key := range keys {
		if kept := h.payments[key]; kept != nil {
			return kept
		}
	}
	return nil
}

func (h *miniHub) IssueCodes(
	_ context.Context, from connectors.Participant, request connectors.CodeRequest,
) ([]connectors.Code, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	codes := make([]connectors.Code, request.Quantity)
	now := clock.System{}.Now()
	for i := range codes {
		h.serial++
		codes[i] = connectors.Code{
			Value: fmt.Sprintf("25100102%016d", h.serial), ValidFrom: now, ExpiresAt: now.Add(time.Minute),
		}
		h.codes[codes[i].Value] = payer{from.ID, request.PayerReference}
	}
	return codes, nil
}

// claim enters an order once.
func (h *miniHub) claim(from connectors.Participant, order connectors.Order) (*held, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := from.ID + "/" + order.RequestID
	if kept := h.payments[key]; kept != nil {
		return kept, false
	}
	id := ids.New()
	kept := &held{checked: order.CheckedFields, returns: make(map[string]connectors.Return)}
	kept.payment = connectors.Payment{
		ID: id, RequestID: order.RequestID, Mode: order.Mode, Status: iso20022.Pending, Transfer: order.Transfer,
		AcquirerID: from.ID, NotifyURL: order.NotifyURL,
	}
	kept.payment.Transfer.UETR = iso20022.UETR(id)
	kept.payment.Transfer.SettlementAmount, _ = rate.Convert(order.Transfer.InstructedAmount, money.HalfEven)
	kept.payment.Transfer.Rate = &iso20022.AgreedRate{Rate: rate, QuoteID: iso20022.UETR(id)}
	kept.payment.QuoteExpiresAt = clock.System{}.Now().Add(h.life)
	if order.Mode == connectors.OrderCode {
		kept.payment.OrderCode = "HTTPS://CODES.EXAMPLE/" + id.String()
		h.payments[kept.payment.OrderCode] = kept
	} else if owner, known := h.codes[order.Transfer.DebtorAccount.ProxyID]; known {
		delete(h.codes, order.Transfer.DebtorAccount.ProxyID)
		kept.payment.WalletID, kept.payment.PayerReference = owner.wallet, owner.reference
	}
	h.payments[key], h.payments[id.String()] = kept, kept
	return kept, true
}

func (h *miniHub) Pay(
	ctx context.Context, from connectors.Participant, order connectors.Order,
) (connectors.Payment, error) {
	kept, fresh := h.claim(from, order)
	kept.Lock()
	defer kept.Unlock()
	switch {
	case kept.checked != order.CheckedFields:
		return connectors.Payment{}, reason.New(reason.Inconsistent, "hub", "")
	case !fresh || order.Mode == connectors.OrderCode:
	case kept.payment.WalletID == "":
		kept.finish(iso20022.Rejected, reason.InvalidCode)
	default:
		kept.take(h.wallets.Pay(ctx, h.partners[kept.payment.WalletID], kept.payment))
	}
	return kept.payment, nil
}

// take applies a wallet's answer to a payment that is still open.
func (k *held) take(answer connectors.Answer) {
	switch answer.Decision {
	case connectors.Accepted:
		k.finish(iso20022.Completed, reason.None)
		k.payment.WalletPaymentID = answer.WalletPaymentID
	case connectors.Declined:
		k.finish(iso20022.Rejected, answer.Reason)
	}
}

func (k *held) finish(status iso20022.Status, why reason.Kind) {
	if k.payment.Status == iso20022.Pending {
		k.payment.Status, k.payment.Reason, k.payment.CompletedAt = status, why, clock.System{}.Now()
	}
}

func (h *miniHub) named(from connectors.Participant, named connectors.Reference) (*held, error) {
	kept := h.find(from.ID+"/"+named.RequestID, named.PaymentID.String())
	if kept == nil || kept.payment.AcquirerID != from.ID {
		return nil, reason.New(reason.NotFound, "hub", "")
	}
	return kept, nil
}

func (h *miniHub) Inquire(
	ctx context.Context, from connectors.Participant, named connectors.Reference,
) (connectors.Payment, error) {
	kept, err := h.named(from, named)
	if err != nil {
		return connectors.Payment{}, err
	}
	kept.Lock()
	defer kept.Unlock()
	if kept.payment.Status == iso20022.Pending && kept.payment.WalletID != "" {
		kept.take(h.wallets.Inquire(ctx, h.partners[kept.payment.WalletID],
			iso20022.StatusRequest{OriginalUETR: kept.payment.Transfer.UETR}))
	}
	return kept.payment, nil
}

func (h *miniHub) Cancel(
	ctx context.Context, from connectors.Participant, named connectors.Reference,
) (connectors.Payment, error) {
	kept, err := h.named(from, named)
	if err != nil {
		return connectors.Payment{}, err
	}
	kept.Lock()
	defer kept.Unlock()
	if kept.payment.WalletID != "" {
		answer := h.wallets.Cancel(ctx, h.partners[kept.payment.WalletID],
			iso20022.CancellationRequest{OriginalUETR: kept.payment.Transfer.UETR})
		if answer.Decision != connectors.Accepted {
			return connectors.Payment{}, reason.New(reason.InProcess, "hub", "")
		}
	}
	kept.payment.Status, kept.payment.Reason = iso20022.Cancelled, reason.Closed
	return kept.payment, nil
}

func (h *miniHub) Return(
	ctx context.Context, from connectors.Participant, order connectors.ReturnOrder,
) (connectors.Return, error) {
	kept, err := h.named(from, order.Payment)
	if err != nil {
		return connectors.Return{}, err
	}
	kept.Lock()
	defer kept.Unlock()
	back, err := rate.Convert(order.Amount, money.HalfEven)
	if err != nil {
		return connectors.Return{}, reason.Wrap(reason.InvalidRequest, "hub", err)
	}
	answer := h.wallets.Return(ctx, h.partners[kept.payment.WalletID], kept.payment, iso20022.PaymentReturn{
		ReturnID: order.RequestID, OriginalUETR: kept.payment.Transfer.UETR,
		InstructedAmount: order.Amount, ReturnedAmount: back, Rate: &rate,
	})
	done, known := kept.returns[order.RequestID]
	if !known {
		done = connectors.Return{ID: ids.New(), RequestID: order.RequestID, Amount: order.Amount, SettlementAmount: back}
	}
	done.Status, done.Reason = iso20022.Pending, answer.Reason
	switch answer.Decision {
	case connectors.Accepted:
		done.Status, done.CompletedAt = iso20022.Completed, answer.CompletedAt
	case connectors.Declined:
		done.Status = iso20022.Rejected
	}
	kept.returns[order.RequestID] = done
	return done, nil
}

func (h *miniHub) Scanned(
	_ context.Context, from connectors.Participant, scan connectors.Scan,
) (connectors.Payment, error) {
	h.hear(scan.Amount)
	kept := h.find(scan.CodeValue)
	if kept == nil {
		return connectors.Payment{}, reason.New(reason.InvalidCode, "hub", "")
	}
	kept.Lock()
	defer kept.Unlock()
	kept.payment.WalletID, kept.payment.PayerReference = from.ID, scan.PayerReference
	return kept.payment, nil
}

func (h *miniHub) hear(typed money.Amount) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !typed.IsZero() {
		h.typed = append(h.typed, typed)
	}
}

func (h *miniHub) typedAmounts() []money.Amount {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.typed)
}

func (h *miniHub) Confirm(
	ctx context.Context, _ connectors.Participant, confirmation connectors.Confirmation,
) error {
	kept := h.find(confirmation.Payment.RequestID)
	if kept == nil {
		return reason.New(reason.NotFound, "hub", "")
	}
	kept.Lock()
	defer kept.Unlock()
	if confirmation.Decision == connectors.Accepted &&
		confirmation.SettlementAmount != kept.payment.Transfer.SettlementAmount {
		return reason.New(reason.Inconsistent, "hub", "")
	}
	kept.take(connectors.Answer{
		Decision: confirmation.Decision, Reason: confirmation.Reason, WalletPaymentID: confirmation.WalletPaymentID,
	})
	return h.acquirers.Notify(ctx, h.partners[kept.payment.AcquirerID], kept.payment).Err
}

func (h *miniHub) Price(
	_ context.Context, _ connectors.Participant, _ connectors.PriceRequest,
) (connectors.PriceQuote, error) {
	return connectors.PriceQuote{Rate: rate, QuotedAt: clock.System{}.Now()}, nil
}

func (h *miniHub) Identify(
	_ context.Context, _ connectors.Participant, codeValue string,
) (connectors.Action, error) {
	if h.find(codeValue) == nil {
		return connectors.ActionNone, nil
	}
	return connectors.ActionScan, nil
}

func (h *miniHub) Consult(
	_ context.Context, _ connectors.Participant, _ connectors.ConsultRequest,
) ([]connectors.WalletOption, error) {
	return []connectors.WalletOption{{ID: "HK-WALLET", Name: "Harbour Pay", Country: "HK"}}, nil
}

func (h *miniHub) ConfirmPush(_ context.Context, _ connectors.Participant, _ connectors.Confirmation) error {
	return reason.New(reason.NotFound, "hub", "")
}
