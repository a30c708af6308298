package ledger_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

// hubKey signs and verifies as version 3 of a hub's key.
type hubKey struct{ private ed25519.PrivateKey }

func newHubKey(t *testing.T) hubKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return hubKey{private}
}

func (k hubKey) Sign(_ context.Context, text []byte) ([]byte, int, error) {
	return ed25519.Sign(k.private, text), 3, nil
}

func (k hubKey) Verify(_ context.Context, version int, text, signature []byte) error {
	if version != 3 || !ed25519.Verify(k.private.Public().(ed25519.PublicKey), text, signature) {
		return errors.New("not signed by the hub")
	}
	return nil
}

func sealer(pool *db.Pool, key hubKey, region string) (*ledger.Sealer, *clock.Fixed) {
	c := &clock.Fixed{At: at}
	return ledger.NewSealer(pool, c, key, slog.New(slog.DiscardHandler), region), c
}

// sealAll seals until nothing waits.
func sealAll(t *testing.T, s *ledger.Sealer) int {
	t.Helper()
	total := 0
	for {
		count, err := s.Seal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if count == 0 {
			return total
		}
		total += count
	}
}

func verify(t *testing.T, reader db.Reader, key hubKey, expected ...ledger.Head) ledger.Report {
	t.Helper()
	report, err := ledger.Verify(t.Context(), reader, key, expected...)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// in gives entries to a region.
func in(region string, entries []ledger.Entry) []ledger.Entry {
	for i := range entries {
		entries[i].Region = region
	}
	return entries
}

// TestSealedInBatches: entries of two regions go into two chains, each once, and
// what waits is said.
func TestSealedInBatches(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		key, random := newHubKey(t), rand.New(rand.NewPCG(20, 20))
		asia, _ := sealer(pool, key, "asia-1")
		europe, _ := sealer(pool, key, "europe-1")
		var counts, postings [2]int
		for counts[0] < 2500 {
			var batch []ledger.Entry
			for range 100 {
				entries := some(random, ids.New())
				region := random.IntN(10) / 9
				counts[region] += len(entries)
				postings[region]++
				batch = append(batch, in([]string{"asia-1", "europe-1"}[region], entries)...)
			}
			if err := post(t, pool, batch); err != nil {
				t.Fatal(err)
			}
		}
		before := verify(t, pool, key)
		if len(before.Breaks) > 0 || len(before.Waiting) != 2 || before.Waiting[0].Count != int64(counts[0]) {
			t.Fatalf("before sealing: %+v", before)
		}
		if count := sealAll(t, asia); count != postings[0] {
			t.Errorf("%d sealed of %d", count, postings[0])
		}
		sealAll(t, europe)
		if err := errors.Join(asia.Sign(t.Context()), europe.Sign(t.Context()), asia.Sign(t.Context())); err != nil {
			t.Fatal(err)
		}
		report := verify(t, pool, key)
		if len(report.Breaks) > 0 || len(report.Waiting) > 0 || len(report.Chains) != 2 {
			t.Fatalf("%+v", report)
		}
		for i, chain := range report.Chains {
			if chain.Links != int64(postings[i]) || chain.Head.Number != chain.Links || chain.Seals != 1 {
				t.Errorf("%+v, %d postings", chain, postings[i])
			}
		}
	})
}

// TestOrderIsNotTime: the later a batch is sealed the higher are its numbers,
// whatever the times of its entries say.
func TestOrderIsNotTime(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		key, random := newHubKey(t), rand.New(rand.NewPCG(21, 21))
		s, _ := sealer(pool, key, "asia-1")
		heads := []ledger.Head{}
		for day := range 5 {
			entries := some(random, ids.New())
			for i := range entries {
				entries[i].BookedAt = at.AddDate(0, 0, -day)
			}
			if err := post(t, pool, entries); err != nil {
				t.Fatal(err)
			}
			sealAll(t, s)
			now, err := ledger.Heads(t.Context(), pool)
			if err != nil {
				t.Fatal(err)
			}
			heads = append(heads, now...)
		}
		if report := verify(t, pool, key, heads...); len(report.Breaks) > 0 {
			t.Errorf("%+v", report.Breaks)
		}
	})
}

