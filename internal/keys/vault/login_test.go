package vault_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/vault"
	"github.com/causeway-pay/causeway/internal/keys/vaulttest"
	"github.com/causeway-pay/causeway/internal/reason"
)

const hubPolicy = `path "transit/keys/hub" { capabilities = ["read"] }
path "transit/sign/hub" { capabilities = ["update"] }`

// appRole sets up a role whose tokens live so long, and returns its id.
func appRole(t *testing.T, server *vaulttest.Server, ttl, most string) string {
	t.Helper()
	if err := server.Root.Sys().EnableAuthWithOptions("approle", &api.EnableAuthOptions{Type: "approle"}); err != nil {
		t.Fatal(err)
	}
	if err := server.Root.Sys().PutPolicy("hub", hubPolicy); err != nil {
		t.Fatal(err)
	}
	server.Write(t, "auth/approle/role/hub", map[string]any{
		"token_policies": "hub", "token_ttl": ttl, "token_max_ttl": most,
	})
	secret, err := server.Root.Logical().Read("auth/approle/role/hub/role-id")
	if err != nil {
		t.Fatal(err)
	}
	return secret.Data["role_id"].(string)
}

// wrapped writes a wrapping of what a path gives to a file.
func wrapped(t *testing.T, server *vaulttest.Server, path string) string {
	t.Helper()
	client, err := server.Root.Clone()
	if err != nil {
		t.Fatal(err)
	}
	client.SetToken(server.Root.Token())
	client.SetWrappingLookupFunc(func(string, string) string { return "60s" })
	secret, err := client.Logical().Write(path, map[string]any{"secret_id": "of a thief"})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "wrapped")
	if err := os.WriteFile(name, []byte(secret.WrapInfo.Token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

const secretIDPath = "auth/approle/role/hub/secret-id"

func TestAppRoleWithWrappedSecret(t *testing.T) {
	server := vaulttest.Start(t)
	role := appRole(t, server, "1h", "2h")
	server.Write(t, "transit/keys/hub", map[string]any{"type": "rsa-2048"})
	file := wrapped(t, server, secretIDPath)
	again, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	config := vault.Config{Address: server.Address, RoleID: role, WrappedSecretFile: file}
	home := vault.NewTransit(open(t, config), "transit", "hub", keys.RSA2048)
	if _, err := home.SignWith(t.Context(), 1, []byte("x")); err != nil {
		t.Error(err)
	}
	if err := home.Generate(t.Context()); reason.Of(err) != reason.AccessDenied {
		t.Errorf("the hub's policy lets it rotate: %v", err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the wrapping is still there: %v", err)
	}
	// Who copied the wrapping before it was opened gets nothing, and is noticed.
	if err := os.WriteFile(file, again, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(t.Context(), config); !errors.Is(err, vault.ErrWrapping) {
		t.Errorf("opened twice: %v", err)
	}
}

func TestForeignWrappingsAreAnAlarm(t *testing.T) {
	server := vaulttest.Start(t)
	role := appRole(t, server, "1h", "2h")
	nonsense := filepath.Join(t.TempDir(), "nonsense")
	if err := os.WriteFile(nonsense, []byte("hvs.nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"made elsewhere": wrapped(t, server, "sys/wrapping/wrap"), "not of this Vault": nonsense,
	} {
		_, err := vault.Open(t.Context(), vault.Config{Address: server.Address, RoleID: role, WrappedSecretFile: file})
		if !errors.Is(err, vault.ErrWrapping) || reason.Of(err) != reason.AccessDenied {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A Vault that is not there is no alarm.
func TestUnreachableVaultIsNoAlarm(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wrapped")
	if err := os.WriteFile(file, []byte("hvs.some"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := vault.Config{Address: "http://127.0.0.1:1", RoleID: "role", WrappedSecretFile: file}
	if _, err := vault.Open(t.Context(), config); err == nil || errors.Is(err, vault.ErrWrapping) {
		t.Errorf("got %v", err)
	}
}

func TestTokenThatOthersCanReadIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("token"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(t.Context(), vault.Config{Address: "http://127.0.0.1:1", TokenFile: file}); err == nil {
		t.Error("accepted")
	}
}

// Tokens of six seconds that may be renewed up to twelve are renewed, and replaced by
// a new login, while the hub signs.
func TestTokensAreRenewedAndReplaced(t *testing.T) {
	server := vaulttest.Start(t)
	role := appRole(t, server, "6s", "12s")
	server.Write(t, "transit/keys/hub", map[string]any{"type": "ed25519"})
	client := open(t, vault.Config{Address: server.Address, RoleID: role, WrappedSecretFile: wrapped(t, server, secretIDPath)})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { client.Run(ctx, func(err error) { t.Errorf("not renewed: %v", err) }) })
	defer running.Wait()
	defer cancel()
	home := vault.NewTransit(client, "transit", "hub", keys.Ed25519)
	signed := 0
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); signed++ {
		if _, err := home.SignWith(t.Context(), 1, []byte("x")); err != nil {
			t.Fatalf("after %d signatures: %v", signed, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("%d signatures over twenty seconds with tokens of at most twelve", signed)
}
