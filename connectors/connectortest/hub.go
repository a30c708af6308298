package connectortest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// Recorded is one call that reached the hub.
type Recorded struct {
	Verb Verb
	From string
	// Value is what was passed: an Order, a Reference and so on.
	Value any
}

// Words returns the partner's own words of the call, as the connector gave them.
func (r Recorded) Words() connectors.Words {
	switch value := r.Value.(type) {
	case connectors.Order:
		return value.Words
	case connectors.Reference:
		return value.Words
	case connectors.ReturnOrder:
		return value.Words
	case connectors.Scan:
		return value.Words
	case connectors.Confirmation:
		return value.Words
	default:
		return connectors.Words{}
	}
}

// Hub is a hub in memory that keeps the promises of the contract about
// idempotency and privacy, says yes to everything, and records every call. It
// is safe for concurrent use.
type Hub struct {
	mu       sync.Mutex
	calls    []Recorded
	payments map[string]*kept              // by participant and request id
	returns  map[string]*connectors.Return // by participant and request id
	executed int
	codes    int
	fail     error
}

type kept struct {
	checked [32]byte
	payment connectors.Payment
}

// NewHub returns a hub without payments.
func NewHub() *Hub {
	return &Hub{payments: make(map[string]*kept), returns: make(map[string]*connectors.Return)}
}

// At is the time at which everything happens in the hub.
var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Calls returns what reached the hub.
func (h *Hub) Calls() []Recorded {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Recorded(nil), h.calls...)
}

// Executed returns how many payments, returns, codes and confirmations there
// were, repetitions not counted.
func (h *Hub) Executed() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.executed
}

// Reset forgets all payments, so that the same request can be made anew.
func (h *Hub) Reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.payments = make(map[string]*kept)
}

// FailWith makes every further call fail; nil ends that.
func (h *Hub) FailWith(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fail = err
}

func (h *Hub) record(verb Verb, from connectors.Participant, value any) error {
	h.calls = append(h.calls, Recorded{verb, from.ID, value})
	return h.fail
}

func keyOf(from connectors.Participant, id string) string { return from.ID + "\x00" + id }

// Pay implements [connectors.Hub].
func (h *Hub) Pay(
	_ context.Context, from connectors.Participant, order connectors.Order,
) (connectors.Payment, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.record(Pay, from, order); err != nil {
		return connectors.Payment{}, err
	}
	key := keyOf(from, order.RequestID)
	if known := h.payments[key]; known != nil {
		if known.checked != order.CheckedFields {
			return connectors.Payment{}, reason.New(reason.Inconsistent, "hub.Pay", "")
		}
		return known.payment, nil
	}
	h.executed++
	h.payments[key] = &kept{order.CheckedFields, settled(from, order)}
	return h.payments[key].payment, nil
}

// settled is the payment of an order: an order code waits to be scanned, a
// payment code is paid at once.
func settled(from connectors.Participant, order connectors.Order) connectors.Payment {
	id := ids.New()
	payment := connectors.Payment{
		ID: id, RequestID: order.RequestID, Mode: order.Mode, Status: iso20022.Completed,
		Transfer: order.Transfer, AcquirerID: from.ID, WalletID: "WALLET", WalletName: "Harbour Pay",
		PayerReference: "payer", WalletPaymentID: "W-1", NotifyURL: order.NotifyURL, CompletedAt: at,
		QuoteExpiresAt: at.Add(time.Hour),
	}
	payment.Transfer.UETR = iso20022.UETR(id)
	payment.Transfer.SettlementAmount = money.New(958, "USD")
	payment.Transfer.Rate = &iso20022.AgreedRate{
		Rate:     money.Rate{Base: "USD", Quote: "JPY", Mantissa: 1566, Scale: 1},
		QuotedAt: at, QuoteID: iso20022.UETR(id),
	}
	if order.Mode.Waits() {
		payment.Status, payment.CompletedAt = iso20022.Pending, time.Time{}
		payment.OrderCode = "HTTPS://CODES.EXAMPLE/" + id.String()
	}
	return payment
}

func (h *Hub) find(from connectors.Participant, named connectors.Reference) *kept {
	if named.PaymentID == ids.Nil {
		return h.payments[keyOf(from, named.RequestID)]
	}
	for _, known := range h.payments {
		if known.payment.ID == named.PaymentID && known.payment.AcquirerID == from.ID {
			return known
		}
	}
	return nil
}

// Inquire implements [connectors.Hub].
func (h *Hub) Inquire(
	_ context.Context, from connectors.Participant, named connectors.Reference,
) (connectors.Payment, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.record(Inquire, from, named); err != nil {
		return connectors.Payment{}, err
	}
	known := h.find(from, named)
	if known == nil {
		return connectors.Payment{}, reason.New(reason.NotFound, "hub.Inquire", "")
	}
	return known.payment, nil
}

