package window_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/window"
)

const region = "asia-1"

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// each runs a test on every engine of the database, without any window.
func each(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	dbtest.Each(t, body, dbtest.Load(t, window.Migrations))
}

func inTx(t *testing.T, pool *db.Pool, work func(ctx context.Context, tx db.Tx) error) {
	t.Helper()
	if err := pool.InTx(t.Context(), work); err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, pool *db.Pool) {
	t.Helper()
	inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return window.Start(ctx, tx, region, at) })
}

func closeWindow(t *testing.T, pool *db.Pool, moment time.Time) (window.Window, error) {
	t.Helper()
	var closed window.Window
	err := dbtest.Persistently(func() error {
		return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
			closed, err = window.Close(ctx, tx, region, moment)
			return err
		})
	})
	return closed, err
}

func recent(t *testing.T, pool *db.Pool) []window.Window {
	t.Helper()
	all, err := window.Recent(t.Context(), pool, region, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestStartTogether: hubs that start at once open one window, and a hub that
// starts later leaves the present one alone.
func TestStartTogether(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
					return window.Start(ctx, tx, region, at.Add(time.Duration(i)*time.Second))
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if all := recent(t, pool); len(all) != 1 || all[0].Number != 1 || all[0].State != window.Open {
			t.Fatalf("%+v", all)
		}
		if _, err := closeWindow(t, pool, at); err != nil {
			t.Fatal(err)
		}
		start(t, pool)
		if all := recent(t, pool); len(all) != 2 || all[0].State != window.Open || all[1].State != window.Closing {
			t.Errorf("started again: %+v", all)
		}
	})
}

// TestResumed: a close that is rolled back leaves the window open, and the next
// one closes the same window with the same figures.
func TestResumed(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		start(t, pool)
		before := recent(t, pool)
		interrupted := errors.New("interrupted")
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			if _, err := window.Close(ctx, tx, region, at); err != nil {
				return err
			}
			return interrupted
		})
		if !errors.Is(err, interrupted) {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, recent(t, pool)); diff != "" {
			t.Error(diff)
		}
		closed, err := closeWindow(t, pool, at)
		if err != nil || closed.ID != before[0].ID {
			t.Errorf("%+v, %v", closed, err)
		}
	})
}

// TestRegionsAreApart: closing one region's window leaves the others' open.
func TestRegionsAreApart(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		start(t, pool)
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return window.Start(ctx, tx, "europe-1", at) })
		here, err := window.Current(t.Context(), pool, region)
		if err != nil {
			t.Fatal(err)
		}
		there, err := window.Current(t.Context(), pool, "europe-1")
		if err != nil || here == there {
			t.Fatalf("%s and %s, %v", here, there, err)
		}
		if _, err := closeWindow(t, pool, at); err != nil {
			t.Fatal(err)
		}
		if after, err := window.Current(t.Context(), pool, "europe-1"); err != nil || after != there {
			t.Errorf("%s, was %s, %v", after, there, err)
		}
	})
}

// figures are nets by owner and currency, added up the slow way.
type figures map[string][3]int64

func (f figures) add(movements []window.Movement) {
	for _, m := range movements {
		for i, amount := range []money.Amount{m.Debit, m.Credit} {
			if amount.Minor == 0 {
				continue
			}
			key := m.Owner + " " + string(amount.Currency)
			sum := f[key]
			sum[i] += amount.Minor
			sum[2]++
			f[key] = sum
		}
	}
}

func (f figures) compare(t *testing.T, pool *db.Pool, id ids.ID) {
	t.Helper()
	nets, err := window.Nets(t.Context(), pool, id)
	if err != nil {
		t.Fatal(err)
	}
	got, last := figures{}, ""
	for _, n := range nets {
		key := n.Owner + " " + string(n.Currency)
		if key <= last {
			t.Errorf("%q comes after %q", key, last)
		}
		got[key], last = [3]int64{n.Debits.Minor, n.Credits.Minor, n.Entries}, key
		if n.Amount().Minor != n.Credits.Minor-n.Debits.Minor || n.WindowID != id {
			t.Errorf("%+v", n)
		}
	}
	if diff := cmp.Diff(f, got); diff != "" {
		t.Error(diff)
	}
}

func movements(random *rand.Rand) []window.Movement {
	owners, currencies := []string{"A-1", "B-2", "HUB"}, []money.Currency{"HKD", "JPY", "KWD"}
	list := make([]window.Movement, 1+random.IntN(8))
	for i := range list {
		amount := money.New(1+random.Int64N(1e12), currencies[random.IntN(3)])
		list[i].Owner = owners[random.IntN(3)]
		if random.IntN(2) == 0 {
			list[i].Debit = amount
		} else {
			list[i].Credit = amount
		}
	}
	return list
}

