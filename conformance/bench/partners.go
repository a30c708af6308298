package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/openssl"
	"github.com/causeway-pay/causeway/internal/reason"
)

// PartnersConfig is all partners of a run, for the process that plays them.
type PartnersConfig struct {
	Keys    string `json:"keys"`
	Library string `json:"library"`
	// HubKey is the hub's public key, PEM.
	HubKey string `json:"hubKey"`
	// Control is where timings are asked for.
	Control  string        `json:"control"`
	Partners []PartnerSide `json:"partners"`
}

// PartnerSide is one partner's side.
type PartnerSide struct {
	ID       string `json:"id"`
	Role     string `json:"role"`
	ClientID string `json:"clientId"`
	Listen   string `json:"listen"`
}

// hubName is how partners call the owner of the hub's keys.
const hubName = "hub"

// partners plays all partners of a run. Wallets say at once what the payer's
// reference tells them to, and keep no book: what was paid is checked against what
// the acquirers were told.
type partners struct {
	config   PartnersConfig
	library  keys.Library
	verifier keys.Verifier
	clock    clock.Clock
	timings  timings
	notified atomic.Int64
	stopping context.Context
}

// RunPartners plays the partners of a configuration file until the context ends.
func RunPartners(ctx context.Context, path string) error {
	body, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("bench: partners: %w", err)
	}
	p := &partners{clock: clock.System{}, stopping: ctx}
	if err := json.Unmarshal(body, &p.config); err != nil {
		return fmt.Errorf("bench: partners: %w", err)
	}
	if p.library, err = openssl.Choose(p.config.Library); err != nil {
		return fmt.Errorf("bench: partners: %w", err)
	}
	p.verifier = keys.NewPublishedWith(p.library, keys.Table(map[string]map[int]string{hubName: {1: p.config.HubKey}}))
	failed := make(chan error, len(p.config.Partners)+1)
	for _, side := range p.config.Partners {
		handler, err := p.side(side)
		if err == nil {
			err = serveOn(ctx, side.Listen, handler, failed)
		}
		if err != nil {
			return err
		}
	}
	if err := serveOn(ctx, p.config.Control, p.control(), failed); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// serveOn serves until the context ends.
func serveOn(ctx context.Context, address string, handler http.Handler, failed chan<- error) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("bench: partners: %w", err)
	}
	server := alipayplus.NewHTTPServer(handler)
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	return nil
}

// control answers that the partners are there, and what calls took.
func (p *partners) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /control/ready", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("GET /control/timings", &p.timings)
	mux.HandleFunc("GET /control/notified", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, p.notified.Load()) // whoever asked may have gone
	})
	return mux
}

// side is the protocol's side of one partner, which measures how long it has a call.
func (p *partners) side(side PartnerSide) (http.Handler, error) {
	signer, err := keys.LoadWith(p.library, p.config.Keys, side.ID, -1)
	if err != nil {
		return nil, err
	}
	serve := p.wallet
	if side.Role == sandbox.RoleAcquirer {
		serve = p.acquirer
	}
	gate := alipayplus.NewGate(alipayplus.GateConfig{
		Directory: hubAlone(side.ClientID), Verifier: p.verifier, Signer: signer, AnswerWithin: silence,
	}, serve)
	if side.Role == sandbox.RoleAcquirer {
		return gate, nil
	}
	return p.timings.measure(gate, p.clock), nil
}

// silence is how long a wallet holds a call that it does not answer: longer than
// any hub waits.
const silence = 2 * time.Minute

// hubAlone is the directory of a partner: the hub, which sends the partner's own
// client id.
type hubAlone string

// ByClient implements [alipayplus.Directory].
func (h hubAlone) ByClient(clientID string) (connectors.Participant, bool) {
	return connectors.Participant{ID: hubName, ClientID: clientID}, clientID == string(h)
}

// acquirer confirms every notification.
func (p *partners) acquirer(context.Context, alipayplus.Call) any {
	p.notified.Add(1)
	return answered(reason.None)
}

func answered(kind reason.Kind) alipayplus.Answer {
	return alipayplus.Answer{Result: alipayplus.ResultOf(kind)}
}

// wallet answers the hub.
func (p *partners) wallet(ctx context.Context, call alipayplus.Call) any {
	switch call.Path {
	case alipayplus.PathPay:
		return p.pay(ctx, call.Body)
	case alipayplus.PathInquiryPayment:
		// Only what was not answered is asked about, and that was not paid.
		return answered(reason.NotFound)
	case alipayplus.PathCancelPayment:
		return answered(reason.None)
	default:
		return answered(reason.UnknownInterface)
	}
}

// pay does what the first letter of the payer's reference says.
func (p *partners) pay(ctx context.Context, body []byte) any {
	var request struct {
		Method struct {
			Customer string `json:"customerId"`
		} `json:"paymentMethod"`
	}
	if err := json.Unmarshal(body, &request); err != nil || request.Method.Customer == "" {
		return answered(reason.InvalidRequest)
	}
	customer := request.Method.Customer
	switch behaviour(customer[0]) {
	case decline:
		return answered(reason.InsufficientFunds)
	case silent:
		select {
		case <-ctx.Done():
		case <-p.stopping.Done():
		}
		return answered(reason.Unknown)
	}
	return alipayplus.WalletAnswer{
		Answer:    answered(reason.None),
		PaymentID: timingPrefix + strconv.Itoa(p.timings.number(ctx)), CustomerID: customer,
		PaymentTime: p.clock.Now().Format(time.RFC3339),
	}
}

// timingPrefix and the number of its timing are a wallet's id of a payment.
const timingPrefix = "T-"

// timingOf reads the number of a timing out of a wallet's id of a payment.
func timingOf(walletPaymentID string) (int, bool) {
	text, ours := strings.CutPrefix(walletPaymentID, timingPrefix)
	number, err := strconv.Atoi(text)
	return number, ours && err == nil && number >= 0
}
