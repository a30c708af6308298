package ledger_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

// lost says that a hub does not know whether its transaction happened, or that it did not.
func lost(err error) bool {
	return errors.Is(err, db.ErrAmbiguous) || errors.Is(err, db.ErrUnavailable) || errors.Is(err, db.ErrConflict)
}

// persist posts entries again until it is known that they are there, which the key says, and
// returns how often it did not know. Half of the hubs hope.
func persist(ctx context.Context, pool *db.Pool, random *rand.Rand, entries []ledger.Entry) (unknown int, err error) {
	attempt := pool.InTx
	if random.IntN(2) == 0 {
		attempt = pool.InTxHopeful
	}
	for {
		err := attempt(ctx, func(ctx context.Context, tx db.Tx) error { return ledger.Post(ctx, tx, entries) })
		switch {
		case lost(err):
			unknown++
		case unknown > 0 && (db.Violates(err, "ledger_entry_once") || db.Violates(err, "ledger_entry_pk")):
			return unknown, nil
		default:
			return unknown, err
		}
	}
}

// TestThreeRegionsThroughLostCommits: three regions post and seal at once on the same accounts,
// and many of their commits, or the answers to them, are lost. Each posting is there once, with
// one place in its own region's chain, and balances are the sums of all.
func TestThreeRegionsThroughLostCommits(t *testing.T) {
	url, key := dbtest.URL(t), newHubKey(t)
	straight := dbtest.Open(t, url)
	if _, err := db.Migrate(t.Context(), straight, clock.System{}, dbtest.Load(t, ledger.Migrations)); err != nil {
		t.Fatal(err)
	}
	openAll(t, straight)
	regions := []string{"asia-1", "europe-1", "us-1"}
	rounds := 60
	if testing.Short() {
		rounds = 12
	}
	posted := make([][]ledger.Entry, len(regions))
	postings := map[string]int64{}
	var unknown atomic.Int64
	var hubs sync.WaitGroup
	for i, region := range regions {
		postings[region] = int64(rounds)
		proxy := dbtest.NewProxy(t, url)
		pool, random := dbtest.Open(t, proxy.URL()), rand.New(rand.NewPCG(31, uint64(i)))
		s, _ := sealer(pool, key, region)
		hubs.Go(func() {
			for range rounds {
				proxy.BreakCommits(dbtest.Loss(1+random.IntN(2)), random.IntN(3))
				entries := in(region, some(random, ids.New()))
				times, err := persist(context.Background(), pool, random, entries)
				if err != nil {
					t.Errorf("%s: %v", region, err)
					return
				}
				unknown.Add(int64(times))
				posted[i] = append(posted[i], entries...)
				if _, err := s.Seal(context.Background()); err != nil && !lost(err) {
					t.Errorf("%s is not sealed: %v", region, err)
				}
			}
		})
	}
	hubs.Wait()
	checkBalances(t, straight, slices.Concat(posted...))
	for _, region := range regions {
		s, c := sealer(straight, key, region)
		c.Advance(time.Minute) // the lease of the first is over
		sealAll(t, s)
	}
	report := verify(t, straight, key)
	links := map[string]int64{}
	for _, chain := range report.Chains {
		links[chain.Head.Name] = chain.Links
	}
	if diff := cmp.Diff(postings, links); diff != "" || len(report.Breaks) > 0 || len(report.Waiting) > 0 {
		t.Errorf("%v: %s%+v", slices.Sorted(maps.Keys(links)), diff, report)
	}
	if least := int64(rounds); unknown.Load() < least {
		t.Errorf("only %d commits were lost", unknown.Load())
	}
}
