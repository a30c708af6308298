package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/deliver"
	"github.com/causeway-pay/causeway/settlement/deliver/delivertest"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
)

const acquirer = "JP-ACQUIRER"

var closedAt = time.Date(2026, 1, 2, 16, 0, 0, 0, time.UTC) // 2026-01-03 00:00 UTC+8

// each runs a test on every engine of the database.
func each(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	dbtest.Each(t, body, dbtest.Load(t, report.Migrations, deliver.Migrations))
}

// eachServer runs a test with a hub and the server that it delivers to.
func eachServer(t *testing.T, body func(t *testing.T, h *hub, s *delivertest.Server)) {
	t.Helper()
	each(t, func(t *testing.T, pool *db.Pool) {
		key := delivertest.NewKey(t)
		s := delivertest.New(t, key.PublicKey())
		h := newHub(t, pool, target(s, key))
		h.key = key
		body(t, h, s)
	})
}

// hub is a hub that has issued reports.
type hub struct {
	*deliver.Courier
	t     *testing.T
	pool  *db.Pool
	clock *clock.Fixed
	dir   string
	// key is what the hub logs in with.
	key   ssh.Signer
	files map[string]string
	// issuedAt is when files are registered.
	issuedAt time.Time
}

// newHub is a hub that delivers to a server with a key.
func newHub(t *testing.T, pool *db.Pool, to deliver.Target) *hub {
	t.Helper()
	h := &hub{
		t: t, pool: pool, clock: &clock.Fixed{At: closedAt.Add(8 * time.Hour)}, dir: t.TempDir(), files: map[string]string{},
		issuedAt: closedAt,
	}
	h.Courier = h.courier(to)
	return h
}

// courier is one more hub of the region over the same files.
func (h *hub) courier(to deliver.Target) *deliver.Courier {
	return deliver.NewCourier(deliver.Config{
		Pool: h.pool, Clock: h.clock, Logger: slog.New(slog.DiscardHandler), Region: "asia-1",
		Targets: map[string]deliver.Target{acquirer: to},
		Open: func(_ context.Context, file report.IssuedFile) (io.ReadSeekCloser, error) {
			return os.Open(filepath.Join(h.dir, filepath.FromSlash(file.Path)))
		},
	})
}

// issue writes and registers the files of a window with some payments.
func (h *hub) issue(number, payments int64) {
	h.t.Helper()
	w := window.Window{
		ID: ids.Derive(ids.Nil, "window", number), Region: "asia-1", Number: number, OpenedAt: closedAt.Add(-time.Hour),
		ChangedAt: closedAt,
	}
	about := report.Statement{
		Window: w, ParticipantID: acquirer, Currency: "JPY", Net: money.New(payments*1500, "JPY"),
		Opening:   money.New(0, "JPY"),
		ValueDate: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC),
	}
	columns, err := report.Standard()
	if err != nil {
		h.t.Fatal(err)
	}
	items := func(yield func(report.Item, error) bool) {
		for i := range payments {
			item := report.Item{
				Kind: report.Payment, ID: ids.Derive(w.ID, "item", i), RequestID: fmt.Sprint("PR-", i), AcquirerID: acquirer,
				CompletedAt: closedAt.Add(-time.Minute), Amount: money.New(1500, "JPY"), Settlement: money.New(1500, "JPY"),
				Credit: true,
			}
			item.ID[6] = item.ID[6]&0x0f | 0x40
			if !yield(item, nil) {
				return
			}
		}
	}
	issue := report.Issue{
		Dir: h.dir, Columns: columns, Sign: func(string, []byte) ([]byte, error) { return []byte("signed"), nil },
	}
	files, err := issue.Write(about, items, items)
	if err != nil {
		h.t.Fatal(err)
	}
	err = h.pool.InTx(h.t.Context(), func(ctx context.Context, tx db.Tx) error {
		return report.Register(ctx, tx, about, files, h.issuedAt)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	maps.Copy(h.files, delivertest.Tree(h.t, h.dir))
}

// clearing are the files of the clearing folders, which are due first.
func (h *hub) clearing() map[string]string {
	due := map[string]string{}
	for name, body := range h.files {
		if strings.Contains(name, "/clearing/") {
			due[name] = body
		}
	}
	return due
}

// target is the server with a key of the user's, trusted as it is.
func target(s *delivertest.Server, key ssh.Signer) deliver.Target {
	return deliver.Target{
		Address: s.Address, User: delivertest.User, Key: key, HostKeys: []ssh.PublicKey{s.HostKey.PublicKey()}, Root: ".",
	}
}

func same(t *testing.T, want map[string]string, root string) {
	t.Helper()
	if difference := cmp.Diff(want, delivertest.Tree(t, root)); difference != "" {
		t.Errorf("the server has other files:\n%s", difference[:min(len(difference), 2_000)])
	}
}

// round lets the hub deliver what is due, and fails the test unless it is so many files.
func (h *hub) round(want int) {
	h.t.Helper()
	if files, err := h.Round(h.t.Context(), acquirer); err != nil || files != want {
		h.t.Fatalf("%d files of %d, %v", files, want, err)
	}
}

// TestDelivery: what is due arrives with the bytes that were issued, what is not
// due stays, and nothing is sent twice.
func TestDelivery(t *testing.T) {
	eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
		h.issue(7, 700)
		h.clock.Advance(-time.Second)
		h.round(0)
		h.clock.Advance(time.Second)
		want := h.clearing()
		h.round(len(want))
		same(t, want, s.Root)
		if files, err := h.Round(t.Context(), acquirer); err != nil || files != 0 || s.Connections.Load() != 1 {
			t.Errorf("%d files again over %d connections, %v", files, s.Connections.Load(), err)
		}
		h.clock.Advance(48 * time.Hour)
		h.round(len(h.files) - len(want))
		same(t, h.files, s.Root)
		list, err := deliver.Recent(t.Context(), h.pool, "asia-1", acquirer, 100)
		if err != nil || len(list) != len(h.files) {
			t.Fatalf("%d deliveries, %v", len(list), err)
		}
		for _, d := range list {
			if d.State != deliver.Delivered || d.DeliveredAt.IsZero() || d.Attempts != 0 || d.Problem != "" {
				t.Errorf("%+v", d)
			}
		}
	})
}

