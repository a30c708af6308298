package keys_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
)

// shelf is a home in memory, into which others than the hub may reach, too.
type shelf struct {
	versions []keys.Version
	retired  []int // what the hub has asked for
	err      error
}

func (s *shelf) Versions(context.Context) ([]keys.Version, error) {
	return slices.Clone(s.versions), s.err
}

func (s *shelf) SignWith(_ context.Context, version int, _ []byte) ([]byte, error) {
	for _, v := range s.versions {
		if v.Number == version && !v.Retired {
			return []byte{byte(version)}, nil
		}
	}
	return nil, reason.New(reason.UnknownKey, "shelf", "no such version")
}

func (s *shelf) Generate(context.Context) error {
	s.versions = append(s.versions, keys.Version{Number: len(s.versions) + 1})
	return nil
}

func (s *shelf) Retire(_ context.Context, version int) error {
	s.retired = append(s.retired, version)
	return nil
}

func shelfOf(t *rapid.T, now time.Time) *shelf {
	s := &shelf{}
	at := now.Add(-time.Duration(rapid.IntRange(0, 40).Draw(t, "first")) * time.Hour)
	for i := range rapid.IntRange(1, 6).Draw(t, "versions") {
		s.versions = append(s.versions, keys.Version{
			Number: i + 1, CreatedAt: at, Retired: rapid.IntRange(0, 3).Draw(t, "retired") == 0,
		})
		at = at.Add(time.Duration(rapid.IntRange(0, 12).Draw(t, "later")) * time.Hour)
	}
	return s
}

// signedWith is the version to sign with: the newest that partners had time to take, else
// the first that is left; 0 for none.
func signedWith(s *shelf, announce time.Duration, now time.Time) int {
	first, newest := 0, 0
	for _, v := range s.versions {
		if v.Retired {
			continue
		}
		if first == 0 {
			first = v.Number
		}
		if !now.Before(v.CreatedAt.Add(announce)) {
			newest = v.Number
		}
	}
	if newest == 0 {
		return first
	}
	return newest
}

// Whatever a home holds, also what was put or taken there by hand: the version that is
// signed with is the right one, what the home has retired is never active, and retiring
// never ends what is signed with or will be.
func TestRingOfAnyHome(t *testing.T) {
	const announce = 6 * time.Hour
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
		home := shelfOf(t, now)
		want := signedWith(home, announce, now)
		ring, err := keys.Open(t.Context(), owner, home, &clock.Fixed{At: now}, keys.Policy{Announce: announce}, false)
		if want == 0 {
			if reason.Of(err) != reason.UnknownKey {
				t.Fatalf("opened without a key: %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, version, err := ring.Sign(t.Context(), nil); err != nil || version != want {
			t.Fatalf("signed with %d, %v; want %d", version, err, want)
		}
		checkPlaces(t, ring.List(), want)
		for version := 0; version <= len(home.versions)+1; version++ {
			err := ring.Retire(t.Context(), version)
			if (err == nil) != (version >= 1 && version < want) {
				t.Fatalf("%d is signed with; retired %d: %v", want, version, err)
			}
		}
		if len(home.retired) != want-1 {
			t.Fatalf("%d is signed with; the home has ended %v", want, home.retired)
		}
	})
}

func checkPlaces(t *rapid.T, listed []keys.Listed, current int) {
	for _, l := range listed {
		place := l.Number - current
		switch {
		case l.Retired && l.State != keys.Retired:
			t.Fatalf("version %d is over and %s", l.Number, l.State)
		case (place == 0) != (l.State == keys.Current), l.State == keys.Announced && place != 1,
			l.State == keys.Previous && (place != -1 || slices.ContainsFunc(listed, announced)):
			t.Fatalf("%d is current, %d is %s", current, l.Number, l.State)
		}
	}
}

func announced(l keys.Listed) bool { return l.State == keys.Announced }

// A home that forgets everything, or does not answer, changes nothing of what is known.
func TestForgetfulHome(t *testing.T) {
	now := &clock.Fixed{At: time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)}
	home := &shelf{versions: []keys.Version{{Number: 1}, {Number: 2}}}
	ring, err := keys.Open(t.Context(), owner, home, now, keys.Policy{}, false)
	if err != nil {
		t.Fatal(err)
	}
	before, away := ring.List(), errors.New("away")
	all := home.versions
	for _, c := range []struct {
		versions []keys.Version
		err      error
	}{{nil, nil}, {nil, away}, {all[:1], away}} {
		home.versions, home.err = c.versions, c.err
		if err := ring.Refresh(t.Context()); err == nil || reason.Of(err) != reason.Unknown || c.err != nil && !errors.Is(err, away) {
			t.Errorf("%v: %v", c, err)
		}
		if after := ring.List(); !slices.Equal(before, after) {
			t.Errorf("%v: %v", c, after)
		}
		for name, work := range map[string]error{"rotate": ring.Rotate(t.Context()), "retire": ring.Retire(t.Context(), 1)} {
			if work == nil {
				t.Errorf("%v: %s was possible", c, name)
			}
		}
	}
	if len(home.retired) != 0 {
		t.Errorf("retired %v", home.retired)
	}
	home.versions, home.err = all, nil
	if _, version, err := ring.Sign(t.Context(), nil); err != nil || version != 2 {
		t.Errorf("signed with %d, %v", version, err)
	}
}

// A ring that lost its version while nothing else is known says so.
func TestNothingLeftToSignWith(t *testing.T) {
	home := &shelf{versions: []keys.Version{{Number: 1}}}
	ring, err := keys.Open(t.Context(), owner, home, clock.System{}, keys.Policy{}, false)
	if err != nil {
		t.Fatal(err)
	}
	home.versions[0].Retired = true
	for range 2 {
		if _, _, err := ring.Sign(t.Context(), nil); reason.Of(err) != reason.UnknownKey {
			t.Errorf("got %v", err)
		}
	}
}

// A ring that runs tells what happened each time and ends with its context.
func TestRunTellsAndEnds(t *testing.T) {
	away := errors.New("away")
	home := &shelf{versions: []keys.Version{{Number: 1}}}
	ring, err := keys.Open(t.Context(), owner, home, clock.System{}, keys.Policy{Refresh: time.Millisecond}, false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	told, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		ring.Run(ctx, func(err error) {
			select {
			case told <- err:
			case <-ctx.Done():
			}
		})
	}()
	if err := <-told; err != nil {
		t.Error(err)
	}
	cancel()
	<-ended
	ctx, cancel = context.WithCancel(t.Context())
	home.err = away
	ended = make(chan struct{})
	go func() { defer close(ended); ring.Run(ctx, func(err error) { told <- err; cancel() }) }()
	if err := <-told; !errors.Is(err, away) {
		t.Errorf("told %v", err)
	}
	<-ended
}

// Days are whole ones, and fewer than none when the end has passed.
func TestDaysLeft(t *testing.T) {
	end := time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)
	for ahead, want := range map[time.Duration]int64{
		0: 0, time.Nanosecond: 0, 24*time.Hour - 1: 0, 24 * time.Hour: 1, 240 * time.Hour: 10, -23 * time.Hour: 0,
		-24 * time.Hour: -1, -49 * time.Hour: -2,
	} {
		if got := (keys.Listed{NotAfter: end}).DaysLeft(end.Add(-ahead)); got != want {
			t.Errorf("%s before: %d days, want %d", ahead, got, want)
		}
	}
}
