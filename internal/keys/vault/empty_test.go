package vault_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/vault"
	"github.com/causeway-pay/causeway/internal/reason"
)

// proxy stands where Vault should be and gives one answer to everything, but for the paths
// whose answers are given.
type proxy struct {
	status int
	body   string
	good   map[string]string
}

func (p proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	if answer, there := p.good[strings.TrimPrefix(r.URL.Path, "/v1/")]; there {
		_, _ = io.WriteString(w, answer)
		return
	}
	w.WriteHeader(p.status)
	_, _ = io.WriteString(w, p.body)
}

const (
	lookedUp = `{"data":{"id":"x","ttl":0,"renewable":false}}`
	unwraps  = `{"data":{"creation_path":"auth/approle/role/hub/secret-id"}}`
	unwrap   = "sys/wrapping/unwrap"
	lookUp   = "sys/wrapping/lookup"
	self     = "auth/token/lookup-self"
)

func (p proxy) start(t *testing.T) (address, tokenFile string) {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	tokenFile = filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte("hvs.x"), 0o600); err != nil {
		t.Fatal(err)
	}
	return server.URL, tokenFile
}

// answers with nothing in them, such as something between the hub and Vault gives.
var empties = map[string]proxy{
	"ok":         {status: http.StatusOK},
	"no content": {status: http.StatusNoContent},
	"not found":  {status: http.StatusNotFound},
	"no errors":  {status: http.StatusOK, body: `{"errors":[]}`},
	"object":     {status: http.StatusOK, body: `{}`},
	"null":       {status: http.StatusOK, body: `null`},
	"a page":     {status: http.StatusOK, body: `<html>Welcome to nginx!</html>`},
	"no page":    {status: http.StatusNotFound, body: `<html>404</html>`},
}

// A hub that gets an answer with nothing in it goes on, and has no signature, secret or
// credentials. It must not end: the same hub serves all partners.
func TestEmptyAnswers(t *testing.T) {
	for name, p := range empties {
		t.Run(name, func(t *testing.T) {
			p.good = map[string]string{self: lookedUp}
			address, token := p.start(t)
			client := open(t, vault.Config{Address: address, TokenFile: token})
			home := vault.NewTransit(client, "transit", "hub", keys.RSA2048)
			var group sync.WaitGroup
			for range 8 {
				group.Go(func() {
					signature, err := home.SignWith(t.Context(), 1, []byte("x"))
					if reason.Of(err) != reason.Unknown || signature != nil {
						t.Errorf("signed %q, %v", signature, err)
					}
				})
			}
			group.Wait()
			if secret, err := client.Secret(t.Context(), "vault:kv/data/causeway#url"); err == nil || secret != "" {
				t.Errorf("secret %q", secret)
			}
			if _, err := client.Credentials(t.Context(), "database/creds/causeway"); err == nil {
				t.Error("credentials of nobody")
			}
			if versions, _ := home.Versions(t.Context()); len(versions) != 0 {
				t.Errorf("versions %v", versions)
			}
		})
	}
}

// A token that nobody knows anything about is none.
func TestEmptyLogins(t *testing.T) {
	for name, p := range empties {
		address, token := p.start(t)
		if _, err := vault.Open(t.Context(), vault.Config{Address: address, TokenFile: token}); err == nil {
			t.Errorf("%s: logged in with a token", name)
		}
	}
	for name, p := range empties {
		for step, good := range []map[string]string{
			nil, {lookUp: unwraps}, {lookUp: unwraps, unwrap: `{"data":{"secret_id":"s"}}`},
		} {
			p.good = good
			address, wrapped := p.start(t)
			_, err := vault.Open(t.Context(), vault.Config{Address: address, RoleID: "hub", WrappedSecretFile: wrapped})
			if err == nil {
				t.Errorf("%s, step %d: logged in as a role", name, step)
			}
		}
	}
}

// What looks up a token may stop knowing it: the hub is not ready then.
func TestCheckOfAForgottenToken(t *testing.T) {
	var forgotten atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := proxy{status: http.StatusOK, good: map[string]string{self: lookedUp}}
		if forgotten.Load() {
			p.good = nil
		}
		p.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	_, token := proxy{}.start(t)
	client := open(t, vault.Config{Address: server.URL, TokenFile: token})
	if err := client.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	forgotten.Store(true)
	if err := client.Check(t.Context()); reason.Of(err) != reason.Unknown {
		t.Errorf("got %v", err)
	}
}

// A token of a file that can neither be renewed nor replaced is told of before it ends.
func TestTokenWithoutAFuture(t *testing.T) {
	address, token := proxy{status: http.StatusNotFound, good: map[string]string{
		self: `{"data":{"id":"x","ttl":1,"renewable":false}}`,
	}}.start(t)
	client := open(t, vault.Config{Address: address, TokenFile: token})
	var told []error
	client.Run(t.Context(), func(err error) { told = append(told, err) })
	if len(told) != 1 || told[0] == nil {
		t.Errorf("told %v", told)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	client.Run(ctx, func(err error) { t.Errorf("told %v at the end", err) })
}

// Whatever a batch of answers says, a message gets the signature that stands at its place,
// or none.
func TestBatchOfAnswers(t *testing.T) {
	items := []map[string]string{
		{"signature": "vault:v1:AAAA"}, {"signature": "vault:v2:AAAA"}, {"error": "requested version for signing is gone"},
		{"error": "internal"}, {}, {"signature": "vault:v1:AAAA", "error": "both"}, {"signature": "vault:v1:*"},
		{"signature": "vault:v1:"},
	}
	wants := []reason.Kind{
		reason.None, reason.Unknown, reason.UnknownKey, reason.Unknown, reason.Unknown, reason.Unknown, reason.Unknown, reason.Unknown,
	}
	for i, item := range items {
		body, err := json.Marshal(map[string]any{"data": map[string]any{"batch_results": []any{item}}})
		if err != nil {
			t.Fatal(err)
		}
		address, token := proxy{status: http.StatusNotFound, good: map[string]string{
			self: lookedUp, "transit/sign/hub": string(body),
		}}.start(t)
		home := vault.NewTransit(open(t, vault.Config{Address: address, TokenFile: token}), "transit", "hub", keys.P256)
		if _, err := home.SignWith(t.Context(), 1, []byte("x")); reason.Of(err) != wants[i] {
			t.Errorf("%v: %v, want %v", item, err, wants[i])
		}
	}
}
