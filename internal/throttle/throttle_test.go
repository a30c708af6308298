package throttle_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/throttle"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// enter enters n times and returns how often it was let in. Nobody leaves.
func enter(t *testing.T, on *throttle.Throttle, partner string, limits throttle.Limits, n int) (entered int) {
	t.Helper()
	for range n {
		_, err := on.Enter(partner, limits)
		if err == nil {
			entered++
		} else if reason.Of(err) != reason.Busy {
			t.Fatal(err)
		}
	}
	return entered
}

func TestEachHasItsOwnShare(t *testing.T) {
	on := throttle.New(&clock.Fixed{At: start}, throttle.Limits{PerSecond: 10, Burst: 5, AtOnce: 100})
	if n := enter(t, on, "GREEDY", throttle.Limits{}, 10_000); n != 5 {
		t.Errorf("%d of a burst of 5", n)
	}
	if n := enter(t, on, "MODEST", throttle.Limits{}, 5); n != 5 {
		t.Errorf("another had %d of 5 left", n)
	}
}

func TestPlacesComeBack(t *testing.T) {
	on := throttle.New(&clock.Fixed{At: start}, throttle.Limits{PerSecond: 1000, Burst: 1000, AtOnce: 2})
	first, err := on.Enter("A", throttle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if n := enter(t, on, "A", throttle.Limits{}, 5); n != 1 {
		t.Errorf("%d more than one of two places", n)
	}
	first()
	first() // leaving twice gives back one place
	if n := enter(t, on, "A", throttle.Limits{}, 5); n != 1 {
		t.Errorf("%d places came back", n)
	}
}

func TestTheRateIsRefilled(t *testing.T) {
	c := &clock.Fixed{At: start}
	limits := throttle.Limits{PerSecond: 10, Burst: 4, AtOnce: 1_000}
	on := throttle.New(c, throttle.Limits{PerSecond: 1, Burst: 1, AtOnce: 1})
	for i, step := range []struct {
		after time.Duration
		want  int
	}{{0, 4}, {0, 0}, {100 * time.Millisecond, 1}, {250 * time.Millisecond, 2}, {time.Hour, 4}} {
		c.At = c.At.Add(step.after)
		if n := enter(t, on, "A", limits, 50); n != step.want {
			t.Errorf("step %d: %d, want %d", i, n, step.want)
		}
	}
}

// TestLimitsFollowTheData: a change of a partner's limits holds from the next
// request on.
func TestLimitsFollowTheData(t *testing.T) {
	c := &clock.Fixed{At: start}
	on := throttle.New(c, throttle.Limits{PerSecond: 100, Burst: 100, AtOnce: 3})
	if n := enter(t, on, "A", throttle.Limits{}, 10); n != 3 {
		t.Errorf("%d by default", n)
	}
	if n := enter(t, on, "A", throttle.Limits{AtOnce: 5}, 10); n != 2 {
		t.Errorf("%d more with more places", n)
	}
	c.At = c.At.Add(time.Minute)
	if n := enter(t, on, "A", throttle.Limits{AtOnce: 50, Burst: 7}, 100); n != 7 {
		t.Errorf("%d with another burst", n)
	}
	if n := enter(t, on, "A", throttle.Limits{AtOnce: -1, Burst: -1, PerSecond: -1}, 10); n != 0 {
		t.Errorf("negative limits are not the default: %d", n)
	}
}

// TestNeverMoreThanItsShare runs any sequence of arrivals and departures: the
// number at once and the number in any time keep to the limits, and one partner's
// fate never depends on another's.
func TestNeverMoreThanItsShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := throttle.Limits{
			PerSecond: rapid.Int64Range(1, 50).Draw(t, "rate"), Burst: rapid.Int64Range(1, 20).Draw(t, "burst"),
			AtOnce: rapid.Int64Range(1, 10).Draw(t, "at once"),
		}
		together, alone := &clock.Fixed{At: start}, &clock.Fixed{At: start}
		crowd, solitary := throttle.New(together, limits), throttle.New(alone, limits)
		var inCrowd, inSolitude []func()
		var admitted int64
		for i := range rapid.IntRange(1, 200).Draw(t, "steps") {
			pause := time.Duration(rapid.IntRange(0, 100).Draw(t, fmt.Sprint("pause", i))) * time.Millisecond
			together.At, alone.At = together.At.Add(pause), alone.At.Add(pause)
			switch rapid.IntRange(0, 2).Draw(t, fmt.Sprint("step", i)) {
			case 0:
				leave, err := crowd.Enter("A", throttle.Limits{})
				leaveAlone, errAlone := solitary.Enter("A", throttle.Limits{})
				if (err == nil) != (errAlone == nil) {
					t.Fatalf("alone %v, in a crowd %v", errAlone, err)
				}
				if err == nil {
					inCrowd, inSolitude = append(inCrowd, leave), append(inSolitude, leaveAlone)
					admitted++
				}
			case 1:
				_, _ = crowd.Enter(fmt.Sprint("OTHER", i%3), throttle.Limits{})
			case 2:
				if len(inCrowd) > 0 {
					inCrowd[0]()
					inSolitude[0]()
					inCrowd, inSolitude = inCrowd[1:], inSolitude[1:]
				}
			}
			passed := together.At.Sub(start).Milliseconds()
			if int64(len(inCrowd)) > limits.AtOnce || admitted > limits.Burst+limits.PerSecond*passed/1000+1 {
				t.Fatalf("%d at once, %d in %d ms", len(inCrowd), admitted, passed)
			}
		}
	})
}

// TestFullTakesNothing: asking changes nothing, and says what Enter would.
func TestFullTakesNothing(t *testing.T) {
	c := &clock.Fixed{At: start}
	on := throttle.New(c, throttle.Limits{PerSecond: 2, Burst: 2, AtOnce: 2})
	if on.Full("A") {
		t.Error("full before anybody came")
	}
	leave, err := on.Enter("A", throttle.Limits{})
	for range 100 {
		if err != nil || on.Full("A") {
			t.Fatal("asking took something")
		}
	}
	if enter(t, on, "A", throttle.Limits{}, 1) != 1 || !on.Full("A") || on.Full("B") {
		t.Error("not full with every place taken, or another is")
	}
	leave()
	if !on.Full("A") {
		t.Error("not full with an empty bucket")
	}
	c.At = c.At.Add(500 * time.Millisecond)
	if on.Full("A") {
		t.Error("full with a token and a place")
	}
}

func TestManyAtOnce(t *testing.T) {
	on := throttle.New(&clock.Fixed{At: start}, throttle.Limits{PerSecond: 1, Burst: 1_000_000, AtOnce: 8})
	var inside, most int
	var mu sync.Mutex
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			for range 200 {
				leave, err := on.Enter("A", throttle.Limits{})
				if err != nil {
					continue
				}
				mu.Lock()
				inside++
				most = max(most, inside)
				inside--
				mu.Unlock()
				leave()
			}
		})
	}
	group.Wait()
	if n := enter(t, on, "A", throttle.Limits{}, 20); n != 8 || most < 1 {
		t.Errorf("%d places in the end", n)
	}
}