// TestIssuedLate: files that were issued after they were due are delivered too,
// though the courier has looked at that moment before.
func TestIssuedLate(t *testing.T) {
	eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
		h.issue(18, 2)
		h.clock.Advance(24 * time.Hour)
		h.round(len(h.clearing()))
		h.issuedAt = h.clock.Now()
		h.issue(19, 2)
		h.round(len(h.clearing()) / 2)
		same(t, h.clearing(), s.Root)
	})
}

// TestBrokenConnections: wherever the connection breaks, the next attempts go on
// from there, and in the end there is each file once, whole, and nothing else.
func TestBrokenConnections(t *testing.T) {
	eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
		h.issue(8, 900)
		want, failures := h.clearing(), 0
		for most := int64(1_500); ; most += 17_011 {
			s.BreakAfter.Store(most)
			_, err := h.Round(t.Context(), acquirer)
			if err == nil {
				break
			}
			if failures++; failures > 200 {
				t.Fatalf("it never ends: %v", err)
			}
			for name, body := range delivertest.Tree(t, s.Root) {
				if whole, named := want[name]; named && whole != body {
					t.Fatalf("%s has its name and %d of %d bytes", name, len(body), len(whole))
				}
			}
			h.clock.Advance(time.Hour)
		}
		if failures < 5 {
			t.Errorf("only %d connections broke", failures)
		}
		same(t, want, s.Root)
	})
}

// TestCrashBeforeTheCommit: a hub that dies after the rename finds the file there
// and puts it on record; another file under the name is never overwritten.
func TestCrashBeforeTheCommit(t *testing.T) {
	eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
		h.issue(9, 3)
		want := h.clearing()
		var first string
		for name, body := range want {
			put(t, filepath.Join(s.Root, name), body)
			first = max(first, name) // a transactionItems file
		}
		h.round(len(want))
		same(t, want, s.Root)
		h.issue(10, 3)
		var other string
		for name := range h.clearing() {
			if _, known := want[name]; !known && strings.Contains(name, "transactionItems") {
				other = name
			}
		}
		put(t, filepath.Join(s.Root, other), "what the partner put here")
		if files, err := h.Round(t.Context(), acquirer); !errors.Is(err, deliver.ErrOccupied) || files != 0 {
			t.Errorf("%d files, %v", files, err)
		}
		if body := delivertest.Tree(t, s.Root)[other]; body != "what the partner put here" {
			t.Errorf("it was overwritten with %d bytes", len(body))
		}
		if err := os.Remove(filepath.Join(s.Root, other)); err != nil {
			t.Fatal(err)
		}
		h.again(1)
		h.round(len(want))
		same(t, h.clearing(), s.Root)
	})
}

func put(t *testing.T, path, body string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
}