// TestFigures: whatever is added in whatever groups, the figures are the sums.
func TestFigures(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		start(t, pool)
		id, err := window.Current(t.Context(), pool, region)
		if err != nil {
			t.Fatal(err)
		}
		random, want := rand.New(rand.NewPCG(1, 1)), figures{}
		for range 150 {
			list := movements(random)
			want.add(list)
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return window.Add(ctx, tx, id, list) })
		}
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return window.Add(ctx, tx, id, nil) })
		want.compare(t, pool, id)
	})
}

// TestClosingWhilePosting: while many post, the window is closed several times.
// Every posting is in the figures of the one window that it found open when it
// was committed.
func TestClosingWhilePosting(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		start(t, pool)
		var mu sync.Mutex
		want := map[ids.ID]figures{}
		var closes atomic.Int64
		var posting sync.WaitGroup
		for worker := range uint64(12) {
			posting.Go(func() {
				random := rand.New(rand.NewPCG(2, worker))
				for n := 0; n < 10 || closes.Load() < 3; n++ {
					list := movements(random)
					id, err := postOnce(t, pool, list)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					if want[id] == nil {
						want[id] = figures{}
					}
					want[id].add(list)
					mu.Unlock()
				}
			})
		}
		done := make(chan struct{})
		go func() { posting.Wait(); close(done) }()
		for working := true; working; {
			select {
			case <-done:
				working = false
			default:
			}
			closed, err := closeWindow(t, pool, at)
			if err != nil {
				t.Fatal(err)
			}
			if nth := closes.Add(1); closed.Number != nth {
				t.Errorf("window %d is the %dth to be closed", closed.Number, nth)
			}
		}
		all := recent(t, pool)
		for _, w := range all {
			if want[w.ID] == nil {
				want[w.ID] = figures{}
			}
			want[w.ID].compare(t, pool, w.ID)
		}
		if n := closes.Load(); int64(len(all)) != n+1 {
			t.Errorf("%d windows after %d closes", len(all), n)
		}
	})
}

// postOnce adds to the window that is open and returns which one that was.
func postOnce(t *testing.T, pool *db.Pool, list []window.Movement) (ids.ID, error) {
	t.Helper()
	var id ids.ID
	err := dbtest.Persistently(func() error {
		return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
			if id, err = window.Current(ctx, tx, region); err != nil {
				return err
			}
			return window.Add(ctx, tx, id, list)
		})
	})
	return id, err
}

// TestClosingTwiceAtOnce: two operators who close at once close two windows, one
// after the other, never one window twice.
func TestClosingTwiceAtOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		start(t, pool)
		var mu sync.Mutex
		seen := map[int64]int{}
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				closed, err := closeWindow(t, pool, at)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				seen[closed.Number]++
			})
		}
		wg.Wait()
		if diff := cmp.Diff(map[int64]int{1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, seen); diff != "" {
			t.Error(diff)
		}
	})
}

// TestCarried: what an owner brings into a window is the sum of all windows
// before it, of its region alone.
func TestCarried(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		start(t, pool)
		var windows []window.Window
		for i := range int64(3) {
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				id, err := window.Current(ctx, tx, region)
				if err != nil {
					return err
				}
				return window.Add(ctx, tx, id, []window.Movement{
					{Owner: "HK-WALLET", Debit: money.New(100+i, "HKD"), Credit: money.New(1, "HKD")},
					{Owner: "JP-ACQUIRER", Credit: money.New(10*i, "JPY")},
				})
			})
			w, err := closeWindow(t, pool, at.Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			windows = append(windows, w)
		}
		other := windows[2]
		other.Region = "europe-1"
		for i, c := range []struct {
			w    window.Window
			want map[string]int64
		}{
			{windows[0], map[string]int64{}},
			{windows[1], map[string]int64{"HK-WALLET": -99}},
			{windows[2], map[string]int64{"HK-WALLET": -199, "JP-ACQUIRER": 10}},
			{other, map[string]int64{}},
		} {
			carried, err := window.Carried(t.Context(), pool, c.w)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int64{}
			for _, net := range carried {
				got[net.Owner] = net.Amount().Minor
			}
			if difference := cmp.Diff(c.want, got); difference != "" {
				t.Errorf("%d: %s", i, difference)
			}
		}
	})
}
