package vault_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/vault"
	"github.com/causeway-pay/causeway/internal/keys/vaulttest"
	"github.com/causeway-pay/causeway/internal/reason"
)

// counter is a way to a Vault that counts calls for signatures, holds them while it is
// held, and spoils their answers if it is told to.
type counter struct {
	*httptest.Server
	calls  atomic.Int64
	hold   atomic.Pointer[chan struct{}]
	spoilt atomic.Pointer[string]
}

func countCalls(t *testing.T, server *vaulttest.Server) *counter {
	t.Helper()
	to, err := url.Parse(server.Address)
	if err != nil {
		t.Fatal(err)
	}
	proxy, c := httputil.NewSingleHostReverseProxy(to), &counter{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/sign/") {
			c.calls.Add(1)
			if held := c.hold.Load(); held != nil {
				<-*held
			}
			if answer := c.spoilt.Load(); answer != nil {
				_, _ = w.Write([]byte(*answer))
				return
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

// held holds calls until the returned function is called.
func (c *counter) held() (release func()) {
	held := make(chan struct{})
	c.hold.Store(&held)
	return sync.OnceFunc(func() { c.hold.Store(nil); close(held) })
}

func transit(t *testing.T, server *vaulttest.Server, address string, algorithm keys.Algorithm) *vault.Transit {
	t.Helper()
	client := open(t, vault.Config{Address: address, TokenFile: server.TokenFile})
	return vault.NewTransit(client, "transit", "hub-"+string(algorithm), algorithm)
}

// TestSignedTogether: what is signed at the same time goes to Vault together, and each gets
// the signature of its own message and version.
func TestSignedTogether(t *testing.T) {
	server := vaulttest.Start(t)
	c := countCalls(t, server)
	for _, algorithm := range []keys.Algorithm{keys.RSA2048, keys.P256, keys.Ed25519} {
		t.Run(string(algorithm), func(t *testing.T) {
			home := transit(t, server, c.URL, algorithm)
			signer := ring(t, home)
			if err := signer.Rotate(t.Context()); err != nil {
				t.Fatal(err)
			}
			verifier := keys.NewPublished(lookup(signer))
			const messages = 300
			before, release := c.calls.Load(), c.held()
			var group sync.WaitGroup
			var begun atomic.Int64
			for i := range messages {
				group.Go(func() {
					begun.Add(1)
					payload, version := fmt.Appendf(nil, "message %d", i), 1+i%2
					signature, err := home.SignWith(t.Context(), version, payload)
					if err == nil {
						err = verifier.Verify(t.Context(), owner, version, payload, signature)
					}
					if err != nil {
						t.Errorf("%d: %v", i, err)
					}
				})
			}
			for begun.Load() < messages {
				time.Sleep(10 * time.Millisecond)
			}
			time.AfterFunc(200*time.Millisecond, release)
			group.Wait()
			if calls := c.calls.Load() - before; calls < 4 || calls > messages*3/4 {
				t.Errorf("%d calls for %d messages", calls, messages)
			}
		})
	}
}

// TestOneVersionGone: a version that is over takes nobody down who asks at the same time.
func TestOneVersionGone(t *testing.T) {
	server := vaulttest.Start(t)
	home := transit(t, server, server.Address, keys.P256)
	signer := ring(t, home)
	for range 2 {
		if err := signer.Rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := home.Retire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 120 {
		group.Go(func() {
			version := 1 + i%4 // 1 is retired, 4 was never made
			_, err := home.SignWith(t.Context(), version, []byte("x"))
			gone := version == 1 || version == 4
			if gone && reason.Of(err) != reason.UnknownKey || !gone && err != nil {
				t.Errorf("version %d: %v", version, err)
			}
		})
	}
	group.Wait()
}

// TestSigningIsBounded: who does not want to wait any more leaves the others alone, and
// what cannot be signed in time is told so at once.
func TestSigningIsBounded(t *testing.T) {
	server := vaulttest.Start(t)
	c := countCalls(t, server)
	home := transit(t, server, c.URL, keys.P256)
	ring(t, home)
	release := c.held()
	defer release()
	impatient, leave := context.WithCancel(t.Context())
	var group sync.WaitGroup
	var signed, busy, left atomic.Int64
	for i := range 1400 {
		ctx := t.Context()
		if i%100 == 7 {
			ctx = impatient
		}
		group.Go(func() {
			switch _, err := home.SignWith(ctx, 1, []byte("x")); {
			case err == nil:
				signed.Add(1)
			case reason.Of(err) == reason.Busy:
				busy.Add(1)
			case errors.Is(err, context.Canceled):
				left.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	for end := time.Now().Add(time.Minute); busy.Load() < 300 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	leave()
	for end := time.Now().Add(time.Minute); left.Load() == 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	release()
	group.Wait()
	if busy.Load() < 300 || signed.Load() < 1000 || left.Load() == 0 || signed.Load()+busy.Load()+left.Load() != 1400 {
		t.Errorf("%d signed, %d were told to come later, %d left", signed.Load(), busy.Load(), left.Load())
	}
	if _, err := home.SignWith(t.Context(), 1, []byte("x")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestSpoiltSignatures: an answer that is not what Vault says is no signature.
func TestSpoiltSignatures(t *testing.T) {
	server := vaulttest.Start(t)
	c := countCalls(t, server)
	home := transit(t, server, c.URL, keys.P256)
	ring(t, home)
	for name, answer := range map[string]string{
		"nothing": `{"data":{}}`, "no list": `{"data":{"batch_results":"x"}}`, "none": `{"data":{"batch_results":[]}}`,
		"two":             `{"data":{"batch_results":[{"signature":"vault:v1:eA=="},{"signature":"vault:v1:eA=="}]}}`,
		"another version": `{"data":{"batch_results":[{"signature":"vault:v2:eA=="}]}}`,
		"no base64":       `{"data":{"batch_results":[{"signature":"vault:v1:***"}]}}`,
		"an empty item":   `{"data":{"batch_results":[{}]}}`,
		"another error":   `{"data":{"batch_results":[{"error":"internal"}]}}`,
	} {
		c.spoilt.Store(&answer)
		if signature, err := home.SignWith(t.Context(), 1, []byte("x")); reason.Of(err) != reason.Unknown || len(signature) != 0 {
			t.Errorf("%s: %q, %v", name, signature, err)
		}
	}
	c.spoilt.Store(nil)
	if _, err := home.SignWith(t.Context(), 1, []byte("x")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
