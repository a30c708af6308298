package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/compliance/match"
)

// rates are the shares of ordinary names that may alert, in hundredths of a
// per cent.
var rates = []int{25, 50, 100, 200}

// lowest is the score below which nothing is looked for.
const lowest = 5_000

// alert is an ordinary name with the best score it has.
type alert struct {
	name  string
	score int
}

// alertCurve has the alerts, the worst first.
type alertCurve []alert

func alerts(x *match.Index, ordinary []string) alertCurve {
	all := make(alertCurve, len(ordinary))
	for i, name := range ordinary {
		all[i].name = name
		if found := x.Search(name, lowest, 1); len(found) > 0 {
			all[i].score = found[0].Score
		}
	}
	sortAlerts(all)
	return all
}

func sortAlerts(all alertCurve) {
	slices.SortStableFunc(all, func(a, b alert) int { return cmp.Compare(b.score, a.score) })
}

// threshold is the lowest score at which no more than the rate alerts.
func (c alertCurve) threshold(rate int) int { return max(lowest, c[len(c)*rate/10_000].score+1) }

// worst is how many false alerts are printed.
const worst = 30

func (c alertCurve) print(out io.Writer, x *match.Index) {
	for _, a := range c[:min(worst, len(c))] {
		for _, m := range x.Search(a.name, lowest, 1) {
			fmt.Fprintf(out, "  alert %d %s | %s %v\n", m.Score, a.name, m.Name.Text, m.Pairs)
		}
	}
}

func header(out io.Writer, curve alertCurve) {
	fmt.Fprintf(out, "  %-26s %6s", "false alerts at most", "")
	for _, rate := range rates {
		fmt.Fprintf(out, " %5.2f%%", float64(rate)/100)
	}
	fmt.Fprintf(out, "\n  %-26s %6s", "threshold", "")
	for _, rate := range rates {
		fmt.Fprintf(out, " %6d", curve.threshold(rate))
	}
	fmt.Fprintln(out)
}

// recall is how many samples are found, with what that takes to be said.
type recall struct {
	index   *match.Index
	names   []match.Name
	curve   alertCurve
	samples []sample
}

// print prints the share of samples that is found at each rate, by class.
func (r recall) print(out io.Writer, name string, misses bool) {
	scores := make([]int, len(r.samples))
	var classes []string
	for i, s := range r.samples {
		if !slices.Contains(classes, s.class) {
			classes = append(classes, s.class)
		}
		for _, m := range r.index.Search(s.name, lowest, r.index.Len()) {
			if m.Name.Entry == s.entry {
				scores[i] = max(scores[i], m.Score)
			}
		}
		if misses && scores[i] < r.curve.threshold(rates[1]) {
			r.miss(out, s)
		}
	}
	slices.Sort(classes)
	line(out, r.curve, name, r.samples, scores, "")
	for _, c := range classes {
		line(out, r.curve, "  "+c, r.samples, scores, c)
	}
}

// miss prints a sample that is not found, with the name of its entry that comes
// nearest.
func (r recall) miss(out io.Writer, s sample) {
	var nearest match.Match
	for _, n := range r.names {
		if n.Entry != s.entry {
			continue
		}
		if m := r.index.Compare(s.name, n.Text); m.Score >= nearest.Score {
			nearest = m
		}
	}
	fmt.Fprintf(out, "  miss %d %s: %s | %s %v\n", nearest.Score, s.class, s.name, nearest.Name.Text, nearest.Pairs)
}

func line(out io.Writer, curve alertCurve, name string, samples []sample, scores []int, class string) {
	count := 0
	found := make([]int, len(rates))
	for i, s := range samples {
		if class != "" && s.class != class {
			continue
		}
		count++
		for r, rate := range rates {
			if scores[i] >= curve.threshold(rate) {
				found[r]++
			}
		}
	}
	if count == 0 {
		return
	}
	fmt.Fprintf(out, "  %-26s %6d", name, count)
	for _, n := range found {
		fmt.Fprintf(out, " %6.3f", float64(n)/float64(count))
	}
	fmt.Fprintln(out)
}

// judge prints the best F1 that a threshold reaches on judged pairs, and how
// many of the pairs that are one name have the default threshold.
func judge(out io.Writer, x *match.Index, set pairSet) {
	type judged struct {
		score int
		same  bool
	}
	all := make([]judged, len(set.pairs))
	same, found := 0, 0
	for i, p := range set.pairs {
		all[i] = judged{x.Compare(p.name, p.listed).Score, p.same}
		if p.same {
			same++
			if all[i].score >= defaultThreshold {
				found++
			}
		}
	}
	slices.SortFunc(all, func(a, b judged) int { return cmp.Compare(b.score, a.score) })
	best, at, hits := 0.0, 0, 0
	for i, j := range all {
		if j.same {
			hits++
		}
		if i+1 == len(all) || all[i+1].score != j.score {
			if f := 2 * float64(hits) / float64(i+1+same); f > best {
				best, at = f, j.score
			}
		}
	}
	fmt.Fprintf(out, "\n%s: %d pairs, %d of one name, of which %d score %d or more; best F1 %.3f at %d\n", set.name,
		len(all), same, found, defaultThreshold, best, at)
}

func percentile(times []time.Duration, per int) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)*per/100]
}
