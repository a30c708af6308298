package vault_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/vault"
	"github.com/causeway-pay/causeway/internal/keys/vaulttest"
	"github.com/causeway-pay/causeway/internal/reason"
)

const owner = "CAUSEWAY"

func open(t *testing.T, config vault.Config) *vault.Client {
	t.Helper()
	client, err := vault.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func rootClient(t *testing.T, server *vaulttest.Server) *vault.Client {
	return open(t, vault.Config{Address: server.Address, TokenFile: server.TokenFile})
}

func ring(t *testing.T, home keys.Home) *keys.Ring {
	t.Helper()
	opened, err := keys.Open(t.Context(), owner, home, clock.System{}, keys.Policy{Refresh: time.Second}, true)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// lookup is what partners are given of a ring.
func lookup(ring *keys.Ring) keys.Lookup {
	return func(_ string, version int) (string, bool) {
		for _, listed := range ring.List() {
			if listed.Number == version {
				return listed.Public, listed.State != keys.Retired
			}
		}
		return "", false
	}
}

func TestTransitSignsAndIsVerifiedHere(t *testing.T) {
	server := vaulttest.Start(t)
	client := rootClient(t, server)
	for _, algorithm := range []keys.Algorithm{keys.RSA2048, keys.P256, keys.Ed25519} {
		t.Run(string(algorithm), func(t *testing.T) {
			signer := ring(t, vault.NewTransit(client, "transit", "hub-"+string(algorithm), algorithm))
			verifier := keys.NewPublished(lookup(signer))
			payload := []byte("POST /aps/api/v1/payments/pay\nclient.time.{}")
			for want := 1; want <= 3; want++ {
				signature, version, err := signer.Sign(t.Context(), payload)
				if err != nil || version != want {
					t.Fatalf("version %d, want %d: %v", version, want, err)
				}
				if err := verifier.Verify(t.Context(), owner, version, payload, signature); err != nil {
					t.Errorf("version %d: %v", version, err)
				}
				signature[len(signature)/2] ^= 1
				err = verifier.Verify(t.Context(), owner, version, payload, signature)
				if reason.Of(err) != reason.InvalidSignature {
					t.Errorf("a changed signature: %v", err)
				}
				if err := signer.Rotate(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestRetiredVersionsNeitherSignNorVerify(t *testing.T) {
	server := vaulttest.Start(t)
	home := vault.NewTransit(rootClient(t, server), "transit", "hub", keys.P256)
	signer := ring(t, home)
	if err := signer.Retire(t.Context(), 1); reason.Of(err) != reason.Inconsistent {
		t.Errorf("the current version is retired: %v", err)
	}
	if err := signer.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, active := lookup(signer)(owner, 1); !active {
		t.Error("the previous version is not active")
	}
	if err := signer.Retire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, active := lookup(signer)(owner, 1); active {
		t.Error("the retired version is active")
	}
	if _, err := home.SignWith(t.Context(), 1, []byte("x")); reason.Of(err) != reason.UnknownKey {
		t.Errorf("Vault signed with a retired version: %v", err)
	}
}

// PKCS#1 v1.5 signatures have no chance in them, so OpenSSL with the same key must
// make the same bytes. The key is made by OpenSSL and imported for that.
func TestTransitIsByteEqualWithOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	server := vaulttest.Start(t)
	server.Write(t, "transit/keys/shown", map[string]any{"type": "rsa-2048", "exportable": true})
	secret, err := server.Root.Logical().Read("transit/export/signing-key/shown/1")
	if err != nil {
		t.Fatal(err)
	}
	private := filepath.Join(t.TempDir(), "private.pem")
	text, _ := secret.Data["keys"].(map[string]any)["1"].(string)
	if err := os.WriteFile(private, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	home := vault.NewTransit(rootClient(t, server), "transit", "shown", keys.RSA2048)
	for _, payload := range []string{"", "POST /aps/api/v1/payments/pay\nc.t.{}", string(make([]byte, 64<<10))} {
		command := exec.CommandContext(t.Context(), openssl, "dgst", "-sha256", "-sign", private)
		command.Stdin = bytes.NewReader([]byte(payload))
		theirs, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		ours, err := home.SignWith(t.Context(), 1, []byte(payload))
		if err != nil || !bytes.Equal(ours, theirs) {
			t.Errorf("%d bytes: not equal, %v", len(payload), err)
		}
	}
}

// The key cannot be taken out of Vault.
func TestKeysThatAreMadeCannotBeExported(t *testing.T) {
	server := vaulttest.Start(t)
	ring(t, vault.NewTransit(rootClient(t, server), "transit", "hub", keys.RSA2048))
	if _, err := server.Root.Logical().Read("transit/export/signing-key/hub"); err == nil {
		t.Error("the private key was exported")
	}
}

func TestTransitOfAnotherTypeIsRefused(t *testing.T) {
	server := vaulttest.Start(t)
	client := rootClient(t, server)
	server.Write(t, "transit/keys/hub", map[string]any{"type": "ed25519"})
	_, err := vault.NewTransit(client, "transit", "hub", keys.RSA2048).Versions(t.Context())
	if reason.Of(err) != reason.InvalidRequest {
		t.Error(err)
	}
}

// A Vault that is not there is an unknown outcome, soon.
func TestVaultThatIsGone(t *testing.T) {
	server := vaulttest.Start(t)
	signer := ring(t, vault.NewTransit(rootClient(t, server), "transit", "hub", keys.RSA2048))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := signer.Sign(ctx, []byte("x")); reason.Of(err) != reason.Unknown {
		t.Error(err)
	}
}
