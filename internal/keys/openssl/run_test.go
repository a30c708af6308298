package openssl_test

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/internal/keys/openssl"
)

// One key serves many goroutines at once while other keys come and go, and are freed.
func TestKeysAreSharedAndFreed(t *testing.T) {
	for name, key := range generated(t) {
		p := newPair(t, key)
		var workers sync.WaitGroup
		for worker := range 16 {
			workers.Go(func() {
				for round := range 20 {
					payload := fmt.Appendf(nil, "%s %d %d", name, worker, round)
					signature, err := p.private["openssl"].Sign(payload)
					if err != nil {
						t.Errorf("%s: %v", name, err)
						return
					}
					passing := newPublic(t, key.Public())
					if !verdict(t, passing, payload, signature) || verdict(t, p.public, payload[1:], signature) {
						t.Errorf("%s: wrong verdict", name)
					}
				}
			})
		}
		for range 20 {
			runtime.GC() // with it the cleanups of keys that have passed
		}
		workers.Wait()
	}
}

// resident is the memory of this process in bytes.
func resident(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("the system does not tell how much memory a process has")
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// growthMost is how much a process may grow in a round: less than 52 bytes for a signature
// and 420 for a key, where a context or a key that is not freed takes several times that.
const growthMost = 2 << 20

// roundsMost is how many rounds a process may take until one of them adds no memory.
const roundsMost = 12

// Signatures, refusals and keys leave nothing behind. A leak grows in every round; what
// pools, threads and the collection of garbage take does not.
func TestNothingIsLeftBehind(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector keeps records of its own, which grow with every round")
	}
	p := newPair(t, generated(t)["ecdsa-p256"])
	private, public := p.private["openssl"], p.public["openssl"]
	known := vectors(t)
	for name, c := range map[string]struct {
		times int // of a round; with the first, two rounds sign 80,000 times at least
		use   func() error
	}{
		"sign":   {40_000, func() error { _, err := private.Sign([]byte("payment")); return err }},
		"refuse": {40_000, func() error { _, err := public.Verify([]byte("payment"), []byte{0x30, 0}); return err }},
		"parse":  {5_000, func() error { return passingKey(known[len(known)-1]) }},
	} {
		used(t, c.times, c.use)
		if grown := leastGrowth(t, c.times, c.use); grown > growthMost {
			t.Errorf("%s: the process grows by %d bytes or more in each %d times", name, grown, c.times)
		}
	}
}

// leastGrowth uses something in rounds, until one adds no more memory than growthMost, and
// returns by how many bytes the process grew in the round that added least.
func leastGrowth(t *testing.T, times int, use func() error) int64 {
	t.Helper()
	least := int64(math.MaxInt64)
	for round := 0; round < roundsMost && least > growthMost; round++ {
		before := resident(t)
		used(t, times, use)
		least = min(least, resident(t)-before)
	}
	return least
}

// used uses something many times on all processors, and frees what has passed.
func used(t *testing.T, times int, use func() error) {
	t.Helper()
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for range times / runtime.GOMAXPROCS(0) {
				if err := use(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
	runtime.GC()
	runtime.GC()
}

// passingKey makes a key pair that nobody keeps.
func passingKey(v vector) error {
	library, err := openssl.Load()
	if err != nil {
		return err
	}
	if _, err := library.Private(v.private); err != nil {
		return err
	}
	_, err = library.Public(v.public)
	return err
}
