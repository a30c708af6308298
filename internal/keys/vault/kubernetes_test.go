package vault_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/vault"
	"github.com/causeway-pay/causeway/internal/keys/vaulttest"
	"github.com/causeway-pay/causeway/internal/reason"
)

// reviewerToken is what Vault itself shows to the cluster.
const reviewerToken = "reviewer-of-a-test"

// cluster is the API server of a Kubernetes cluster as far as Vault asks it: it issues
// tokens of service accounts and reviews them (authentication.k8s.io/v1 TokenReview).
type cluster struct {
	*httptest.Server
	key     *ecdsa.PrivateKey
	reviews atomic.Int64
	// deleted accounts have no good token.
	deleted sync.Map
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{key: key}
	c.Server = httptest.NewTLSServer(http.HandlerFunc(c.review))
	t.Cleanup(c.Close)
	return c
}

func (c *cluster) review(w http.ResponseWriter, r *http.Request) {
	c.reviews.Add(1)
	var asked struct {
		Spec struct {
			Token     string   `json:"token"`
			Audiences []string `json:"audiences"`
		} `json:"spec"`
	}
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/apis/authentication.k8s.io/v1/tokenreviews":
		http.NotFound(w, r)
		return
	case r.Header.Get("Authorization") != "Bearer "+reviewerToken:
		http.Error(w, `{"kind":"Status","status":"Failure","reason":"Unauthorized","code":401}`, http.StatusUnauthorized)
		return
	case json.NewDecoder(r.Body).Decode(&asked) != nil:
		http.Error(w, "bad", http.StatusBadRequest)
		return
	}
	answer := map[string]any{"kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "status": map[string]any{}}
	if sub, uid, good := c.verify(asked.Spec.Token); good {
		answer["status"] = map[string]any{
			"authenticated": true, "audiences": asked.Spec.Audiences,
			"user": map[string]any{"username": sub, "uid": uid, "groups": []string{"system:serviceaccounts"}},
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(answer)
}

// claims are those of a projected service account token.
type claims struct {
	Issuer   string         `json:"iss"`
	Subject  string         `json:"sub"`
	Audience []string       `json:"aud"`
	Expires  int64          `json:"exp"`
	Before   int64          `json:"nbf"`
	IssuedAt int64          `json:"iat"`
	Account  map[string]any `json:"kubernetes.io"`
}

// audience is whom the tokens of the test's accounts are for.
const audience = "https://vault.example"

// token issues a token of a service account that is good from now for so long.
func (c *cluster) token(t *testing.T, namespace, name string, life time.Duration) string {
	t.Helper()
	return issue(t, c.key, audience, namespace, name, life)
}

// issue signs a token with a key.
func issue(t *testing.T, key *ecdsa.PrivateKey, audience, namespace, name string, life time.Duration) string {
	t.Helper()
	now := time.Now()
	body, err := json.Marshal(claims{
		Issuer: "https://kubernetes.default.svc.cluster.local", Audience: []string{audience},
		Subject: "system:serviceaccount:" + namespace + ":" + name, Expires: now.Add(life).Unix(),
		Before: now.Add(-time.Hour).Unix(), IssuedAt: now.Add(-time.Hour).Unix(),
		Account: map[string]any{
			"namespace": namespace, "serviceaccount": map[string]any{"name": name, "uid": "uid-" + namespace + "-" + name},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","typ":"JWT"}`))
	signed := head + "." + base64.RawURLEncoding.EncodeToString(body)
	digest := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// verify does what an API server does with a token: signature, time, and whether the
// account is still there.
func (c *cluster) verify(token string) (subject, uid string, good bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", "", false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return "", "", false
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	var said claims
	if err != nil || json.Unmarshal(body, &said) != nil || !ecdsa.Verify(&c.key.PublicKey, digest[:], r, s) {
		return "", "", false
	}
	account, _ := said.Account["serviceaccount"].(map[string]any)
	_, deleted := c.deleted.Load(said.Subject)
	return said.Subject, fmt.Sprint(account["uid"]), !deleted && time.Now().Before(time.Unix(said.Expires, 0))
}

// trust makes a Vault accept the accounts of a cluster: causeway/hub as the hub.
func (c *cluster) trust(t *testing.T, server *vaulttest.Server, ttl, most string) {
	t.Helper()
	err := server.Root.Sys().EnableAuthWithOptions("kubernetes", &api.EnableAuthOptions{Type: "kubernetes"})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Root.Sys().PutPolicy("hub", hubPolicy); err != nil {
		t.Fatal(err)
	}
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate().Raw})
	server.Write(t, "auth/kubernetes/config", map[string]any{
		"kubernetes_host": c.URL, "kubernetes_ca_cert": string(authority), "token_reviewer_jwt": reviewerToken,
		"disable_local_ca_jwt": true,
	})
	server.Write(t, "auth/kubernetes/role/hub", map[string]any{
		"bound_service_account_names": "hub", "bound_service_account_namespaces": "causeway",
		"audience": audience, "token_policies": "hub", "token_ttl": ttl, "token_max_ttl": most,
	})
	server.Write(t, "transit/keys/hub", map[string]any{"type": "ed25519"})
}

// place writes a token where Kubernetes would.
func place(t *testing.T, name, token string) {
	t.Helper()
	if err := os.WriteFile(name+".new", []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
}

func TestKubernetes(t *testing.T) {
	server, c := vaulttest.Start(t), newCluster(t)
	c.trust(t, server, "1h", "2h")
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.deleted.Store("system:serviceaccount:causeway:gone", true)
	for name, step := range map[string]struct {
		token string
		role  string
		want  reason.Kind
	}{
		"the hub's account":  {c.token(t, "causeway", "hub", time.Hour), "hub", reason.None},
		"another account":    {c.token(t, "causeway", "console", time.Hour), "hub", reason.AccessDenied},
		"another namespace":  {c.token(t, "default", "hub", time.Hour), "hub", reason.AccessDenied},
		"an expired token":   {c.token(t, "causeway", "hub", -time.Minute), "hub", reason.AccessDenied},
		"a forged token":     {issue(t, other, audience, "causeway", "hub", time.Hour), "hub", reason.AccessDenied},
		"a role that is not": {c.token(t, "causeway", "hub", time.Hour), "treasury", reason.Unknown},
		"a token for others": {issue(t, c.key, "https://other.example", "causeway", "hub", time.Hour), "hub",
			reason.AccessDenied},
		"what is no token":     {"nonsense", "hub", reason.AccessDenied},
		"an account of nobody": {c.token(t, "causeway", "gone", time.Hour), "hub", reason.AccessDenied},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "token")
			place(t, file, step.token)
			client, err := vault.Open(t.Context(), vault.Config{
				Address: server.Address, KubernetesRole: step.role, ServiceTokenFile: file,
			})
			if reason.Of(err) != step.want {
				t.Fatalf("%v, want %s", err, step.want)
			}
			if err != nil {
				if len(step.token) > 20 && strings.Contains(err.Error(), step.token) {
					t.Error("the refusal has the token in it")
				}
				return
			}
			home := vault.NewTransit(client, "transit", "hub", keys.Ed25519)
			if _, err := home.SignWith(t.Context(), 1, []byte("x")); err != nil {
				t.Error(err)
			}
			if err := home.Generate(t.Context()); reason.Of(err) != reason.AccessDenied {
				t.Errorf("the hub's policy lets it rotate: %v", err)
			}
		})
	}
	if c.reviews.Load() == 0 {
		t.Error("the cluster was never asked")
	}
	_, err = vault.Open(t.Context(), vault.Config{
		Address: server.Address, KubernetesRole: "hub", ServiceTokenFile: filepath.Join(t.TempDir(), "none"),
	})
	if err == nil {
		t.Error("logged in without a token")
	}
}

// TestKubernetesOutage: a cluster that does not answer is no good account, and the hub is
// let in again once it does.
func TestKubernetesOutage(t *testing.T) {
	server, c := vaulttest.Start(t), newCluster(t)
	c.trust(t, server, "1h", "2h")
	file := filepath.Join(t.TempDir(), "token")
	place(t, file, c.token(t, "causeway", "hub", time.Hour))
	config := vault.Config{Address: server.Address, KubernetesRole: "hub", ServiceTokenFile: file}
	open(t, config)
	handler := c.Config.Handler
	for name, broken := range map[string]http.HandlerFunc{
		"fails":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"says nothing": func(http.ResponseWriter, *http.Request) {},
		"says nonsense": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(`{"kind":"TokenReview","status":{"authenticated":true}}`))
		},
	} {
		c.Config.Handler = broken
		if _, err := vault.Open(t.Context(), config); err == nil {
			t.Errorf("let in by a cluster that %s", name)
		}
	}
	c.Config.Handler = handler
	open(t, config)
}

