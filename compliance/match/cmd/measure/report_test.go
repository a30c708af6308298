package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// TestThresholdKeepsTheRate: at the threshold of a rate no more than that share alerts, and
// one point below it more would, unless it is the lowest there is.
func TestThresholdKeepsTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.IntRange(4_000, 10_000), 1, 800).Draw(t, "scores")
		curve := make(alertCurve, len(scores))
		for i, score := range scores {
			curve[i] = alert{score: score}
		}
		sortAlerts(curve)
		alerting := func(threshold int) int {
			count := 0
			for _, score := range scores {
				if score >= threshold {
					count++
				}
			}
			return count
		}
		for _, rate := range rates {
			threshold, may := curve.threshold(rate), len(scores)*rate/10_000
			if got := alerting(threshold); got > may || threshold < lowest {
				t.Fatalf("%d of %d alert at %d", got, len(scores), threshold)
			}
			if threshold > lowest && alerting(threshold-1) <= may {
				t.Fatalf("%d of %d would alert below %d", alerting(threshold-1), len(scores), threshold)
			}
		}
	})
}

// TestAlerts: ordinary names have the best score that a search finds, the worst first, and
// those that nothing is like none.
func TestAlerts(t *testing.T) {
	x := match.NewIndex([]match.Name{{Entry: "1", Text: "Viktor Blocksworth"}, {Entry: "2", Text: "Viktor Anatol Blocksworth"}})
	curve := alerts(x, []string{"Ada Lovell", "Viktor A Blocksworth", "Viktor Blocksworth", "", "Anatol Blocksworth"})
	var got []string
	for _, a := range curve {
		if want := x.Search(a.name, lowest, 1); len(want) > 0 != (a.score > 0) || len(want) > 0 && want[0].Score != a.score {
			t.Errorf("%q has %d, want %v", a.name, a.score, want)
		}
		got = append(got, a.name)
	}
	if got[0] != "Viktor Blocksworth" || curve[0].score != 10_000 || curve[4].score != 0 || curve[3].score != 0 {
		t.Errorf("%v", curve)
	}
	var out strings.Builder
	curve.print(&out, x)
	if n := strings.Count(out.String(), "  alert "); n != 3 {
		t.Errorf("%d alerts are printed:\n%s", n, out.String())
	}
}

// TestLine: a line has the shares of its class that reach each threshold, and a class without
// samples none.
func TestLine(t *testing.T) {
	curve := make(alertCurve, 400)
	for i := range curve {
		// One of 400 alerts at 9,000, two at 8,000, four at 7,000, eight at 6,000.
		for places, score := range map[int]int{1: 9_000, 2: 8_000, 4: 7_000, 8: 6_000} {
			if i < places {
				curve[i].score = max(curve[i].score, score)
			}
		}
	}
	sortAlerts(curve)
	samples := []sample{{class: "a"}, {class: "a"}, {class: "b"}, {class: "a"}, {class: "a"}}
	scores := []int{8_001, 7_001, 10_000, 6_001, 6_000}
	var out strings.Builder
	line(&out, curve, "of a", samples, scores, "a")
	line(&out, curve, "all", samples, scores, "")
	line(&out, curve, "of c", samples, scores, "c")
	want := fmt.Sprintf("  %-26s %6d  0.250  0.500  0.750  1.000\n", "of a", 4)
	if thresholds := []int{curve.threshold(25), curve.threshold(50), curve.threshold(100)}; thresholds[0] != 8_001 || thresholds[1] != 7_001 {
		t.Fatalf("%v", thresholds)
	}
	lines := strings.SplitAfter(out.String(), "\n")
	if len(lines) != 3 || lines[0] != want {
		t.Errorf("%q, want %q", lines, want)
	}
	if !strings.Contains(lines[1], " 5 ") || !strings.Contains(lines[1], "0.400  0.600  0.800  1.000") {
		t.Errorf("%q", lines[1])
	}
}

