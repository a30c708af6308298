package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
)

// doubles finds twice each even key, after some time.
func doubles(calls *atomic.Int64, wait time.Duration) *db.Gather[int, int] {
	return db.NewGather(func(_ context.Context, keys []int) (map[int]int, error) {
		calls.Add(1)
		time.Sleep(wait)
		found := map[int]int{}
		for _, key := range keys {
			if key%2 == 0 {
				found[key] = 2 * key
			}
		}
		return found, nil
	})
}

// TestGatherTogether: the first lookup goes at once, and those that come while it is under
// way go together; everybody gets the answer to its own key.
func TestGatherTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		g := doubles(&calls, time.Second)
		var all sync.WaitGroup
		for key := range 100 {
			all.Go(func() {
				value, found, err := g.Find(t.Context(), key)
				if err != nil || found != (key%2 == 0) || found && value != 2*key {
					t.Errorf("%d: %d, %v, %v", key, value, found, err)
				}
			})
		}
		all.Wait()
		if calls.Load() != 2 {
			t.Errorf("%d statements for 100 lookups", calls.Load())
		}
		if value, found, err := g.Find(t.Context(), 8); value != 16 || !found || err != nil || calls.Load() != 3 {
			t.Errorf("alone: %d, %v, %v", value, found, err)
		}
	})
}

// TestGatherIsBounded: a statement takes no more keys than it may.
func TestGatherIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var most, keys atomic.Int64
		g := db.NewGather(func(_ context.Context, list []int) (map[int]int, error) {
			most.Store(max(most.Load(), int64(len(list))))
			keys.Add(int64(len(list)))
			time.Sleep(time.Millisecond)
			return nil, nil
		})
		var all sync.WaitGroup
		for key := range 1000 {
			all.Go(func() { _, _, _ = g.Find(t.Context(), key) })
		}
		all.Wait()
		if most.Load() != 256 || keys.Load() != 1000 {
			t.Errorf("%d keys in all, %d in one statement", keys.Load(), most.Load())
		}
	})
}

// TestGatherFails: an error or a panic reaches those who waited, and nobody after them.
func TestGatherFails(t *testing.T) {
	broken := errors.New("broken")
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		g := db.NewGather(func(context.Context, []string) (map[string]int, error) {
			calls++
			switch calls {
			case 1:
				return nil, broken
			case 2:
				panic("nobody thought of this")
			}
			return map[string]int{"c": 3}, nil
		})
		if _, _, err := g.Find(t.Context(), "a"); !errors.Is(err, broken) {
			t.Error(err)
		}
		if _, _, err := g.Find(t.Context(), "b"); err == nil || err.Error() != "db: gather: nobody thought of this" {
			t.Error(err)
		}
		if value, found, err := g.Find(t.Context(), "c"); value != 3 || !found || err != nil {
			t.Error(value, found, err)
		}
	})
}

// TestGatherIsGivenUp: who stops waiting does not stop the lookup of others.
func TestGatherIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		g := doubles(&calls, time.Minute)
		go func() { _, _, _ = g.Find(t.Context(), 2) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		outcome := make(chan error, 1)
		go func() {
			value, _, err := g.Find(t.Context(), 4)
			if value != 8 {
				err = errors.Join(err, fmt.Errorf("got %d", value))
			}
			outcome <- err
		}()
		if _, _, err := g.Find(ctx, 6); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if err := <-outcome; err != nil {
			t.Error(err)
		}
	})
}
