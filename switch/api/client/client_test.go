package client_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

const token = "cwo_secretsecretsecretsecretsecretsecretsecretsec"

// answering is a hub that answers one thing and keeps the request.
func answering(t *testing.T, status int, media, body string) (*client.Client, *http.Request) {
	t.Helper()
	var got http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = *r
		w.Header().Set("Content-Type", media)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return &client.Client{BaseURL: server.URL, Token: token}, &got
}

func TestProblemIsCarried(t *testing.T) {
	c, got := answering(
		t,
		409,
		"application/problem+json",
		`{"type":"urn:causeway:reason:ProposalClosed","title":"closed","status":409,"reason":"ProposalClosed","detail":"it is EXPIRED","trace_id":"abc"}`,
	)
	_, err := c.Approve(t.Context(), ids.Nil, strings.Repeat("0", 64))
	var problem *client.Error
	if !errors.As(err, &problem) || client.ReasonOf(fmt.Errorf("wrapped: %w", err)) != "ProposalClosed" {
		t.Fatalf("got %v", err)
	}
	want := "POST /v1/proposals/" + ids.Nil.String() + "/approve: closed: it is EXPIRED (ProposalClosed, status 409, trace abc)"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if got.Header.Get("Authorization") != "Bearer "+token || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("headers %v", got.Header)
	}
}

// TestOtherAnswers: what is no problem of a hub is an error by its status.
func TestOtherAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status      int
		media, body string
		want        int
	}{
		"proxy":            {502, "text/html", "<h1>Bad Gateway</h1>", 502},
		"broken problem":   {500, "application/problem+json", `{"title":`, 500},
		"no media type":    {404, "", "", 404},
		"redirect":         {302, "text/plain", "", 302},
		"other status":     {403, "application/problem+json", `{"status":200,"reason":"AccessDenied"}`, 403},
		"not JSON":         {200, "application/json", "<html>", 0},
		"wrong JSON":       {200, "application/json", `{"roles":7}`, 0},
		"unfinished value": {200, "application/json", `{"roles":[`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			hub, _ := answering(t, c.status, c.media, c.body)
			_, err := hub.Me(t.Context())
			var problem *client.Error
			if err == nil || errors.As(err, &problem) != (c.want != 0) {
				t.Fatalf("got %v", err)
			}
			if problem != nil && problem.Problem.Status != c.want {
				t.Errorf("status %d", problem.Problem.Status)
			}
			if strings.Contains(fmt.Sprintf("%v %+v", err, hub), token) {
				t.Error("the token shows")
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	for _, url := range []string{server.URL, "http://%zz", ""} {
		_, err := (&client.Client{BaseURL: url, Token: token}).Summary(t.Context())
		if err == nil || client.ReasonOf(err) != "" || strings.Contains(err.Error(), token) {
			t.Errorf("%q: %v", url, err)
		}
	}
	if client.ReasonOf(nil) != "" {
		t.Error("nil has a reason")
	}
}

// TestAddressOfPartners: there every request is answered with success and a refusal in
// the body, which must not be taken for an answer that says nothing.
func TestAddressOfPartners(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["signature"] = []string{"algorithm=RSA256,keyVersion=1,signature=AAAA"}
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		_, _ = io.WriteString(w, `{"result":{"resultCode":"METHOD_NOT_SUPPORTED","resultStatus":"F"}}`)
	}))
	defer server.Close()
	c := &client.Client{BaseURL: server.URL, Token: token}
	_, read := c.Me(t.Context())
	_, decided := c.Approve(t.Context(), ids.Nil, strings.Repeat("0", 64))
	for _, err := range []error{read, decided} {
		if err == nil || !strings.Contains(err.Error(), "address for partners") {
			t.Errorf("got %v", err)
		}
	}
}

func TestAnswerIsBounded(t *testing.T) {
	c, _ := answering(t, 200, "application/json", strings.Repeat(" ", 16<<20)+"{}")
	if _, err := c.Me(t.Context()); err == nil || !strings.Contains(err.Error(), "above") {
		t.Errorf("got %v", err)
	}
}