// TestMissesArePrinted: what is not found is told with the nearest name of its entry, and
// what is found is not.
func TestMissesArePrinted(t *testing.T) {
	names := []match.Name{
		{Entry: "1", Text: "Viktor Blocksworth"}, {Entry: "1", Text: "Otto Hargreave"}, {Entry: "2", Text: "Ada Lovell"},
	}
	r := recall{
		index: match.NewIndex(names), names: names, curve: alertCurve{{score: 0}},
		samples: []sample{
			{"order", "Blocksworth Viktor", "1"}, {"other", "Hargreave Quintus Zephyrine", "1"}, {"other", "Ada Lovell", "1"},
		},
	}
	var out strings.Builder
	r.print(&out, "all", true)
	text := out.String()
	if strings.Count(text, "  miss ") != 2 || !strings.Contains(text, "Hargreave Quintus Zephyrine | Otto Hargreave") {
		t.Error(text)
	}
	if !strings.Contains(text, "0.333") || !strings.Contains(text, "1.000") || !strings.Contains(text, "0.000") {
		t.Errorf("the shares: %s", text)
	}
	out.Reset()
	r.print(&out, "all", false)
	if strings.Contains(out.String(), "miss") {
		t.Error(out.String())
	}
}

// TestJudge: the best F1 is that of the best of all thresholds, and pairs of one score are
// never parted by one.
func TestJudge(t *testing.T) {
	x := match.NewIndex([]match.Name{{Text: "Filler One"}})
	names := []string{"Viktor Blocksworth", "Wiktor Blocksworth", "Viktor Hargreave", "Ada Lovell", "Ada B Lovell", "Nobody"}
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) pair {
			return pair{
				rapid.SampledFrom(names).Draw(t, "name"), rapid.SampledFrom(names).Draw(t, "listed"), rapid.Bool().Draw(t, "same"),
			}
		}), 1, 12).Draw(t, "pairs")
		scores, best, same, found := make([]int, len(pairs)), 0.0, 0, 0
		for i, p := range pairs {
			scores[i] = x.Compare(p.name, p.listed).Score
			if p.same {
				same++
				if scores[i] >= defaultThreshold {
					found++
				}
			}
		}
		for _, threshold := range scores {
			taken, hits := 0, 0
			for i, p := range pairs {
				if scores[i] >= threshold {
					taken++
					if p.same {
						hits++
					}
				}
			}
			best = max(best, 2*float64(hits)/float64(taken+same))
		}
		var out strings.Builder
		judge(&out, x, pairSet{"P", pairs})
		want := fmt.Sprintf("\nP: %d pairs, %d of one name, of which %d score %d or more; best F1 %.3f at ", len(pairs), same, found,
			defaultThreshold, best)
		if !strings.HasPrefix(out.String(), want) {
			t.Fatalf("%s, want %s", out.String(), want)
		}
	})
}

// TestPercentile: a percentile of times is one of them, in whatever order they came.
func TestPercentile(t *testing.T) {
	times := make([]time.Duration, 200)
	for i := range times {
		times[i] = time.Duration((i*7)%200) * time.Millisecond
	}
	for per, want := range map[int]time.Duration{0: 0, 50: 100 * time.Millisecond, 99: 198 * time.Millisecond} {
		if got := percentile(times, per); got != want {
			t.Errorf("%d %%: %v, want %v", per, got, want)
		}
	}
	if percentile([]time.Duration{5}, 99) != 5 {
		t.Error("of one")
	}
}

// TestEqual: results are equal by their names and scores, in their order.
func TestEqual(t *testing.T) {
	one, other := match.Match{Name: match.Name{Text: "a"}, Score: 9}, match.Match{Name: match.Name{Text: "b"}, Score: 9}
	lower := match.Match{Name: one.Name, Score: 8}
	for _, c := range []struct {
		a, b []match.Match
		want bool
	}{
		{nil, nil, true}, {[]match.Match{one}, []match.Match{one}, true}, {[]match.Match{one}, nil, false},
		{[]match.Match{one}, []match.Match{other}, false}, {[]match.Match{one}, []match.Match{lower}, false},
		{[]match.Match{one, other}, []match.Match{other, one}, false},
	} {
		if equal(c.a, c.b) != c.want || equal(c.b, c.a) != c.want {
			t.Errorf("%v and %v: %t", c.a, c.b, !c.want)
		}
	}
}