// Cancel implements [connectors.Hub].
func (h *Hub) Cancel(
	_ context.Context, from connectors.Participant, named connectors.Reference,
) (connectors.Payment, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.record(Cancel, from, named); err != nil {
		return connectors.Payment{}, err
	}
	known := h.find(from, named)
	if known == nil {
		return connectors.Payment{}, reason.New(reason.NotFound, "hub.Cancel", "")
	}
	known.payment.Status, known.payment.Reason = iso20022.Cancelled, reason.Closed
	return known.payment, nil
}

// Return implements [connectors.Hub].
func (h *Hub) Return(
	_ context.Context, from connectors.Participant, order connectors.ReturnOrder,
) (connectors.Return, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.record(Return, from, order); err != nil {
		return connectors.Return{}, err
	}
	if h.find(from, order.Payment) == nil {
		return connectors.Return{}, reason.New(reason.NotFound, "hub.Return", "")
	}
	key := keyOf(from, order.RequestID)
	if h.returns[key] == nil {
		h.executed++
		h.returns[key] = &connectors.Return{
			ID: ids.New(), RequestID: order.RequestID, Status: iso20022.Completed, Amount: order.Amount,
			SettlementAmount: money.New(100, "USD"), CompletedAt: at,
		}
	}
	return *h.returns[key], nil
}

// IssueCodes implements [connectors.Hub].
func (h *Hub) IssueCodes(
	_ context.Context, from connectors.Participant, request connectors.CodeRequest,
) ([]connectors.Code, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.record(IssueCodes, from, request); err != nil {
		return nil, err
	}
	codes := make([]connectors.Code, request.Quantity)
	for i := range codes {
		h.executed++
		h.codes++
		codes[i] = connectors.Code{
			Value: fmt.Sprintf("25100102%016d", h.codes), ValidFrom: at, ExpiresAt: at.Add(time.Minute),
		}
	}
	return codes, nil
}

// Scanned implements [connectors.Hub].
func (h *Hub) Scanned(
	_ context.Context, from connectors.Participant, scan connectors.Scan,
) (connectors.Payment, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.record(Scanned, from, scan); err != nil {
		return connectors.Payment{}, err
	}
	for _, known := range h.payments {
		if known.payment.OrderCode == scan.CodeValue {
			return known.payment, nil
		}
	}
	return connectors.Payment{}, reason.New(reason.InvalidCode, "hub.Scanned", "")
}

// Confirm implements [connectors.Hub].
func (h *Hub) Confirm(
	_ context.Context, from connectors.Participant, confirmation connectors.Confirmation,
) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.record(Confirm, from, confirmation); err != nil {
		return err
	}
	h.executed++
	return nil
}

// Price implements [connectors.Hub].
func (h *Hub) Price(
	_ context.Context, from connectors.Participant, request connectors.PriceRequest,
) (connectors.PriceQuote, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.record(Price, from, request); err != nil {
		return connectors.PriceQuote{}, err
	}
	quote := connectors.PriceQuote{
		Rate: money.Rate{Base: request.Buy, Quote: request.Sell, Mantissa: 5, Scale: 2}, QuotedAt: at,
	}
	if request.AcquirerID != "" {
		h.executed++
		quote.ID, quote.ExpiresAt = ids.New(), at.Add(time.Hour)
	}
	return quote, nil
}

// Identify implements [connectors.Hub]: codes of payments are to be scanned,
// addresses below https://shop.example/ to be opened.
func (h *Hub) Identify(
	_ context.Context, from connectors.Participant, codeValue string,
) (connectors.Action, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.record(Identify, from, codeValue); err != nil {
		return connectors.ActionNone, err
	}
	switch {
	case strings.HasPrefix(codeValue, "HTTPS://CODES.EXAMPLE/"):
		return connectors.ActionScan, nil
	case strings.HasPrefix(codeValue, "https://shop.example/"):
		return connectors.ActionOpen, nil
	default:
		return connectors.ActionNone, nil
	}
}

// Consult implements [connectors.Hub]: there is one wallet, in Hong Kong.
func (h *Hub) Consult(
	_ context.Context, from connectors.Participant, request connectors.ConsultRequest,
) ([]connectors.WalletOption, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.record(Consult, from, request); err != nil {
		return nil, err
	}
	if len(request.Regions) > 0 && !slices.Contains(request.Regions, "HK") {
		return nil, reason.New(reason.MethodUnavailable, "hub.Consult", "")
	}
	return []connectors.WalletOption{{ID: "WALLET", Name: "Harbour Pay", Country: "HK"}}, nil
}

// ConfirmPush implements [connectors.Hub].
func (h *Hub) ConfirmPush(
	_ context.Context, from connectors.Participant, confirmation connectors.Confirmation,
) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.record(ConfirmPush, from, confirmation); err != nil {
		return err
	}
	h.executed++
	return nil
}
