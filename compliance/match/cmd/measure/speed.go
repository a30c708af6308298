package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/causeway-pay/causeway/compliance/match"
)

// rounds is how often the speed is measured. The best of each name counts: the
// rest is what else the machine did.
const rounds = 3

// speed prints what building and searching cost in processor time, with all lists
// in one index.
func speed(out io.Writer, names []match.Name, ordinary []string) {
	build := time.Duration(1 << 62)
	fresh, known := slow(len(ordinary)), slow(len(ordinary))
	before, objects := live()
	var x *match.Index
	for range rounds {
		start := processor()
		x = match.NewIndex(names)
		build = min(build, processor()-start)
		searches(x, ordinary, fresh)
		searches(x, ordinary, known)
	}
	after, objectsAfter := live()
	start := processor()
	runtime.GC()
	fmt.Fprintf(out, "\nall lists: %d names indexed in %v, %d MB and %d objects with what is remembered; "+
		"collecting garbage takes %v\n", x.Len(), build.Round(time.Millisecond), int64(after-before)>>20,
		int64(objectsAfter-objects), (processor() - start).Round(10*time.Microsecond))
	runtime.KeepAlive(x)
	runtime.KeepAlive(names)
	runtime.KeepAlive(ordinary)
	for _, what := range []struct {
		name  string
		times []time.Duration
	}{{"words not seen before", fresh}, {"words seen before", known}} {
		total := time.Duration(0)
		for _, t := range what.times {
			total += t
		}
		fmt.Fprintf(out, "  %-22s mean %v, p99 %v\n", what.name, total/time.Duration(len(what.times)),
			percentile(what.times, 99))
	}
}

func slow(count int) []time.Duration { return slices.Repeat([]time.Duration{1 << 40}, count) }

// searches keeps the best time of each name.
func searches(x *match.Index, names []string, times []time.Duration) {
	for i, name := range names {
		start := processor()
		x.Search(name, defaultThreshold, 10)
		times[i] = min(times[i], processor()-start)
	}
}

// processor is the processor time of this process so far.
func processor() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// live is the memory in use, and its objects, after what is garbage was collected.
func live() (bytes, objects uint64) {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc, stats.HeapObjects
}
