// Package vaulttest starts a real Vault for a test, built from its Go module in
// tools/vault and running in development mode on the loopback.
package vaulttest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/causeway-pay/causeway/internal/archtest"
	"github.com/causeway-pay/causeway/internal/ports"
)

// rootToken is the root token of a server that holds nothing but a test.
const rootToken = "root-of-a-test"

// startWait is how long a server may take until it answers.
const startWait = 30 * time.Second

// build makes the program once in a process. `go build` is quick when it has been
// built before; the first time it compiles some 2,600 packages.
var build = sync.OnceValues(func() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	root, err := archtest.Root(here)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(os.Stderr, "building Vault, five to ten minutes the first time")
	program := filepath.Join(root, "bin", "vault")
	command := exec.Command("go", "build", "-ldflags=-s -w", "-o", program, "github.com/hashicorp/vault")
	command.Dir = filepath.Join(root, "tools", "vault")
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building Vault in tools/vault: %w\n%s\nit needs the Go module proxy: "+
			"(cd tools/vault && go mod download) fetches what is missing", err, output)
	}
	return program, nil
})

// Server is a running Vault.
type Server struct {
	Address string
	// Root may do anything in it.
	Root *api.Client
	// TokenFile holds the root token.
	TokenFile string
}

// Start starts a Vault that ends with the test. It is skipped in short mode.
func Start(t *testing.T) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("building and running Vault is not short")
	}
	program, err := build()
	if err != nil {
		t.Fatalf("vaulttest: %v", err)
	}
	address, err := ports.Address()
	if err != nil {
		t.Fatalf("vaulttest: %v", err)
	}
	s := &Server{Address: "http://" + address, TokenFile: filepath.Join(t.TempDir(), "token")}
	if err := os.WriteFile(s.TokenFile, []byte(rootToken), 0o600); err != nil {
		t.Fatalf("vaulttest: %v", err)
	}
	run(t, program, s.Address)
	settings := api.DefaultConfig()
	settings.Address = s.Address
	if s.Root, err = api.NewClient(settings); err != nil {
		t.Fatalf("vaulttest: %v", err)
	}
	s.Root.SetToken(rootToken)
	s.await(t)
	if err := s.Root.Sys().Mount("transit", &api.MountInput{Type: "transit"}); err != nil {
		t.Fatalf("vaulttest: %v", err)
	}
	return s
}

// run starts the server; its log is shown if the test fails.
func run(t *testing.T, program, address string) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "vault.log"))
	if err != nil {
		t.Fatalf("vaulttest: %v", err)
	}
	// Its own context: the server outlives t.Context, which ends before clean-up.
	command := exec.CommandContext(context.Background(), program, "server", "-dev", "-dev-no-store-token",
		"-dev-root-token-id="+rootToken, "-dev-listen-address="+address[len("http://"):])
	command.Stdout, command.Stderr = log, log
	command.Env = append(os.Environ(), "HOME="+t.TempDir())
	if err := command.Start(); err != nil {
		t.Fatalf("vaulttest: %v", err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill() // it holds nothing to keep
		_ = command.Wait()
		_ = log.Close()
		if body, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("Vault said last:\n%s", body[max(0, len(body)-2000):])
		}
	})
}

func (s *Server) await(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startWait)
	defer cancel()
	for {
		health, err := s.Root.Sys().Health()
		if err == nil && health.Initialized && !health.Sealed {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("vaulttest: Vault does not answer: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Write writes to a path as root.
func (s *Server) Write(t *testing.T, path string, data map[string]any) *api.Secret {
	t.Helper()
	secret, err := s.Root.Logical().Write(path, data)
	if err != nil {
		t.Fatalf("vaulttest: %s: %v", path, err)
	}
	return secret
}
