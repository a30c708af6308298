package bench

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"text/tabwriter"
)

// Difference is how a figure differs between two runs.
type Difference struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	// Change is relative to before, 0.1 being a tenth more; Low and High enclose the
	// change of the medians of the slices in 95 of 100 resamplings.
	Change float64 `json:"change"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	// Chance is how often slices of one and the same distribution differ so much
	// (Mann-Whitney, two sides); 1 without slices.
	Chance  float64 `json:"chance"`
	Verdict Verdict `json:"verdict"`
}

// Verdict is what a difference means.
type Verdict string

// The verdicts. A figure without slices cannot be told from noise.
const (
	Faster  Verdict = "better"
	Slower  Verdict = "worse"
	Changed Verdict = "other"
	Noise   Verdict = "noise"
	Unknown Verdict = "single"
)

// Bounds of a verdict: a difference is one if chance brings it about less often than
// chanceMost and it is at least changeLeast. Slices of one run are more alike than
// runs are, so both are strict.
const (
	chanceMost  = 0.01
	changeLeast = 0.03
	slicesLeast = 5
)

// Compare returns the figures that both runs have, in the order of the second.
func Compare(before, after Report) []Difference {
	var all []Difference
	for _, b := range after.Figures {
		if a, known := before.Figure(b.Name); known {
			all = append(all, difference(a, b))
		}
	}
	return all
}

func difference(a, b Figure) Difference {
	d := Difference{Name: b.Name, Unit: b.Unit, Before: a.Value, After: b.Value, Chance: 1, Verdict: Unknown}
	if a.Value != 0 {
		d.Change = b.Value/a.Value - 1
	}
	d.Low, d.High = d.Change, d.Change
	if len(a.Slices) < slicesLeast || len(b.Slices) < slicesLeast {
		return d
	}
	d.Chance = mannWhitney(a.Slices, b.Slices)
	d.Low, d.High = resampled(a.Slices, b.Slices)
	// What comes from nothing has no share by which it changed, and is no small change.
	small := math.Abs(d.Change) < changeLeast && (a.Value != 0 || b.Value == 0)
	switch {
	case d.Chance >= chanceMost || small:
		d.Verdict = Noise
	case b.Better == Neither:
		d.Verdict = Changed
	case (b.Better == More) == (b.Value > a.Value):
		d.Verdict = Faster
	default:
		d.Verdict = Slower
	}
	return d
}

// mannWhitney is the chance that two samples of one distribution differ in rank as
// much as these do, by the normal approximation with its corrections for ties and
// continuity (H. B. Mann, D. R. Whitney, 1947). It is good from five values each.
func mannWhitney(a, b []float64) float64 {
	type ranked struct {
		value float64
		first bool
	}
	var all []ranked
	for _, v := range a {
		all = append(all, ranked{v, true})
	}
	for _, v := range b {
		all = append(all, ranked{v, false})
	}
	slices.SortFunc(all, func(x, y ranked) int {
		switch {
		case x.value < y.value:
			return -1
		case x.value > y.value:
			return 1
		default:
			return 0
		}
	})
	ranks, ties := 0.0, 0.0
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to].value == all[from].value {
			to++
		}
		shared := float64(from+1+to) / 2
		for _, r := range all[from:to] {
			if r.first {
				ranks += shared
			}
		}
		t := float64(to - from)
		ties += t*t*t - t
		from = to
	}
	n, m := float64(len(a)), float64(len(b))
	u := ranks - n*(n+1)/2
	variance := n * m / 12 * (n + m + 1 - ties/((n+m)*(n+m-1)))
	if variance <= 0 {
		return 1
	}
	z := (math.Abs(u-n*m/2) - 0.5) / math.Sqrt(variance)
	return math.Min(1, math.Erfc(math.Max(z, 0)/math.Sqrt2))
}

// resamples is how often slices are drawn anew.
const resamples = 2000

// resampled encloses the relative change of the medians.
func resampled(a, b []float64) (low, high float64) {
	random := rand.New(rand.NewPCG(1, 4))
	draw := func(from []float64) float64 {
		drawn := make([]float64, len(from))
		for i := range drawn {
			drawn[i] = from[random.IntN(len(from))]
		}
		return median(drawn)
	}
	changes := make([]float64, 0, resamples)
	for range resamples {
		if base := draw(a); base != 0 {
			changes = append(changes, draw(b)/base-1)
		}
	}
	if len(changes) == 0 {
		return 0, 0
	}
	slices.Sort(changes)
	return changes[len(changes)*25/1000], changes[len(changes)*975/1000]
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// PrintDifferences writes differences for people, what is more than noise first.
func PrintDifferences(w io.Writer, differences []Difference) error {
	order := map[Verdict]int{Slower: 0, Faster: 1, Changed: 2, Noise: 3, Unknown: 4}
	sorted := slices.Clone(differences)
	slices.SortStableFunc(sorted, func(a, b Difference) int { return order[a.Verdict] - order[b.Verdict] })
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "figure\tbefore\tafter\tchange\t95 of 100\tchance\t verdict\t\n")
	for _, d := range sorted {
		between, chance := "", ""
		if d.Verdict != Unknown {
			between, chance = fmt.Sprintf("%+.1f to %+.1f %%", 100*d.Low, 100*d.High), fmt.Sprintf("%.4f", d.Chance)
		}
		fmt.Fprintf(table, "%s (%s)\t%s\t%s\t%+.1f %%\t%s\t%s\t %s\t\n", d.Name, d.Unit, number(d.Before), number(d.After),
			100*d.Change, between, chance, d.Verdict)
	}
	return table.Flush()
}