// TestOneSealerOfMany: five hubs of a region seal while others post. Each entry has
// one place, only the holder of the lease works, and another takes over when the
// lease has ended.
func TestOneSealerOfMany(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		key := newHubKey(t)
		done := make(chan struct{})
		var posting, sealing sync.WaitGroup
		for writer := range uint64(4) {
			posting.Go(func() {
				random := rand.New(rand.NewPCG(22, writer))
				for range 15 {
					entries := some(random, ids.New())
					if err := dbtest.Persistently(func() error { return post(t, pool, entries) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 5 {
			s, _ := sealer(pool, key, "asia-1")
			sealing.Go(func() {
				for {
					_, err := s.Seal(t.Context())
					if err != nil && !errors.Is(err, ledger.ErrNotSealer) && !errors.Is(err, db.ErrConflict) {
						t.Error(err)
					}
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		posting.Wait()
		close(done)
		sealing.Wait()
		late, c := sealer(pool, key, "asia-1")
		if _, err := late.Seal(t.Context()); !errors.Is(err, ledger.ErrNotSealer) {
			t.Fatalf("the lease is another's: %v", err)
		}
		c.Advance(16 * time.Second)
		sealAll(t, late)
		if report := verify(t, pool, key); len(report.Breaks) > 0 || len(report.Waiting) > 0 {
			t.Errorf("%+v", report)
		}
	})
}

// TestSealerComesBack: an answer to COMMIT that is lost leaves no gap and no entry
// twice, whether the commit happened or not.
func TestSealerComesBack(t *testing.T) {
	migrations, err := ledger.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	for name, loss := range map[string]dbtest.Loss{"request": dbtest.LoseRequest, "answer": dbtest.LoseAnswer} {
		t.Run(name, func(t *testing.T) {
			url, key, random := dbtest.URL(t), newHubKey(t), rand.New(rand.NewPCG(23, 23))
			pool := dbtest.Open(t, url)
			if _, err := db.Migrate(t.Context(), pool, clock.System{}, migrations); err != nil {
				t.Fatal(err)
			}
			openAll(t, pool)
			proxy := dbtest.NewProxy(t, url)
			s, _ := sealer(dbtest.Open(t, proxy.URL()), key, "asia-1")
			const want = 6
			for range want {
				if err := post(t, pool, some(random, ids.New())); err != nil {
					t.Fatal(err)
				}
				proxy.BreakCommits(loss, 1+random.IntN(2))
				for range 4 {
					_, _ = s.Seal(t.Context())
				}
			}
			proxy.BreakCommits(0, 0)
			sealAll(t, s)
			report := verify(t, pool, key)
			if len(report.Breaks) > 0 || len(report.Waiting) > 0 || report.Chains[0].Links != int64(want) {
				t.Errorf("%d postings: %+v", want, report)
			}
		})
	}
}

// TestNotedHeads: a chain that was cut and made to fit again in all its parts is
// found by a head that was noted elsewhere.
func TestNotedHeads(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		key, random := newHubKey(t), rand.New(rand.NewPCG(24, 24))
		s, _ := sealer(pool, key, "asia-1")
		for range 5 {
			if err := post(t, pool, some(random, ids.New())); err != nil {
				t.Fatal(err)
			}
		}
		sealAll(t, s)
		noted, err := ledger.Heads(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		elsewhere := ledger.Head{Name: "moon-1", Number: 1, Hash: make([]byte, 32)}
		want := []ledger.Break{{Region: "moon-1", Problem: "there is no such chain"}}
		if diff := cmp.Diff(want, verify(t, pool, key, noted[0], elsewhere).Breaks); diff != "" {
			t.Error(diff)
		}
		cut := func(ctx context.Context, tx db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM ledger_entry WHERE subject_id = (SELECT f.subject_id FROM ledger_link l
				JOIN ledger_entry f ON f.entry_id = l.entry_id WHERE l.number = $1)`, noted[0].Number)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `DELETE FROM ledger_link WHERE number = $1`, noted[0].Number); err != nil {
				return err
			}
			return errors.Join(ledger.Rebalance(ctx, tx), ledger.Rechain(ctx, tx, "asia-1"))
		}
		if err := pool.InTx(t.Context(), cut); err != nil {
			t.Fatal(err)
		}
		if report := verify(t, pool, key); len(report.Breaks) > 0 {
			t.Errorf("without seals and noted heads nothing can be found, but: %+v", report.Breaks)
		}
		if report := verify(t, pool, key, noted...); len(report.Breaks) != 1 {
			t.Errorf("%+v", report.Breaks)
		}
	})
}
