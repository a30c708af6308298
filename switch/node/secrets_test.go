package node_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/switch/node"
)

// kept is what Vault keeps, by path and field; the paths are of a KV engine of version 2.
type kept map[string]map[string]any

func (k kept) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/v1/")
	if path == "auth/token/lookup-self" {
		_, _ = w.Write([]byte(`{"data":{"id":"x","ttl":0,"renewable":false}}`))
		return
	}
	fields, there := k[path]
	if !there {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"errors":[]}`))
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"data": fields}})
}

func (k kept) open(t *testing.T) node.VaultConfig {
	t.Helper()
	server := httptest.NewServer(k)
	t.Cleanup(server.Close)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("hvs.x"), 0o600); err != nil {
		t.Fatal(err)
	}
	return node.VaultConfig{Address: server.URL, TokenFile: token}
}

const inVault = "vault:kv/data/causeway#"

// TestSecretsTakeTheirPlaces: each reference becomes what Vault keeps, what is no reference
// stays, and the configuration that was given is as it was.
func TestSecretsTakeTheirPlaces(t *testing.T) {
	config := node.Config{
		Database: node.DatabaseConfig{URL: inVault + "url"}, Bus: node.BusConfig{URL: inVault + "bus"},
		Telemetry: node.TelemetryConfig{OTLP: inVault + "otlp", Log: inVault + "url"},
		Keys:      node.KeysConfig{Aliases: inVault + "aliases"},
		Privacy:   node.PrivacyConfig{Keys: []string{"here", inVault + "personal", "there"}},
	}
	config.Vault = kept{"kv/data/causeway": {
		"url": "postgres://somewhere", "bus": "nats://here", "otlp": inVault + "url", "aliases": "an alias key", "personal": "a key",
	}}.open(t)
	want := config
	want.Database.URL, want.Bus.URL, want.Telemetry.OTLP = "postgres://somewhere", "nats://here", inVault+"url"
	want.Keys.Aliases, want.Privacy.Keys = "an alias key", []string{"here", "a key", "there"}
	got, err := node.WithSecrets(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
	if config.Privacy.Keys[1] != inVault+"personal" {
		t.Error("a secret was put into the configuration that was given")
	}
}

// TestSecretsThatAreNotThere: what cannot be read is named by its key in the configuration,
// and by nothing that Vault keeps.
func TestSecretsThatAreNotThere(t *testing.T) {
	vault := kept{"kv/data/causeway": {
		"number": 7, "empty": "", "list": []string{"CANARY"}, "long": strings.Repeat("CANARY", 2000), "good": "CANARY",
	}}.open(t)
	for _, reference := range []string{
		inVault + "absent", inVault + "number", inVault + "empty", inVault + "list", inVault + "long", inVault, "vault:#good",
		"vault:kv/data/causeway", "vault:kv/data/other#good", "vault:", "vault:#",
	} {
		for key, edit := range map[string]func(c *node.Config){
			"database.url":               func(c *node.Config) { c.Database.URL = reference },
			"keys.aliases":               func(c *node.Config) { c.Keys.Aliases = reference },
			"privacy.keys, number 2":     func(c *node.Config) { c.Privacy.Keys = []string{"x", reference} },
			"telemetry.otlp":             func(c *node.Config) { c.Telemetry.OTLP = reference },
			"bus.url":                    func(c *node.Config) { c.Bus.URL = reference },
			"bus.url: names a secret in": func(c *node.Config) { c.Bus.URL, c.Vault = reference, node.VaultConfig{} },
		} {
			config := node.Config{Vault: vault}
			edit(&config)
			_, err := node.WithSecrets(t.Context(), config)
			if err == nil || !strings.HasPrefix(err.Error(), key) || strings.Contains(err.Error(), "CANARY") {
				t.Errorf("%s of %s: %v", reference, key, err)
			}
		}
	}
}
