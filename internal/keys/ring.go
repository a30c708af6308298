package keys

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/reason"
)

// State is where a version is in its life.
type State string

// The states, in the order of a life.
const (
	// Announced: partners are given the key; nothing is signed with it yet.
	Announced State = "announced"
	// Current: messages are signed with it.
	Current State = "current"
	// Previous: messages that were signed with it are still good.
	Previous State = "previous"
	// Retired: it is over.
	Retired State = "retired"
)

// Policy is how an owner's keys live.
type Policy struct {
	// Announce is how long a new version is given to partners before the first
	// message is signed with it. The very first version is used at once. It is
	// also how long a version is signed with before the next one may be made, so
	// that messages signed with the previous one have been read by then.
	Announce time.Duration
	// Lifetime is how long a version should be used; 0 means without end.
	Lifetime time.Duration
	// Refresh is how often [Ring.Run] asks the home, at most half of Announce, so
	// that a hub knows a version before it must sign with it.
	Refresh time.Duration
}

// Listed is a version with what follows from the policy.
type Listed struct {
	Version
	State State
	// NotAfter is when the version should be replaced; zero means never.
	NotAfter time.Time
}

// DaysLeft is how many whole days there are until NotAfter; negative afterwards.
func (l Listed) DaysLeft(now time.Time) int64 { return int64(l.NotAfter.Sub(now) / (24 * time.Hour)) }

// Ring is an owner's keys in a home. It signs with the current version, and
// remembers what the home said. It is safe for concurrent use.
type Ring struct {
	owner  string
	home   Home
	clock  clock.Clock
	policy Policy

	generated bool // by Open
	versions  atomic.Pointer[[]Version]
	mu        sync.Mutex // one refresh at a time
}

var _ Signer = (*Ring)(nil)

// Open reads the owner's keys from their home. With generate set, an owner who
// has none gets the first one.
func Open(ctx context.Context, owner string, home Home, c clock.Clock, policy Policy, generate bool) (*Ring, error) {
	ring := &Ring{owner: owner, home: home, clock: c, policy: policy}
	if err := ring.Refresh(ctx); err != nil {
		return nil, err
	}
	if _, known := ring.current(); known {
		return ring, nil
	}
	if !generate {
		return nil, reason.New(reason.UnknownKey, "keys.Open", owner+" has no key")
	}
	if err := home.Generate(ctx); err != nil {
		return nil, err
	}
	ring.generated = true
	return ring, ring.Refresh(ctx)
}

// Generated reports whether [Open] made the first version.
func (r *Ring) Generated() bool { return r.generated }

// Refresh asks the home for the versions. They stay what they were if it suddenly has
// none: no home loses its keys in the ordinary course of things, and an owner without a
// key is silent.
func (r *Ring) Refresh(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	versions, err := r.home.Versions(ctx)
	if err != nil {
		return err
	}
	if before := r.versions.Load(); len(versions) == 0 && before != nil && len(*before) > 0 {
		return reason.New(reason.Unknown, "keys.Refresh", "the home of "+r.owner+" knows no key any more")
	}
	r.versions.Store(&versions)
	return nil
}

// Run refreshes regularly until ctx ends and tells what happened each time. The
// versions stay what they were while the home is not there.
func (r *Ring) Run(ctx context.Context, told func(error)) {
	ticker := time.NewTicker(r.policy.Refresh)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := r.Refresh(ctx); ctx.Err() == nil {
			told(err)
		}
	}
}

// Sign implements [Signer]. If the current version was retired a moment ago, the
// home is asked again, once.
func (r *Ring) Sign(ctx context.Context, payload []byte) ([]byte, int, error) {
	version, known := r.current()
	if !known {
		return nil, 0, reason.New(reason.UnknownKey, "keys.Sign", r.owner+" has no key")
	}
	signature, err := r.home.SignWith(ctx, version, payload)
	if reason.Of(err) != reason.UnknownKey {
		return signature, version, err
	}
	if err := r.Refresh(ctx); err != nil {
		return nil, 0, err
	}
	version, known = r.current()
	if !known {
		return nil, 0, err
	}
	signature, err = r.home.SignWith(ctx, version, payload)
	return signature, version, err
}

func (r *Ring) current() (int, bool) {
	for _, listed := range r.List() {
		if listed.State == Current {
			return listed.Number, true
		}
	}
	return 0, false
}

// List returns the versions that the home knows with their states, as far as
// the last refresh saw them. At most two are active: beside the current one the
// announced one, or else the previous one.
func (r *Ring) List() []Listed {
	return place(*r.versions.Load(), r.policy, r.clock.Now())
}

// place gives each version its state at a moment.
func place(versions []Version, policy Policy, now time.Time) []Listed {
	listed := make([]Listed, len(versions))
	current := -1
	for i, v := range versions {
		listed[i] = Listed{Version: v, State: Retired}
		if policy.Lifetime > 0 {
			listed[i].NotAfter = v.CreatedAt.Add(policy.Lifetime)
		}
		if !v.Retired && (current < 0 || !now.Before(v.CreatedAt.Add(policy.Announce))) {
			current = i
		}
	}
	if current < 0 {
		return listed
	}
	listed[current].State = Current
	switch {
	case current+1 < len(listed) && !listed[current+1].Retired:
		listed[current+1].State = Announced
	case current > 0 && !listed[current-1].Retired:
		listed[current-1].State = Previous
	}
	return listed
}

// Rotate makes the next version. It is refused while one is announced, and until
// the current one has been signed with for as long as it was announced.
func (r *Ring) Rotate(ctx context.Context) error {
	if err := r.Refresh(ctx); err != nil {
		return err
	}
	if at := rotatable(r.List(), r.policy); r.clock.Now().Before(at) {
		return reason.New(reason.Inconsistent, "keys.Rotate",
			"the last rotation is not over; the next is possible at "+at.Format(time.RFC3339))
	}
	if err := r.home.Generate(ctx); err != nil {
		return err
	}
	return r.Refresh(ctx)
}

// Retire ends a version and those before it. What is signed with, or will be, is
// not retired, and so nothing made after it is.
func (r *Ring) Retire(ctx context.Context, version int) error {
	if err := r.Refresh(ctx); err != nil {
		return err
	}
	listed := r.List()
	at := slices.IndexFunc(listed, func(l Listed) bool { return l.Number == version })
	if at < 0 {
		return reason.New(reason.UnknownKey, "keys.Retire", fmt.Sprintf("%s has no version %d", r.owner, version))
	}
	for _, l := range slices.Backward(listed[:at+1]) {
		if l.State == Current || l.State == Announced {
			return reason.New(reason.Inconsistent, "keys.Retire",
				fmt.Sprintf("version %d is %s; rotate first", l.Number, l.State))
		}
	}
	if err := r.home.Retire(ctx, version); err != nil {
		return err
	}
	return r.Refresh(ctx)
}

// rotatable returns from when on the next version may be made.
func rotatable(listed []Listed, policy Policy) time.Time {
	if len(listed) < 2 {
		return time.Time{}
	}
	return listed[len(listed)-1].CreatedAt.Add(2 * policy.Announce)
}