// again lets what waits be tried at once.
func (h *hub) again(want int64) {
	h.t.Helper()
	err := h.pool.InTx(h.t.Context(), func(ctx context.Context, tx db.Tx) error {
		files, err := deliver.Again(ctx, tx, "asia-1", acquirer, h.clock.Now())
		if files != want {
			h.t.Errorf("%d files are tried again, want %d", files, want)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestDamagedPart: what an earlier attempt left is not trusted; if it is not the
// beginning of the file, or longer, it is written anew.
func TestDamagedPart(t *testing.T) {
	for name, left := range map[string]string{
		"other bytes": "not the beginning", "longer": strings.Repeat("x", 1<<20), "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
				h.issue(11, 3)
				want := h.clearing()
				for path := range want {
					put(t, filepath.Join(s.Root, filepath.Dir(path), "."+filepath.Base(path)+".part"), left)
				}
				for range 2 * len(want) {
					if _, err := h.Round(t.Context(), acquirer); err == nil {
						break
					} else if !errors.Is(err, deliver.ErrDamaged) {
						t.Fatal(err)
					}
					h.clock.Advance(time.Hour)
				}
				same(t, want, s.Root)
			})
		})
	}
}

// TestDamagedSource: a file that is not the one that was issued is not sent under
// its name.
func TestDamagedSource(t *testing.T) {
	eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
		h.issue(12, 3)
		for name, body := range h.files {
			put(t, filepath.Join(h.dir, name), strings.Replace(body, "1", "2", 1))
		}
		if _, err := h.Round(t.Context(), acquirer); !errors.Is(err, deliver.ErrDamaged) {
			t.Errorf("got %v", err)
		}
		same(t, map[string]string{}, s.Root)
	})
}

// TestStrangeServer: a server with another host key gets nothing, not even a
// login; nor does a hub whose key the server does not know.
func TestStrangeServer(t *testing.T) {
	eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
		strange := target(s, h.key)
		strange.HostKeys = []ssh.PublicKey{delivertest.NewKey(t).PublicKey()}
		h.Courier = h.courier(strange)
		h.issue(13, 3)
		if files, err := h.Round(t.Context(), acquirer); !errors.Is(err, deliver.ErrHostKey) || files != 0 {
			t.Errorf("%d files, %v", files, err)
		}
		list, err := deliver.Recent(t.Context(), h.pool, "asia-1", "", 1)
		if err != nil || list[0].State != deliver.Waiting || list[0].Attempts != 1 || list[0].Problem == "" ||
			!list[0].NextAt.Equal(h.clock.At.Add(30*time.Second)) {
			t.Errorf("%+v, %v", list, err)
		}
		if _, err := h.Round(t.Context(), acquirer); err != nil || s.Connections.Load() != 1 {
			t.Errorf("%d connections before the time, %v", s.Connections.Load(), err)
		}
		h.clock.Advance(30 * time.Second)
		h.Courier = h.courier(target(s, delivertest.NewKey(t)))
		h.clock.Advance(24 * time.Hour) // the other hub's lease has ended
		if files, err := h.Round(t.Context(), acquirer); err == nil || files != 0 {
			t.Errorf("an unknown user: %d files, %v", files, err)
		}
		same(t, map[string]string{}, s.Root)
	})
}

// TestTwoHubs: of two hubs one delivers, and the other takes over when it is gone.
func TestTwoHubs(t *testing.T) {
	eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
		second := h.courier(target(s, h.key))
		h.issue(14, 3)
		if files, err := h.Round(t.Context(), acquirer); err != nil || files == 0 {
			t.Fatalf("%d files, %v", files, err)
		}
		h.issue(15, 3)
		if files, err := second.Round(t.Context(), acquirer); err != nil || files != 0 {
			t.Errorf("the second delivers %d files, %v", files, err)
		}
		h.clock.Advance(13 * time.Hour)
		if files, err := second.Round(t.Context(), acquirer); err != nil || files == 0 {
			t.Errorf("the second delivers %d files when the first is gone, %v", files, err)
		}
		same(t, h.clearing(), s.Root)
		if _, err := second.Round(t.Context(), "NOBODY"); err == nil {
			t.Error("a participant without a server")
		}
	})
}

// TestServerAway: attempts come at growing distances, up to an hour.
func TestServerAway(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		key := delivertest.NewKey(t)
		h := newHub(t, pool, deliver.Target{
			Address: "127.0.0.1:1", User: delivertest.User, Key: key, HostKeys: []ssh.PublicKey{key.PublicKey()},
		})
		h.issue(16, 1)
		var waits []time.Duration
		for range 9 {
			if _, err := h.Round(t.Context(), acquirer); err == nil {
				t.Fatal("delivered to nobody")
			}
			list, err := deliver.Recent(t.Context(), pool, "asia-1", acquirer, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range list {
				if d.Attempts > 0 {
					waits = append(waits, d.NextAt.Sub(h.clock.At))
					h.clock.At = d.NextAt
				}
			}
		}
		want := []time.Duration{30, 60, 120, 240, 480, 960, 1920, 3600, 3600}
		for i := range want {
			want[i] *= time.Second
		}
		if difference := cmp.Diff(want, waits); difference != "" {
			t.Error(difference)
		}
	})
}
