package keys_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
)

func ringOf(t *testing.T, directory string, algorithm keys.Algorithm, c clock.Clock, policy keys.Policy) *keys.Ring {
	t.Helper()
	ring, err := keys.Open(t.Context(), owner, keys.NewFiles(directory, owner, algorithm), c, policy, true)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// lookup is what partners are given of a ring.
func lookup(ring *keys.Ring) keys.Lookup {
	return func(asked string, version int) (string, bool) {
		for _, listed := range ring.List() {
			if asked == owner && listed.Number == version {
				return listed.Public, listed.State != keys.Retired
			}
		}
		return "", false
	}
}

func TestEveryAlgorithmInFiles(t *testing.T) {
	for algorithm, size := range map[keys.Algorithm]int{keys.RSA2048: 256, keys.P256: 72, keys.Ed25519: 64} {
		ring := ringOf(t, t.TempDir(), algorithm, clock.System{}, keys.Policy{})
		verifier := keys.NewPublished(lookup(ring))
		signature, version, err := ring.Sign(t.Context(), []byte("payload"))
		if err != nil || version != 1 || len(signature) > size || len(signature) < size-8 {
			t.Fatalf("%s: version %d, %d bytes, %v", algorithm, version, len(signature), err)
		}
		if err := verifier.Verify(t.Context(), owner, 1, []byte("payload"), signature); err != nil {
			t.Errorf("%s: %v", algorithm, err)
		}
		err = verifier.Verify(t.Context(), owner, 1, []byte("payloae"), signature)
		if reason.Of(err) != reason.InvalidSignature {
			t.Errorf("%s: another payload: %v", algorithm, err)
		}
	}
	if keys.GenerateAs("rsa-512", t.TempDir(), owner, 1) == nil {
		t.Error("an algorithm that does not exist made a key")
	}
}

// created says when a version was made, which for files is the time of the file.
func created(t *testing.T, directory string, version string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(filepath.Join(directory, owner+"."+version+".pem"), at, at); err != nil {
		t.Fatal(err)
	}
}

func TestLifeOfAVersion(t *testing.T) {
	directory := t.TempDir()
	now := &clock.Fixed{At: time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)}
	policy := keys.Policy{Announce: time.Hour, Lifetime: 10 * 24 * time.Hour}
	ring := ringOf(t, directory, keys.Ed25519, now, policy)
	created(t, directory, "1", now.At)
	expect := func(when string, want ...keys.State) {
		t.Helper()
		if err := ring.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, listed := range ring.List() {
			if i >= len(want) || listed.State != want[i] {
				t.Errorf("%s: version %d is %s, want %v", when, listed.Number, listed.State, want)
			}
		}
	}
	expect("the first", keys.Current)
	if left := ring.List()[0].DaysLeft(now.Now()); left != 10 {
		t.Errorf("%d days left, want 10", left)
	}
	now.Advance(100 * time.Hour)
	if err := ring.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	created(t, directory, "2", now.At)
	expect("made", keys.Current, keys.Announced)
	now.Advance(time.Hour - time.Microsecond)
	expect("almost due", keys.Current, keys.Announced)
	now.Advance(time.Microsecond)
	expect("due", keys.Previous, keys.Current)
	now.Advance(time.Hour - time.Microsecond)
	if err := ring.Rotate(t.Context()); reason.Of(err) != reason.Inconsistent {
		t.Errorf("rotated while messages of the previous version are under way: %v", err)
	}
	now.Advance(time.Microsecond)
	if err := ring.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	created(t, directory, "3", now.At)
	expect("the third", keys.Retired, keys.Current, keys.Announced)
	if err := ring.Retire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(directory, owner+".1.pem")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the private key of version 1 is still there: %v", err)
	}
	expect("retired", keys.Retired, keys.Current, keys.Announced)
	now.Advance(-200 * time.Hour)
	expect("a clock that is set back", keys.Retired, keys.Current, keys.Announced)
}

// A hub that has not heard of a retirement signs on with what the home still has.
func TestRetiredElsewhere(t *testing.T) {
	directory := t.TempDir()
	here := ringOf(t, directory, keys.Ed25519, clock.System{}, keys.Policy{})
	there := ringOf(t, directory, keys.Ed25519, clock.System{}, keys.Policy{})
	if err := there.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := there.Retire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, version, err := here.Sign(t.Context(), []byte("x")); err != nil || version != 2 {
		t.Errorf("version %d, %v", version, err)
	}
}

func TestOwnerWithoutKeys(t *testing.T) {
	home := keys.NewFiles(t.TempDir(), owner, keys.RSA2048)
	_, err := keys.Open(t.Context(), owner, home, clock.System{}, keys.Policy{}, false)
	if reason.Of(err) != reason.UnknownKey {
		t.Error(err)
	}
}

func TestDirectoryOfPublicKeys(t *testing.T) {
	directory := home(t, 1)
	lookup := keys.Directory(directory)
	if text, active := lookup(owner, 1); !active || text == "" {
		t.Error("version 1 is not found")
	}
	for _, other := range []string{"", "../" + owner, "OTHER"} {
		if _, active := lookup(other, 1); active {
			t.Errorf("%q has a key", other)
		}
	}
	if err := os.Remove(filepath.Join(directory, owner+".1.pub")); err != nil {
		t.Fatal(err)
	}
	if _, active := lookup(owner, 1); active {
		t.Error("a key that was taken away is active")
	}
}

// Whatever is made and retired, and however time passes: exactly one version is
// current, at most two are active, the current one never goes back, and none is
// signed with before it was announced.
func TestStatesOfVersions(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		directory, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		now := &clock.Fixed{At: time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)}
		policy := keys.Policy{Announce: time.Duration(rapid.IntRange(0, 5).Draw(rt, "announce")) * time.Hour}
		ring := ringOf(t, directory, keys.Ed25519, now, policy)
		created(t, directory, "1", now.At)
		last := 0
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 2).Draw(rt, "step") {
			case 0:
				before := len(ring.List())
				if ring.Rotate(t.Context()) == nil {
					number := ring.List()[before].Number
					created(t, directory, rapid.Just(string(rune('0'+number%10))).Draw(rt, "made"), now.At)
				}
			case 1:
				_ = ring.Retire(t.Context(), rapid.IntRange(0, 9).Draw(rt, "retired")) // may be refused
			case 2:
				now.Advance(time.Duration(rapid.IntRange(1, 4).Draw(rt, "hours")) * time.Hour)
			}
			if len(ring.List()) >= 9 {
				return
			}
			if err := ring.Refresh(t.Context()); err != nil {
				rt.Fatal(err)
			}
			last = checkStates(rt, ring.List(), policy, now.At, last)
		}
	})
}

func checkStates(t *rapid.T, all []keys.Listed, policy keys.Policy, now time.Time, last int) int {
	current, active := 0, 0
	for _, listed := range all {
		if listed.State != keys.Retired {
			active++
		}
		if listed.State != keys.Current {
			continue
		}
		if current != 0 || listed.Number < last {
			t.Fatalf("current is %d beside %d, and was %d", listed.Number, current, last)
		}
		if listed.Number > 1 && now.Before(listed.CreatedAt.Add(policy.Announce)) {
			t.Fatalf("version %d signs %s after it was made", listed.Number, now.Sub(listed.CreatedAt))
		}
		current = listed.Number
	}
	if current == 0 || active > 2 {
		t.Fatalf("%d is current, %d are active", current, active)
	}
	return current
}
