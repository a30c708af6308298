package bus

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// progress is what a consumer knows about itself.
type progress struct {
	ended chan struct{}

	mu      sync.Mutex
	done    uint64    // guarded by mu: verdicts that ended a message
	seen    uint64    // guarded by mu: done at the last look
	since   time.Time // guarded by mu: since when messages wait without progress
	ran     bool      // guarded by mu: it has run before
	failure error     // guarded by mu: why it is not running at present
}

func (p *progress) advanced() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
}

func (p *progress) count() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done
}

// failed notes why the consumer is not running, and returns whether it ever was.
func (p *progress) failed(err error) (ran bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failure = err
	return p.ran
}

func (p *progress) started() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ran, p.failure = true, nil
}

// waited notes whether work is waiting and returns for how long nothing of it
// has been done.
func (p *progress) waited(now time.Time, waiting bool) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failure != nil {
		waiting = true
	}
	if !waiting || p.done != p.seen || p.since.IsZero() {
		p.seen, p.since = p.done, now
	}
	return now.Sub(p.since), p.failure
}

// Backlog returns how many messages wait for delivery and how many are out for
// handling.
func (c *Consumer) Backlog(ctx context.Context) (waiting, handling uint64, err error) {
	consumer, err := c.bus.stream.Consumer(ctx, c.options.Stream, c.options.Durable)
	if err != nil {
		return 0, 0, fmt.Errorf("bus: consumer %s: %w", c.options.Durable, err)
	}
	info := consumer.CachedInfo()
	return info.NumPending, uint64(max(0, info.NumAckPending)), nil
}

// Check reports whether the consumer gets on, for readiness. It is red when
// messages have waited for StuckAfter without one being finished, or when the
// consumer could not run for as long. It compares with its own last call, so it
// must be called from time to time.
func (c *Consumer) Check(ctx context.Context) error {
	waiting, handling, err := c.Backlog(ctx)
	idle, failure := c.waited(c.bus.clock.Now(), err != nil || waiting+handling > 0)
	if idle < c.options.StuckAfter {
		return nil
	}
	if failure == nil {
		failure = err
	}
	if failure != nil {
		return fmt.Errorf("bus: consumer %s has not run for %s: %w", c.options.Durable, idle, failure)
	}
	return fmt.Errorf("bus: consumer %s has made no progress for %s with %d messages waiting",
		c.options.Durable, idle, waiting+handling)
}
