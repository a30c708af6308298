// Package memory measures what a piece of work takes of the machine's memory.
package memory

import (
	"runtime"
	"time"
)

// look is how often memory is looked at: work that lasts for less is no matter.
const look = 5 * time.Millisecond

// Held returns how many bytes the process has from the system: heap, stacks, and what
// collecting garbage needs for itself.
func Held() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys - m.HeapReleased
}

// Watch looks at what the process holds until it is stopped. Peak returns the most that
// was seen, once it is.
func Watch() (peak func() uint64, stop func()) {
	most := Held()
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(look)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				most = max(most, Held())
				return
			case <-ticker.C:
				most = max(most, Held())
			}
		}
	}()
	return func() uint64 { return most }, func() { close(done); <-ended }
}