// TestKubernetesTokensAreReplaced: Vault's tokens of eight seconds that may be renewed up to
// sixteen are renewed, and replaced by a new login with the token that Kubernetes has put
// into the file meanwhile; the first one has ended by then.
func TestKubernetesTokensAreReplaced(t *testing.T) {
	server, c := vaulttest.Start(t), newCluster(t)
	c.trust(t, server, "8s", "16s")
	file := filepath.Join(t.TempDir(), "token")
	place(t, file, c.token(t, "causeway", "hub", 10*time.Second))
	client := open(t, vault.Config{Address: server.Address, KubernetesRole: "hub", ServiceTokenFile: file})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	var deleted, told atomic.Bool
	running.Go(func() {
		client.Run(ctx, func(err error) {
			if told.Store(true); !deleted.Load() {
				t.Errorf("not renewed: %v", err)
			}
		})
	})
	defer running.Wait()
	defer cancel()
	place(t, file, c.token(t, "causeway", "hub", time.Hour))
	home := vault.NewTransit(client, "transit", "hub", keys.Ed25519)
	for end := time.Now().Add(2 * time.Minute); c.reviews.Load() < 2; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the cluster was asked %d times, want once for each login of sixteen seconds", c.reviews.Load())
		}
		if _, err := home.SignWith(t.Context(), 1, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := home.SignWith(t.Context(), 1, []byte("x")); err != nil {
		t.Error(err)
	}
	deleted.Store(true)
	c.deleted.Store("system:serviceaccount:causeway:hub", true)
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		_, err := home.SignWith(t.Context(), 1, []byte("x"))
		if reason.Of(err) == reason.AccessDenied && told.Load() {
			break
		}
		if time.Now().After(end) {
			t.Fatal("a deleted account signs on, or nobody is told")
		}
	}
}
