package deliver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ports"
	"github.com/causeway-pay/causeway/settlement/deliver"
	"github.com/causeway-pay/causeway/settlement/deliver/delivertest"
	"github.com/causeway-pay/causeway/settlement/report"
)

func TestKeys(t *testing.T) {
	key := delivertest.NewKey(t)
	line := string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(key.PublicKey())))
	keys, err := deliver.ReadHostKeys([]string{line + " server of JP-ACQUIRER"})
	if err != nil || len(keys) != 1 || !bytes.Equal(keys[0].Marshal(), key.PublicKey().Marshal()) {
		t.Errorf("%v, %v", keys, err)
	}
	for _, bad := range [][]string{nil, {"ssh-ed25519 AAAA"}, {line, ""}} {
		if _, err := deliver.ReadHostKeys(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, err := deliver.ReadKey(delivertest.KeyFile(t)); err != nil {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "key")
	if _, err := deliver.ReadKey(path); err == nil {
		t.Error("no file is a key")
	}
	put(t, path, "no key")
	if _, err := deliver.ReadKey(path); err == nil || strings.Contains(err.Error(), "no key\n") {
		t.Errorf("got %v", err)
	}
}

// TestOpenSSH delivers to the server that most partners run, where it is
// installed.
func TestOpenSSH(t *testing.T) {
	program, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		t.Skip("no sshd here")
	}
	each(t, func(t *testing.T, pool *db.Pool) {
		dir, root := t.TempDir(), t.TempDir()
		key, err := deliver.ReadKey(delivertest.KeyFile(t))
		if err != nil {
			t.Fatal(err)
		}
		hostKeyFile := delivertest.KeyFile(t)
		hostKey, err := deliver.ReadKey(hostKeyFile)
		if err != nil {
			t.Fatal(err)
		}
		me, err := user.Current()
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "authorized"), string(ssh.MarshalAuthorizedKey(key.PublicKey())))
		config := filepath.Join(dir, "config")
		address := freeAddress(t)
		put(t, config, fmt.Sprintf("ListenAddress %s\nHostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nPidFile none\n"+
			"PermitRootLogin yes\nUsePAM no\nSubsystem sftp internal-sftp\n", address, hostKeyFile,
			filepath.Join(dir, "authorized")))
		if os.Getuid() == 0 {
			// Where sshd separates its privileges.
			if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
				t.Skip(err)
			}
		}
		var output bytes.Buffer
		sshd := exec.CommandContext(t.Context(), program, "-D", "-e", "-f", config)
		sshd.Stdout, sshd.Stderr = &output, &output
		if err := sshd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = sshd.Process.Kill()
			_ = sshd.Wait()
		})
		h := newHub(t, pool, deliver.Target{
			Address: address, User: me.Username, Key: key, HostKeys: []ssh.PublicKey{hostKey.PublicKey()}, Root: root,
		})
		h.issue(17, 400)
		for ; ; h.clock.Advance(time.Hour) {
			_, err := h.Round(t.Context(), acquirer)
			if err == nil {
				break
			}
			// It takes a moment to listen.
			if !strings.Contains(err.Error(), "connection refused") {
				t.Fatalf("%v\n%s", err, output.String())
			}
		}
		same(t, h.clearing(), root)
	})
}

func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := ports.Address()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// TestHubsAtOnce: hubs that both believe to be the one that delivers, as after a
// pause longer than a lease, write the same bytes; no file is torn or lost.
func TestHubsAtOnce(t *testing.T) {
	eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
		h.issue(20, 900)
		want := h.clearing()
		// A clock that has left every lease behind for each of them.
		hubs := []*deliver.Courier{h.Courier, h.courier(target(s, h.key)), h.courier(target(s, h.key))}
		for round := 0; !maps.Equal(delivertest.Tree(t, s.Root), want); round++ {
			if round == 50 {
				t.Fatalf("the server has %d of %d files", len(delivertest.Tree(t, s.Root)), len(want))
			}
			h.clock.Advance(24 * time.Hour)
			var wg sync.WaitGroup
			for _, courier := range hubs {
				wg.Go(func() { _, _ = courier.Round(t.Context(), acquirer) })
				must(t, h.pool, `UPDATE report_courier SET expires_at = '2020-01-01'`)
			}
			wg.Wait()
			for name, body := range delivertest.Tree(t, s.Root) {
				if whole, named := want[name]; named && whole != body && strings.Contains(name, "/clearing/") {
					t.Fatalf("%s has its name and %d of %d bytes", name, len(body), len(whole))
				}
			}
			maps.Copy(want, h.settled())
		}
	})
}

// must runs one statement.
func must(t *testing.T, pool *db.Pool, sql string) {
	t.Helper()
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, sql)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// settled are the files of the settlement folders, if they are due.
func (h *hub) settled() map[string]string {
	due := map[string]string{}
	for name, body := range h.files {
		if strings.Contains(name, "/settlement/") && h.clock.Now().After(closedAt.Add(48*time.Hour)) {
			due[name] = body
		}
	}
	return due
}

// TestRun: a courier that runs delivers by itself, to each participant on its own,
// and stops when it is told to.
func TestRun(t *testing.T) {
	eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
		h.Targets["HK-WALLET"] = deliver.Target{
			Address: "127.0.0.1:1", User: delivertest.User, Key: h.key, HostKeys: []ssh.PublicKey{h.key.PublicKey()},
		}
		h.issue(21, 3)
		want := h.clearing()
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { h.Run(ctx) })
		deadline := time.Now().Add(time.Minute)
		for !maps.Equal(delivertest.Tree(t, s.Root), want) {
			if time.Now().After(deadline) {
				t.Fatalf("%d files of %d", len(delivertest.Tree(t, s.Root)), len(want))
			}
			time.Sleep(10 * time.Millisecond)
		}
		stop()
		wg.Wait()
	})
}

// TestServersWords: what a server says of a failure is kept as far as a person and
// the database can read it.
func TestServersWords(t *testing.T) {
	eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
		h.issue(22, 1)
		for _, words := range []string{"line\nbreak\x00\xff", strings.Repeat("é", 400), "plain"} {
			h.Open = func(context.Context, report.IssuedFile) (io.ReadSeekCloser, error) { return nil, errors.New(words) }
			if _, err := h.Round(t.Context(), acquirer); err == nil {
				t.Fatal("delivered")
			}
			list, err := deliver.Recent(t.Context(), h.pool, "asia-1", acquirer, 100)
			if err != nil {
				t.Fatal(err)
			}
			failed := 0
			for _, d := range list {
				if d.Problem != "" {
					failed++
					if len(d.Problem) > 300 || strings.ContainsAny(d.Problem, "\n\x00") || !utf8.ValidString(d.Problem) {
						t.Errorf("%q", d.Problem)
					}
				}
			}
			if failed != 1 {
				t.Errorf("%d files have failed: none may overtake the first", failed)
			}
			h.clock.Advance(time.Hour)
		}
	})
}
