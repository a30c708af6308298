// Package throttle keeps partners apart: each has a rate and a number of requests at
// once of its own, so that one who floods the switch, or does not answer it, uses up
// its own share and nobody else's.
//
// The rate is a token bucket (golang.org/x/time/rate); the requests at once are
// counted. Both refuse at once and queue nothing: who is refused learns it while it
// can still do something about it, and no memory is held for it.
package throttle

import (
	"sync"

	"golang.org/x/time/rate"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Limits are the share of one partner. A field that is zero has the value of
// [Throttle]'s defaults; none can be without limit.
type Limits struct {
	// PerSecond is how many requests a second are served in the long run, Burst how
	// many more than that at once after a pause.
	PerSecond, Burst int64
	// AtOnce is how many are served at the same time.
	AtOnce int64
}

func (l Limits) or(defaults Limits) Limits {
	for _, field := range []struct{ value, instead *int64 }{
		{&l.PerSecond, &defaults.PerSecond}, {&l.Burst, &defaults.Burst}, {&l.AtOnce, &defaults.AtOnce},
	} {
		if *field.value <= 0 {
			*field.value = *field.instead
		}
	}
	return l
}

// Throttle counts for every partner. It is safe for concurrent use.
type Throttle struct {
	clock    clock.Clock
	defaults Limits

	mu     sync.Mutex
	shares map[string]*share // by partner; guarded by mu
}

type share struct {
	limits Limits
	bucket *rate.Limiter
	atOnce int64
}

// New returns a throttle with the limits of those who have none of their own. All
// three must be above zero.
func New(c clock.Clock, defaults Limits) *Throttle {
	return &Throttle{clock: c, defaults: defaults, shares: map[string]*share{}}
}

// Enter takes a place in a partner's share, by its limits of this moment, until
// leave is called. A partner without one is refused as [reason.Busy]. Only partners
// that are known may be passed, since the memory is as large as their number; and unless
// their identity is certain, somebody else could use up a share that is not theirs.
func (t *Throttle) Enter(partner string, limits Limits) (leave func(), err error) {
	limits = limits.or(t.defaults)
	now := t.clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.shares[partner]
	if s == nil {
		s = &share{limits: limits, bucket: rate.NewLimiter(rate.Limit(limits.PerSecond), int(limits.Burst))}
		t.shares[partner] = s
	}
	if s.limits != limits {
		s.limits = limits
		s.bucket.SetLimitAt(now, rate.Limit(limits.PerSecond))
		s.bucket.SetBurstAt(now, int(limits.Burst))
	}
	switch {
	case s.atOnce >= limits.AtOnce:
		return nil, reason.New(reason.Busy, "throttle.Enter", "too many requests at once")
	case !s.bucket.AllowN(now, 1):
		return nil, reason.New(reason.Busy, "throttle.Enter", "too many requests a second")
	}
	s.atOnce++
	return sync.OnceFunc(func() {
		t.mu.Lock()
		s.atOnce--
		t.mu.Unlock()
	}), nil
}

// Full reports whether a partner's share is used up at this moment. It takes
// nothing, so it may be asked about who a caller only claims to be: a flood can then
// be refused before its signatures cost anything.
func (t *Throttle) Full(partner string) bool {
	now := t.clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.shares[partner]
	return s != nil && (s.atOnce >= s.limits.AtOnce || s.bucket.TokensAt(now) < 1)
}
