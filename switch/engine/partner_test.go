package engine_test

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/route"
)

// codePrefix begins the codes of the Japanese acquirer's own, for each mode.
func codePrefix(mode connectors.Mode) string { return "https://acquirer.example/" + string(mode) + "/" }

// till is a scripted acquirer: the world outside the hub.
type till struct {
	acquirer
	mu sync.Mutex
	// push and inquire are what the acquirer answers.
	push, inquire func() connectors.Answer
	// orders by code; an unknown code has none.
	orders map[string]connectors.Order
	calls  map[string]int
}

func newTill() *till {
	return &till{
		push: answering(connectors.Accepted), inquire: answering(connectors.Accepted),
		orders: map[string]connectors.Order{}, calls: map[string]int{},
	}
}

func answering(decision connectors.Decision) func() connectors.Answer {
	return func() connectors.Answer {
		return connectors.Answer{Decision: decision, Sent: []byte("{}"), Received: []byte("{}")}
	}
}

func (a *till) count(verb string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls[verb]
}

// Order implements connectors.Acquirer.
func (a *till) Order(
	_ context.Context, _ connectors.Participant, request connectors.OrderRequest,
) (connectors.Order, connectors.Answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls["order"]++
	order, known := a.orders[request.CodeValue]
	if !known {
		return connectors.Order{}, answering(connectors.Declined)()
	}
	order.Mode = request.Mode
	return order, answering(connectors.Accepted)()
}

// Push implements connectors.Acquirer.
func (a *till) Push(context.Context, connectors.Participant, connectors.Payment) connectors.Answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls["push"]++
	return a.push()
}

// InquirePush implements connectors.Acquirer.
func (a *till) InquirePush(context.Context, connectors.Participant, connectors.Payment) connectors.Answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls["inquire push"]++
	return a.inquire()
}

// everyMode gives the hub what modes need beside a wallet.
func (h *hub) everyMode() *till {
	h.t.Helper()
	a := newTill()
	h.Acquirers = map[string]connectors.Acquirer{"scripted": a}
	var codes []route.MerchantCode
	for _, mode := range []connectors.Mode{connectors.PrivateOrderCode, connectors.Push, connectors.EntryCode} {
		codes = append(codes, route.MerchantCode{AcquirerID: "JP-ACQUIRER", Prefix: codePrefix(mode), Mode: mode})
	}
	h.directory = h.directory.WithCodes(codes)
	return a
}

// consenting is a wallet whose payers agree to everything.
type consenting struct{ token string }

func (c consenting) Prepare(
	context.Context, connectors.Participant, connectors.PrepareRequest,
) (string, connectors.Answer) {
	return "https://wallet.example/agree", answering(connectors.Accepted)()
}

func (c consenting) Apply(
	context.Context, connectors.Participant, connectors.TokenRequest,
) (connectors.Tokens, connectors.Answer) {
	ends := time.Now().Add(time.Hour)
	return connectors.Tokens{Access: c.token, AccessExpiresAt: ends, PayerReference: "U1"},
		answering(connectors.Accepted)()
}

func (c consenting) Revocable(context.Context, connectors.Participant, connectors.Grant) connectors.Answer {
	return answering(connectors.Accepted)()
}

func (c consenting) Revoke(context.Context, connectors.Participant, connectors.Grant) connectors.Answer {
	return answering(connectors.Accepted)()
}

func (c consenting) NotifyAgreement(
	context.Context, connectors.Participant, connectors.AgreementNotice,
) connectors.Answer {
	return answering(connectors.Accepted)()
}

// token is the token of an agreement of the Hong Kong wallet's payer.
func (h *hub) token() string {
	h.t.Helper()
	ways := consenting{"TOKEN-" + ids.New().String()}
	desk := &agreement.Desk{
		Pool: h.pool, Clock: h.clock, Region: region, Directory: func() *route.Directory { return h.directory },
		Wallets:   map[string]connectors.AgreementWallet{"scripted": ways},
		Acquirers: map[string]connectors.AgreementAcquirer{"scripted": ways},
	}
	reference := ids.New().String()
	_, err := desk.Prepare(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.PrepareRequest{
		WalletID: "HK-WALLET", ClientID: "M", ReferenceID: reference,
	})
	if err == nil {
		err = desk.Told(h.t.Context(), h.participant("HK-WALLET"), connectors.AgreementNotice{
			Event: connectors.CodeCreated, ClientID: "M", ReferenceID: reference, Code: reference,
		})
	}
	if err == nil {
		_, err = desk.Apply(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.TokenRequest{
			ClientID: "M", Code: reference,
		})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return ways.token
}

// orderIn is a fresh order of a mode, and the code that its merchant shows, if it
// shows one of the acquirer's own.
func (h *hub) orderIn(a *till, mode connectors.Mode, minor int64) (placed connectors.Order, code string) {
	h.t.Helper()
	requestID := ids.New().String()
	placed = order(requestID, "", jpy(minor))
	placed.Mode, placed.Transfer.DebtorAccount = mode, iso20022.Account{}
	placed.CheckedFields = sha256.Sum256([]byte(requestID))
	switch {
	case mode == connectors.PaymentCode:
		placed.Transfer.DebtorAccount = iso20022.Account{ProxyType: "TOKN", ProxyID: h.code("HK-WALLET", "U1", "Mei Lantern")}
	case mode == connectors.AutoDebit:
		placed.Grant = connectors.Grant{Token: h.token(), ClientID: "M"}
	case mode.Redirects():
		placed.RedirectURL = "https://shop.example/done"
	case mode.Fetched():
		code = codePrefix(mode) + requestID
		a.mu.Lock()
		a.orders[code] = placed
		a.mu.Unlock()
	}
	return placed, code
}
