package bench

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func testPlan(duration time.Duration) Plan { return Plan{Duration: duration, Slice: time.Second} }

// TestSummarise: each call counts as what it was, completed payments where they
// ended and latencies where they were due.
func TestSummarise(t *testing.T) {
	calls := []call{
		{due: 100, sent: 150, ended: 5_100, timing: 0, said: paid},
		{due: 900_000, sent: 900_000, ended: 1_200_000, timing: 1, said: refused},
		{due: 1_100_000, sent: 1_100_500, ended: 1_101_000, timing: -1, said: busy},
		{due: 1_200_000, sent: 1_200_000, ended: 1_300_000, timing: -1, said: pending},
		{due: 1_300_000, sent: 1_300_000, ended: 1_300_001, timing: -1, said: failed},
		{due: 1_900_000, sent: 1_900_000, ended: 2_500_000, timing: 9, said: paid},
		{timing: -1, said: notSent},
	}
	got := summarise(testPlan(2*time.Second), calls, []uint32{1_000, 100_000})
	want := Counts{Sent: 6, Completed: 3, Paid: 2, Refused: 1, InProcess: 1, Busy: 1, Failed: 1}
	if diff := cmp.Diff(want, got.Counts); diff != "" {
		t.Error(diff)
	}
	if got.Said != "SFBUES-" || got.LastAnswer != 2500*time.Millisecond || len(got.Slices) != 2 {
		t.Errorf("said %q, last answer after %s, %d slices", got.Said, got.LastAnswer, len(got.Slices))
	}
	first, second := got.Slices[0], got.Slices[1]
	if first.Counts.Completed != 1 || second.Counts.Completed != 1 || second.Counts.Sent != 4 {
		t.Errorf("%+v and %+v", first.Counts, second.Counts)
	}
	if first.EndToEnd.Count != 2 || second.EndToEnd.Count != 1 || got.EndToEnd.Count != 3 {
		t.Errorf("%d, %d and %d latencies", first.EndToEnd.Count, second.EndToEnd.Count, got.EndToEnd.Count)
	}
	// 5,000 us less the wallet's 1,000, and 300,000 less 100,000; the third has no
	// timing of its own.
	if first.Hub.Count != 2 || !about(first.Hub.P50, 4_000) || !about(first.Hub.Most, 200_000) || second.Hub.Count != 0 {
		t.Errorf("%+v and %+v", first.Hub, second.Hub)
	}
	if !about(got.Busy.Most, 1_000) || got.Busy.Count != 1 || got.Late.Count != 6 || !about(got.Late.Most, 500) {
		t.Errorf("busy %+v, late %+v", got.Busy, got.Late)
	}
}

// about is equality to the three digits of a histogram.
func about(got, want int64) bool { return got >= want-want/500-1 && got <= want+want/500+1 }

// TestStallIsPaidFor: a hub that answers nothing for a second has that in the latency
// of every request that was due meanwhile, although none could be sent.
func TestStallIsPaidFor(t *testing.T) {
	var calls []call
	for i := range int64(1000) {
		due := i * 1000
		calls = append(calls, call{due: due, sent: 1_000_000, ended: 1_001_000, timing: -1, said: paid})
	}
	got := summarise(testPlan(time.Second), calls, nil)
	if got.EndToEnd.P50 < 490_000 || got.EndToEnd.P99 < 980_000 {
		t.Errorf("%+v", got.EndToEnd)
	}
}

// TestPercentilesAreThoseOfTheValues holds the histogram against sorting.
func TestPercentilesAreThoseOfTheValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(1, 60_000_000), 1, 300).Draw(t, "values")
		calls := make([]call, len(values))
		for i, value := range values {
			calls[i] = call{ended: value, timing: -1, said: paid}
		}
		got := summarise(testPlan(time.Second), calls, nil).EndToEnd
		below := 0
		for _, value := range values {
			if value <= got.P50+got.P50/500+1 {
				below++
			}
		}
		if 2*below < len(values) || !about(got.Most, maxOf(values)) || got.P50 > got.P90 || got.P99 > got.P999 {
			t.Fatalf("%+v of %v", got, values)
		}
	})
}

func maxOf(values []int64) int64 {
	most := values[0]
	for _, v := range values {
		most = max(most, v)
	}
	return most
}

func TestWithin(t *testing.T) {
	for given, want := range map[int64]int64{-5: 1, 0: 1, 7: 7, latencyMost + 1: latencyMost} {
		if got := within(given); got != want {
			t.Errorf("%d: %d, want %d", given, got, want)
		}
	}
}

func TestRecovery(t *testing.T) {
	plan := Plan{Duration: 10 * time.Second, Recovered: 50 * time.Millisecond}
	at := func(seconds float64, took time.Duration, s said) call {
		due := int64(seconds * 1e6)
		return call{due: due, ended: due + took.Microseconds(), said: s}
	}
	for _, test := range []struct {
		name  string
		calls []call
		want  time.Duration
	}{
		{"nothing after it", []call{at(9.9, time.Second, busy)}, 0},
		{"served at once", []call{at(10.5, 10*time.Millisecond, paid)}, 0},
		{"late once", []call{at(11, 60*time.Millisecond, paid), at(12, time.Millisecond, paid)}, time.Second},
		{"busy last", []call{at(11, time.Millisecond, busy), at(13, time.Millisecond, failed)}, 3 * time.Second},
		{"not sent", []call{at(14, time.Second, notSent)}, 0},
	} {
		if got := recovery(plan, test.calls); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestContradiction(t *testing.T) {
	for _, test := range []struct {
		said   said
		state  string
		stored bool
		right  bool
	}{
		{paid, "POSTED", true, true},
		{paid, "DECLINED", true, false},
		{paid, "", false, false},
		{refused, "DECLINED", true, true},
		{refused, "REJECTED", true, true},
		{refused, "", false, true},
		{refused, "POSTED", true, false},
		{pending, "CANCELLED", true, true},
		{pending, "HELD", true, true},
		{pending, "", false, false},
		{pending, "UNRESOLVED", true, false},
		{busy, "", false, true},
		{busy, "RESERVED", true, false},
		{failed, "POSTED", true, true},
		{notSent, "", false, true},
	} {
		if got := contradiction(test.said, test.state, test.stored); (got == "") != test.right {
			t.Errorf("%c, %q, %v: %q", test.said, test.state, test.stored, got)
		}
	}
	plan := Plan{Name: "B1"}
	got := broken(plan, "SS-", map[string]string{"B1-0": "POSTED", "B1-1": "CANCELLED"})
	if diff := cmp.Diff([]string{"B1-1: acknowledged as paid, is CANCELLED"}, got); diff != "" {
		t.Error(diff)
	}
}