func TestChangeThatIsNoJSON(t *testing.T) {
	c, _ := answering(t, 200, "application/json", "{}")
	if _, err := c.Propose(t.Context(), wire.KindCapSet, func() {}); err == nil {
		t.Error("a function was proposed")
	}
}

// TestQueries: filters reach the hub as they are, also when they need escapes.
func TestQueries(t *testing.T) {
	c, got := answering(t, 200, "application/json", "{}")
	filter := client.PaymentFilter{State: "HELD", Participant: "A&limit=9", Page: client.Page{Before: "1.2", Limit: 3}}
	if _, err := c.Payments(t.Context(), filter); err != nil {
		t.Fatal(err)
	}
	if got.URL.RawQuery != "before=1.2&limit=3&participant=A%26limit%3D9&state=HELD" {
		t.Errorf("query %s", got.URL.RawQuery)
	}
	if _, err := c.Payments(t.Context(), client.PaymentFilter{}); err != nil || got.URL.RawQuery != "" {
		t.Errorf("query %q, %v", got.URL.RawQuery, err)
	}
}

// TestCalls: each method makes the call that the API documents.
func TestCalls(t *testing.T) {
	id := ids.Derive(ids.Nil, "call", 1)
	ctx := t.Context()
	for want, call := range map[string]func(c *client.Client) error{
		"GET /openapi.json":               func(c *client.Client) error { _, err := c.Document(ctx); return err },
		"GET /v1/me":                      func(c *client.Client) error { _, err := c.Me(ctx); return err },
		"GET /v1/operators":               func(c *client.Client) error { _, err := c.Operators(ctx); return err },
		"GET /v1/payments/summary":        func(c *client.Client) error { _, err := c.Summary(ctx); return err },
		"GET /v1/payments/" + id.String(): func(c *client.Client) error { _, err := c.Payment(ctx, id); return err },
		"GET /v1/payments/" + id.String() + "/messages/2": func(c *client.Client) error {
			_, err := c.PaymentMessage(ctx, id, 2)
			return err
		},
		"GET /v1/payments/" + id.String() + "/messages": func(c *client.Client) error {
			_, err := c.PaymentMessages(ctx, id)
			return err
		},
		"GET /v1/messages/" + id.String(): func(c *client.Client) error { _, err := c.Message(ctx, id.String()); return err },
		"GET /v1/messages?limit=3&participant=P&window=" + id.String(): func(c *client.Client) error {
			_, err := c.Messages(ctx, client.MessageFilter{
				Window: id.String(), Participant: "P", Page: client.Page{Limit: 3},
			})
			return err
		},
		"GET /v1/messages?uetr=" + id.String(): func(c *client.Client) error {
			_, err := c.Messages(ctx, client.MessageFilter{UETR: id.String()})
			return err
		},
		"GET /v1/participants": func(c *client.Client) error { _, err := c.Participants(ctx); return err },
		"GET /v1/corridors":    func(c *client.Client) error { _, err := c.Corridors(ctx); return err },
		"GET /v1/directory/versions?limit=3": func(c *client.Client) error {
			_, err := c.DirectoryVersions(ctx, client.Page{Limit: 3})
			return err
		},
		"GET /v1/positions":              func(c *client.Client) error { _, err := c.Positions(ctx); return err },
		"GET /v1/windows?limit=2":        func(c *client.Client) error { _, err := c.Windows(ctx, 2); return err },
		"GET /v1/windows/" + id.String(): func(c *client.Client) error { _, err := c.Window(ctx, id); return err },
		"POST /v1/windows/close":         func(c *client.Client) error { _, err := c.CloseWindow(ctx); return err },
		"GET /v1/ledger/balances":        func(c *client.Client) error { _, err := c.Balances(ctx); return err },
		"GET /v1/ledger/balances?at=2026-11-25T18%3A00%3A00Z&basis=effective": func(c *client.Client) error {
			_, err := c.BalancesAt(ctx, "2026-11-25T18:00:00Z", "effective")
			return err
		},
		"GET /v1/ledger/entries?account=A.POSITION.HKD&after=7.x&limit=2": func(c *client.Client) error {
			_, err := c.AccountEntries(ctx, "A.POSITION.HKD", "7.x", 2)
			return err
		},
		"GET /v1/dead-letters":                             func(c *client.Client) error { _, err := c.DeadLetters(ctx, 0); return err },
		"POST /v1/dead-letters/" + id.String() + "/replay": func(c *client.Client) error { return c.Replay(ctx, id) },
		"GET /v1/proposals?limit=1&state=OPEN": func(c *client.Client) error {
			_, err := c.Proposals(ctx, "OPEN", client.Page{Limit: 1})
			return err
		},
		"GET /v1/proposals/" + id.String(): func(c *client.Client) error { _, err := c.Proposal(ctx, id); return err },
		`POST /v1/proposals {"kind":"participant.suspend","change":{"participant_id":"A"}}`: func(c *client.Client) error {
			_, err := c.Propose(ctx, wire.KindParticipantSuspend, wire.ParticipantChange{ParticipantID: "A"})
			return err
		},
		"POST /v1/proposals/" + id.String() + `/approve {"change_hash":"ab"}`: func(c *client.Client) error {
			_, err := c.Approve(ctx, id, "ab")
			return err
		},
		"POST /v1/proposals/" + id.String() + "/reject": func(c *client.Client) error { _, err := c.Reject(ctx, id); return err },
		"GET /v1/audit?before=x": func(c *client.Client) error {
			_, err := c.Audit(ctx, client.Page{Before: "x"})
			return err
		},
		"GET /v1/screening": func(c *client.Client) error { _, err := c.Screening(ctx); return err },
		"GET /v1/fx/rates":  func(c *client.Client) error { _, err := c.Rates(ctx); return err },
		`POST /v1/fx/rates {"rates":[{"unit_currency":"EUR","quoted_currency":"USD","mid":"1.1","observed_at":"2026-04-13T12:00:00Z"}]}`: func(c *client.Client) error {
			_, err := c.PushRates(ctx, []wire.Rate{{UnitCurrency: "EUR", QuotedCurrency: "USD", Mid: "1.1",
				ObservedAt: time.Date(2026, 4, 13, 12, 0, 0, 0, time.UTC)}})
			return err
		},
		"GET /v1/fx/rates/history?limit=2&pair=EUR%2FUSD": func(c *client.Client) error {
			_, err := c.RateHistory(ctx, "EUR/USD", client.Page{Limit: 2})
			return err
		},
		"GET /v1/fx/tariff": func(c *client.Client) error { _, err := c.Tariff(ctx); return err },
		`POST /v1/fx/quotes {"owner_id":"A","acquirer_id":"A","wallet_id":"W","product":"OrderCode","amount":{"currency":"JPY","minor":"1"},"firm":true}`: func(c *client.Client) error {
			_, err := c.MakeQuote(ctx, wire.QuoteRequest{OwnerID: "A", AcquirerID: "A", WalletID: "W", Product: "OrderCode",
				Amount: wire.Amount{Currency: "JPY", Minor: "1"}, Firm: true})
			return err
		},
		"GET /v1/fx/quotes/" + id.String(): func(c *client.Client) error { _, err := c.Quote(ctx, id); return err },
		"GET /v1/fx/book":                  func(c *client.Client) error { _, err := c.Book(ctx); return err },
		"GET /v1/fx/book/history?currency=HKD&from=2026-01-01": func(c *client.Client) error {
			_, err := c.BookHistory(ctx, "HKD", "2026-01-01", "")
			return err
		},
		`POST /v1/fx/book/close {"day":"2026-04-13"}`: func(c *client.Client) error {
			_, err := c.CloseBook(ctx, "2026-04-13")
			return err
		},
	} {
		var got string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			got = strings.TrimSpace(r.Method + " " + r.URL.RequestURI() + " " + string(body))
			_, _ = w.Write([]byte("{}"))
		}))
		if err := call(&client.Client{BaseURL: server.URL, Token: token}); err != nil || got != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
		server.Close()
	}
}
