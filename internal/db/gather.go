package db

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Limits of a gathered lookup: as many keys as one statement takes without its text or
// plan changing, and the time after which nobody waits for it any more.
const (
	gatherMax     = 256
	gatherTimeout = 10 * time.Second
)

// Gather answers lookups by key that come at the same time with one statement. Alone a
// lookup waits for nobody; while one statement is under way, those that come meanwhile
// wait for the next.
type Gather[K comparable, V any] struct {
	find func(ctx context.Context, keys []K) (map[K]V, error)

	mu sync.Mutex
	// busy tells that a round is under way, and next are those behind it, each full but
	// the last. Guarded by mu.
	busy bool
	next []*round[K, V]
}

// round is what one statement looks for.
type round[K comparable, V any] struct {
	keys  []K
	found map[K]V
	err   error
	done  chan struct{}
}

// NewGather returns a gatherer of lookups. find is called from one goroutine at a time
// with keys that may repeat, and leaves out what it does not find.
func NewGather[K comparable, V any](find func(ctx context.Context, keys []K) (map[K]V, error)) *Gather[K, V] {
	return &Gather[K, V]{find: find}
}

// Find looks up a key. The lookup itself goes on if ctx ends, for others that wait for
// the same statement.
func (g *Gather[K, V]) Find(ctx context.Context, key K) (value V, found bool, err error) {
	r, lead := g.join(key)
	if lead {
		g.run(r)
	}
	select {
	case <-r.done:
		value, found = r.found[key]
		return value, found, r.err
	case <-ctx.Done():
		return value, false, ctx.Err()
	}
}

// join adds a key to the next round. lead tells the caller to run it.
func (g *Gather[K, V]) join(key K) (r *round[K, V], lead bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.busy {
		g.busy = true
		return newRound[K, V](key), true
	}
	if last := len(g.next) - 1; last >= 0 && len(g.next[last].keys) < gatherMax {
		g.next[last].keys = append(g.next[last].keys, key)
		return g.next[last], false
	}
	r = newRound[K, V](key)
	g.next = append(g.next, r)
	return r, false
}

func newRound[K comparable, V any](key K) *round[K, V] {
	return &round[K, V]{keys: []K{key}, done: make(chan struct{})}
}

// run answers a round, and has the next one answered by somebody who is not waiting
// for an answer.
func (g *Gather[K, V]) run(r *round[K, V]) {
	defer g.pass()
	defer close(r.done)
	defer func() {
		if failure := recover(); failure != nil {
			r.err = fmt.Errorf("db: gather: %v", failure)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), gatherTimeout)
	defer cancel()
	r.found, r.err = g.find(ctx, r.keys)
}

// pass starts the next round, if there is one.
func (g *Gather[K, V]) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.next) == 0 {
		g.busy = false
		return
	}
	r := g.next[0]
	g.next = g.next[1:]
	go g.run(r)
}
