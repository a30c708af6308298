package connectortest

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

var _ connectors.Agreements = (*Hub)(nil)

// Prepare implements [connectors.Agreements].
func (h *Hub) Prepare(
	_ context.Context, from connectors.Participant, request connectors.PrepareRequest,
) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return "https://wallet.example/agree", h.record(Prepare, from, request)
}

// Apply implements [connectors.Agreements].
func (h *Hub) Apply(
	_ context.Context, from connectors.Participant, request connectors.TokenRequest,
) (connectors.Tokens, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	tokens := connectors.Tokens{Access: "T-1", AccessExpiresAt: at.Add(time.Hour), PayerReference: "payer"}
	return tokens, h.record(Apply, from, request)
}

// Revoke implements [connectors.Agreements].
func (h *Hub) Revoke(_ context.Context, from connectors.Participant, grant connectors.Grant) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.record(Revoke, from, grant)
}

// Told implements [connectors.Agreements].
func (h *Hub) Told(_ context.Context, from connectors.Participant, notice connectors.AgreementNotice) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.record(Told, from, notice)
}

// agreements: only a genuine yes about an agreement is a yes, and only a genuine
// no is a no.
func agreements(t *testing.T, protocol Protocol) {
	for verdict, name := range verdictNames {
		if verdict == Late || verdict == NeverHeard {
			continue // as for every other verb; a wallet knows no agreement by a payment's name
		}
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(protocol.Script(t, protocol.Wallet, verdict))
			t.Cleanup(server.Close)
			to := protocol.Wallet
			to.Endpoint = server.URL
			wallet, acquirer := protocol.ConnectAgreements(t, answerWithin)
			ctx := t.Context()
			address, prepared := wallet.Prepare(ctx, to, connectors.PrepareRequest{ClientID: "M-1", ReferenceID: "A-1"})
			tokens, applied := wallet.Apply(ctx, to, connectors.TokenRequest{ClientID: "M-1", Code: "C-1"})
			for verb, answer := range map[string]connectors.Answer{
				"prepare": prepared, "apply": applied,
				"revocable": wallet.Revocable(ctx, to, connectors.Grant{Token: "T"}),
				"revoke":    wallet.Revoke(ctx, to, connectors.Grant{Token: "T"}),
				"notify":    acquirer.NotifyAgreement(ctx, to, connectors.AgreementNotice{Event: connectors.TokenCancelled}),
			} {
				accepted, expected := answer.Decision == connectors.Accepted, want(Pay, verdict)
				if answer.Decision != expected || accepted != (answer.Reason == reason.None) {
					t.Errorf("%s: %v (%v, %v), want %v", verb, answer.Decision, answer.Reason, answer.Err, expected)
				}
			}
			if (address != "") != (verdict == Yes) || (tokens.Access != "") != (verdict == Yes) {
				t.Errorf("%q, %+v", address, tokens)
			}
		})
	}
}
