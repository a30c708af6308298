package deliver_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/settlement/deliver"
	"github.com/causeway-pay/causeway/settlement/deliver/delivertest"
)

// harms are what happens on a partner's server between two attempts, to a file that is
// not whole yet.
var harms = map[string]func(random *rand.Rand, part string) error{
	"removed":   func(_ *rand.Rand, part string) error { return os.Remove(part) },
	"truncated": func(random *rand.Rand, part string) error { return os.Truncate(part, random.Int64N(4_000)) },
	"with a hole at its end": func(random *rand.Rand, part string) error {
		return changed(part, func(body []byte) []byte { return append(body[:len(body)/2], make([]byte, len(body)-len(body)/2)...) })
	},
	"with another byte": func(random *rand.Rand, part string) error {
		return changed(part, func(body []byte) []byte {
			if len(body) > 0 {
				body[random.IntN(len(body))] ^= 1
			}
			return body
		})
	},
	"longer": func(_ *rand.Rand, part string) error {
		return changed(part, func(body []byte) []byte { return append(body, make([]byte, 1<<20)...) })
	},
	"read only": func(_ *rand.Rand, part string) error { return os.Chmod(part, 0o400) },
}

func changed(path string, change func(body []byte) []byte) error {
	body, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, change(body), 0o600)
}

// partsOf are the files on a server that are not whole yet.
func partsOf(t *testing.T, root string) (parts []string) {
	t.Helper()
	for name := range delivertest.Tree(t, root) {
		if strings.HasSuffix(name, ".part") {
			parts = append(parts, filepath.Join(root, name))
		}
	}
	return parts
}

// Whatever happens on the server to what an attempt has left, wherever connections break:
// a file has its name only when it is whole, and in the end all are there and nothing else.
func TestHarmedParts(t *testing.T) {
	for name, harm := range harms {
		t.Run(name, func(t *testing.T) {
			eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
				random := rand.New(rand.NewPCG(uint64(len(name)), 7))
				h.issue(30, 900)
				want, harmed := h.clearing(), 0
				for attempt := 0; ; attempt++ {
					s.BreakAfter.Store(2_000 + random.Int64N(120_000))
					if harmed >= 4 || attempt > 60 {
						s.BreakAfter.Store(0)
					}
					_, err := h.Round(t.Context(), acquirer)
					if err == nil {
						break
					}
					if attempt > 100 {
						t.Fatalf("it never ends: %v", err)
					}
					for path, body := range delivertest.Tree(t, s.Root) {
						if whole, named := want[path]; named && whole != body {
							t.Fatalf("%s has its name and %d of %d bytes", path, len(body), len(whole))
						}
					}
					for _, part := range partsOf(t, s.Root) {
						if harmed >= 4 {
							continue
						}
						if err := harm(random, part); err != nil {
							t.Fatal(err)
						}
						harmed++
					}
					h.clock.Advance(time.Hour)
				}
				if harmed == 0 {
					t.Error("nothing was harmed: no connection broke within a file")
				}
				same(t, want, s.Root)
			})
		})
	}
}

// A folder that is in the way, or that the hub may not write to, is an error that says so,
// and what comes later is delivered as soon as it is put right.
func TestFoldersInTheWay(t *testing.T) {
	eachServer(t, func(t *testing.T, h *hub, s *delivertest.Server) {
		h.issue(31, 3)
		want := h.clearing()
		var some string
		for name := range want {
			some = max(some, name)
		}
		put(t, filepath.Join(s.Root, strings.SplitN(some, "/", 2)[0]), "a file where a folder should be")
		if files, err := h.Round(t.Context(), acquirer); err == nil || files != 0 {
			t.Fatalf("%d files, %v", files, err)
		}
		list, err := deliver.Recent(t.Context(), h.pool, "asia-1", acquirer, 100)
		if err != nil || len(list) == 0 {
			t.Fatalf("%+v, %v", list, err)
		}
		if err := os.Remove(filepath.Join(s.Root, strings.SplitN(some, "/", 2)[0])); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(time.Hour)
		h.round(len(want))
		same(t, want, s.Root)
	})
}
