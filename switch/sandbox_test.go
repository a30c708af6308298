package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// TestSandboxExample: the commented example is read whole and makes a partner, and what is
// misspelt in it is not overlooked.
func TestSandboxExample(t *testing.T) {
	example, err := os.ReadFile(filepath.Join("..", "deploy", "sandbox.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "partner.yaml")
	load := func(text string) (sandbox.Config, error) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return loadPartner(path)
	}
	config, err := load(string(example))
	if err != nil || config.Participant != "TH-LOTUS" || len(config.Customers) != 2 ||
		config.Customers[1].Behaviour != sandbox.Slow {
		t.Fatalf("%+v, %v", config, err)
	}
	config.KeyDirectory, config.HubKeyFile, config.HubKeyDirectory = t.TempDir(), "", t.TempDir()
	config.Listen, config.Control = "127.0.0.1:0", "127.0.0.1:0"
	ctx, end := context.WithCancel(t.Context())
	partner, err := sandbox.Start(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	end()
	if err := partner.Wait(); err != nil {
		t.Error(err)
	}
	for _, slip := range []string{"clientid: X\n", "behaviour: slow\n", "customer: []\n"} {
		if _, err := load(string(example) + slip); err == nil {
			t.Errorf("%q is overlooked", slip)
		}
	}
}
