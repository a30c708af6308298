// Package clock is the only place that reads the machine's time, so that tests
// can hold it still and a lint rule can forbid it elsewhere.
package clock

import "time"

// Clock tells the time.
type Clock interface {
	// Now returns the time in UTC, cut to microseconds, the resolution of the
	// database.
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now implements [Clock].
func (System) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Fixed is a clock that a test moves by hand. It is not safe for concurrent
// use.
type Fixed struct{ At time.Time }

// Now implements [Clock].
func (f *Fixed) Now() time.Time { return f.At.UTC().Truncate(time.Microsecond) }

// Advance moves the clock forward.
func (f *Fixed) Advance(d time.Duration) { f.At = f.At.Add(d) }
