package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api"
)

// asked are the operations of the document that have parameters in their query.
func asked(doc *openapi3.T, each func(method, path string, parameters []string)) {
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			var names []string
			for _, p := range operation.Parameters {
				if p.Value.In == openapi3.ParameterInQuery {
					names = append(names, p.Value.Name)
				}
			}
			if len(names) > 0 {
				each(method, path, names)
			}
		}
	}
}

// anyOf is an operator who may call a route.
func (b *bench) anyOf(method, path string) http.Header {
	for _, r := range api.Routes() {
		if r.Method == method && r.Path == path {
			return bearer(b.tokens[string(r.Roles[0])+"-1"])
		}
	}
	b.t.Fatalf("no route %s %s", method, path)
	return nil
}

// TestParametersOfAnyText: whatever stands in a query, an operator is told what is wrong
// with it, or finds nothing. Nothing of it fails inside, as what no database can hold
// would: a NUL, half a character.
func TestParametersOfAnyText(t *testing.T) {
	id := ids.New().String()
	texts := []string{
		"", "\x00", "a\x00b", "\xff", "HK\xc3", "\xed\xa0\x80", "'", `"; --`, "%", "\u202e", strings.Repeat("é", 3000),
		"-1", "0", "1e3", "99999999999999999999", "0." + id, "-0." + id, "253370764800000000." + id, id, strings.ToUpper(id),
		"9223372036854775807." + id + "." + id + ".32767", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z",
		"0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-02-30", "0000-01-01", "9999-12-31",
		"OPEN", "HKD", "USD/USD", "HK-WALLET.POSITION.HKD", "1/HK-WALLET/HKD/net", "-1/HK-WALLET/HKD/net",
	}
	each(t, func(t *testing.T, b *bench) {
		b.pay("PR-1")
		calls := 0
		asked(b.checked.doc, func(method, path string, names []string) {
			header := b.anyOf(method, path)
			for _, name := range names {
				for _, text := range texts {
					target := concrete(path) + "?" + name + "=" + url.QueryEscape(text)
					a := b.send(method, target, "", header)
					calls++
					if a.status >= http.StatusInternalServerError || a.status == http.StatusUnauthorized {
						t.Errorf("%s %s?%s=%q: %d %s", method, path, name, text, a.status, a.problem.Reason)
					}
					broken := !utf8.ValidString(text) || strings.Contains(text, "\x00")
					if broken && (a.status != http.StatusBadRequest || strings.Contains(a.problem.Detail, "\x00")) {
						t.Errorf("%s %s?%s=%q: %d %s", method, path, name, text, a.status, a.body)
					}
				}
			}
		})
		if calls < 500 {
			t.Errorf("only %d calls", calls)
		}
	})
}

// TestBodiesOfAnyText: the same of bodies, in which JSON can hide a NUL.
func TestBodiesOfAnyText(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for _, text := range []string{`\u0000`, `a\u0000b`, `\ud800`, `\udc00\ud800`, `\uffff`, `\u202e`, strings.Repeat("x", 60000)} {
			for _, c := range []struct{ who, path, body string }{
				{"treasury-1", "/v1/deliveries/retry", `{"participant_id":"%s"}`},
				{"compliance-1", "/v1/persons/known", `{"wallet_id":"%s","payer_reference":"%[1]s"}`},
				{"compliance-1", "/v1/persons/known", `{"acquirer_id":"HK-WALLET","payee_reference":"%s"}`},
				{"compliance-1", "/v1/cases/{id}/comments", `{"text":"%s"}`},
				{"treasury-1", "/v1/reconciliation/breaks/{id}/comments", `{"text":"%s"}`},
				{"treasury-1", "/v1/reconciliation/breaks/{id}/explain", `{"text":"%s"}`},
				{"operations-1", "/v1/proposals", `{"kind":"participant.suspend","change":{"participant_id":"%s"}}`},
				{"operations-1", "/v1/proposals", `{"kind":"%s","change":{}}`},
			} {
				a := b.send("POST", concrete(c.path), fmt.Sprintf(c.body, text), bearer(b.tokens[c.who]))
				if a.status >= http.StatusInternalServerError || a.status == http.StatusUnauthorized {
					t.Errorf("%s with %.10s: %d", c.path, text, a.status)
				}
				if strings.Contains(text, `\u0000`) && a.status != http.StatusBadRequest {
					t.Errorf("%s with a NUL: %d %s", c.path, a.status, a.body)
				}
			}
		}
	})
}
