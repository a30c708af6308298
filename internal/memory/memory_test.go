package memory_test

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/causeway-pay/causeway/internal/memory"
)

// TestWatch: what work has taken for a while is seen, also when it is gone at the end;
// work that takes nothing is not held for it. Work may take what the process held unused.
func TestWatch(t *testing.T) {
	const taken = 64 << 20
	for name, c := range map[string]struct {
		bytes       int
		least, most uint64
	}{"nothing": {0, 0, taken / 2}, "much": {taken, taken / 2, 4 * taken}} {
		debug.FreeOSMemory()
		before := memory.Held()
		peak, stop := memory.Watch()
		block := make([]byte, c.bytes)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		held := memory.Held()
		runtime.KeepAlive(block)
		stop()
		if grown := peak() - before; grown < c.least || grown > c.most || peak() < before {
			t.Errorf("%s: from %d to %d", name, before, peak())
		}
		if peak() < held {
			t.Errorf("%s: the peak is %d, %d were held", name, peak(), held)
		}
	}
}
