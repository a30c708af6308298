package main

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/causeway-pay/causeway/compliance/match"
)

// The fit is a sum of steps, each of them the one that tells most of what those
// before it left: few and small, so that one sample more changes little.
const (
	fitRounds = 200
	fitRate   = 0.1
	// fitScale is how many points make a match e times as likely, and fitFrom the
	// score that is as likely one as not.
	fitScale = 250
	fitFrom  = 7_300
	// fitShare of the points is taken, and none that is below fitLeast: with all of
	// them, fewer pairs of judged names were told apart.
	fitShare = 0.5
	fitLeast = 10
	// fitLowest is the score from which alignments are looked at, fitMost how many
	// of an ordinary name are.
	fitLowest = 5_000
	fitMost   = 8
	// fitHeld are the aliases of a list that are held out at most.
	fitHeld = 2_400
	// fitCuts are the places of a feature that are tried, fitDamp what a step needs
	// to be believed.
	fitCuts = 32
	fitDamp = 20
)

// example is an alignment of which it is known whether it is a match.
type example struct {
	agreement int
	features  [2]int
	same      bool
	logit     float64
	share     float64
}

// featureNames are the fields of [match.Evidence], as all of them grow with it.
var featureNames = [2]string{"rare", "no common name left"}

func exampleOf(e match.Evidence, same bool) example {
	features := [2]int{e.Rare, 0}
	if !e.CommonLeft {
		features[1] = 1
	}
	return example{
		agreement: e.Agreement, features: features, same: same, logit: float64(e.Agreement-fitFrom) / fitScale,
	}
}

// fit prints the points of [match.Evidence], by the first half of the entries
// of every list and of the ordinary names.
func fit(out io.Writer, o options, s sets) {
	var examples []example
	for _, list := range s.lists {
		examples = append(examples, examplesOf(list, firstNames(s.ordinary), o)...)
	}
	points := boost(examples)
	for f, name := range featureNames {
		for _, from := range slices.Sorted(maps.Keys(points[f])) {
			if off := fitShare * points[f][from]; off >= fitLeast {
				fmt.Fprintf(out, "%s below %d: %.0f\n", name, from, off)
			}
		}
	}
}

// firstNames is the first half of the ordinary names.
func firstNames(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(name))
		return hash.Sum32()%2 != 0
	})
}

func examplesOf(list namedList, ordinary []string, o options) []example {
	var all []example
	random := &dice{state: o.seed}
	rest, samples := holdOut(list.names, fitHeld, random)
	x := match.NewIndex(rest)
	for _, name := range ordinary {
		found := alignments(x, name)
		for _, m := range found[:min(len(found), fitMost)] {
			all = append(all, exampleOf(m.Evidence, false))
		}
	}
	samples = append(samples, mutate(mutations, rest, random)...)
	samples = append(samples, mutate(hard, rest, random)...)
	for _, s := range halve(samples, "first") {
		for _, m := range alignments(x, s.name) {
			if m.Name.Entry == s.entry {
				all = append(all, exampleOf(m.Evidence, true))
			}
		}
	}
	return all
}

// alignments are those of a name that agree at all, best first, whatever points are
// taken off now: so that fitting once more gives about the same points.
func alignments(x *match.Index, name string) []match.Match {
	found := slices.DeleteFunc(x.Search(name, fitLowest/2, x.Len()), func(m match.Match) bool {
		return m.Evidence.Agreement < fitLowest
	})
	slices.SortStableFunc(found, func(a, b match.Match) int {
		return cmp.Or(cmp.Compare(b.Evidence.Agreement, a.Evidence.Agreement),
			cmp.Compare(a.Name.Entry, b.Name.Entry), cmp.Compare(a.Name.Text, b.Name.Text))
	})
	return found
}

// boost returns, for each feature, how many points a match loses below a value.
func boost(examples []example) (points [2]map[int]float64) {
	same := 0
	for i := range points {
		points[i] = map[int]float64{}
	}
	for _, e := range examples {
		if e.same {
			same++
		}
	}
	for i := range examples {
		// Both sides count alike.
		examples[i].share = 1
		if examples[i].same {
			examples[i].share = float64(len(examples)-same) / float64(same)
		}
	}
	for range fitRounds {
		s := best(examples)
		if s.gain == 0 {
			break
		}
		points[s.feature][s.from] += fitRate * s.rise * fitScale
		for i := range examples {
			examples[i].logit += fitRate * s.at(examples[i])
		}
	}
	return points
}

// step adds low to examples whose feature is below from and rise more to others.
type step struct {
	feature, from   int
	low, rise, gain float64
}

func (s step) at(e example) float64 {
	if e.features[s.feature] < s.from {
		return s.low
	}
	return s.low + s.rise
}

// slope is how much the examples want to be more likely, and how sure that is.
type slope struct{ wish, weight float64 }

func (s *slope) add(e example) {
	likely := 1 / (1 + math.Exp(-e.logit))
	is := 0.0
	if e.same {
		is = 1
	}
	s.wish += e.share * (is - likely)
	s.weight += e.share * likely * (1 - likely)
}

func (s slope) value() float64 { return s.wish / (s.weight + fitDamp) }

func (s slope) gain() float64 { return s.wish * s.value() }

// best is the step that tells most: more evidence never makes a match less likely.
func best(examples []example) step {
	var all slope
	for _, e := range examples {
		all.add(e)
	}
	var found step
	for feature := range featureNames {
		for _, from := range cuts(examples, feature) {
			var low slope
			for _, e := range examples {
				if e.features[feature] < from {
					low.add(e)
				}
			}
			high := slope{all.wish - low.wish, all.weight - low.weight}
			gain := low.gain() + high.gain() - all.gain()
			if rise := high.value() - low.value(); rise > 0 && gain > found.gain {
				found = step{feature, from, low.value(), rise, gain}
			}
		}
	}
	return found
}

// cuts are values of a feature that part the examples into equal shares.
func cuts(examples []example, feature int) []int {
	sorted := slices.Clone(examples)
	slices.SortFunc(sorted, func(a, b example) int { return cmp.Compare(a.features[feature], b.features[feature]) })
	var all []int
	for i := 1; i < fitCuts; i++ {
		if len(sorted) > 0 {
			all = append(all, sorted[len(sorted)*i/fitCuts].features[feature])
		}
	}
	return slices.Compact(all)
}
