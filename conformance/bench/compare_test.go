package bench

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestMannWhitney holds chances against those of the definition: pairs counted one by
// one instead of ranks summed.
func TestMannWhitney(t *testing.T) {
	for _, test := range []struct {
		name string
		a, b []float64
		want float64
	}{
		{"apart", []float64{1, 2, 3, 4, 5}, []float64{6, 7, 8, 9, 10}, 0.0121857804},
		{"mixed", []float64{1, 3, 5, 7, 9}, []float64{2, 4, 6, 8, 10}, 0.6761033140},
		{"ties", []float64{1, 1, 2, 2, 3}, []float64{2, 3, 3, 4, 4}, 0.0524116287},
		{"the same", []float64{5, 5, 5, 5, 5}, []float64{5, 5, 5, 5, 5}, 1},
	} {
		if got := mannWhitney(test.a, test.b); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %.8f, want %.8f", test.name, got, test.want)
		}
	}
}

func TestMannWhitneyIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 100), 5, 30)
		a, b := values.Draw(t, "a"), values.Draw(t, "b")
		one, other := mannWhitney(a, b), mannWhitney(b, a)
		if math.Abs(one-other) > 1e-9 || one < 0 || one > 1 {
			t.Fatalf("%v and %v", one, other)
		}
	})
}

// TestNoiseIsCalledNoise: of pairs of runs of the same program at most some four in
// a hundred are told apart, and a tenth of difference is nearly always seen.
func TestNoiseIsCalledNoise(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	draw := func(mean float64) Figure {
		f := Figure{Name: "throughput", Better: More}
		for range 30 {
			f.Slices = append(f.Slices, mean*(1+0.05*random.NormFloat64()))
		}
		f.Value = median(f.Slices)
		return f
	}
	wrong, missed := 0, 0
	for range 100 {
		if difference(draw(1000), draw(1000)).Verdict != Noise {
			wrong++
		}
		if difference(draw(1000), draw(1100)).Verdict != Faster {
			missed++
		}
	}
	if wrong > 4 || missed > 4 {
		t.Errorf("%d of 100 wrong, %d missed", wrong, missed)
	}
}

func TestVerdicts(t *testing.T) {
	steady := func(value float64) []float64 {
		return []float64{value, value * 1.001, value * 0.999, value * 1.002, value * 0.998, value, value}
	}
	for _, test := range []struct {
		name          string
		better        Better
		before, after float64
		slices        bool
		want          Verdict
	}{
		{"more is better", More, 100, 120, true, Faster},
		{"less of it is worse", More, 100, 80, true, Slower},
		{"less is better", Less, 100, 80, true, Faster},
		{"more of it is worse", Less, 100, 120, true, Slower},
		{"neither", Neither, 100, 120, true, Changed},
		{"too small to matter", More, 100, 101, true, Noise},
		{"a single value", More, 100, 200, false, Unknown},
		{"from nothing", Less, 0, 10, false, Unknown},
		{"worse from nothing", Less, 0, 10, true, Slower},
		{"better from nothing", More, 0, 10, true, Faster},
		{"other from nothing", Neither, 0, 10, true, Changed},
		{"to nothing", Less, 10, 0, true, Faster},
		{"nothing stays nothing", Less, 0, 0, true, Noise},
	} {
		a, b := Figure{Name: "f", Value: test.before}, Figure{Name: "f", Value: test.after, Better: test.better}
		if test.slices {
			a.Slices, b.Slices = steady(test.before), steady(test.after)
		}
		if got := difference(a, b); got.Verdict != test.want {
			t.Errorf("%s: %+v, want %s", test.name, got, test.want)
		}
	}
}

func TestCompareReports(t *testing.T) {
	before := Report{Figures: []Figure{{Name: "a", Value: 10}, {Name: "gone", Value: 1}}}
	after := Report{Figures: []Figure{{Name: "new", Value: 3}, {Name: "a", Unit: "ms", Value: 12}}}
	got := Compare(before, after)
	if len(got) != 1 || got[0].Name != "a" || math.Abs(got[0].Change-0.2) > 1e-9 {
		t.Fatalf("%+v", got)
	}
	var text strings.Builder
	if err := PrintDifferences(&text, append(got, Difference{Name: "b", Unit: "s", Verdict: Slower, Chance: 0.001})); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text.String(), "\n")
	if !strings.Contains(lines[1], "b (s)") || !strings.Contains(lines[1], "worse") || !strings.Contains(lines[2], "+20.0 %") {
		t.Errorf("%s", text.String())
	}
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{4, 1, 3}, 3}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := median(test.values); got != test.want {
			t.Errorf("%v: %v", test.values, got)
		}
	}
}
