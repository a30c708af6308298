package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/causeway-pay/causeway/compliance/match"
)

// brute searches for names, listed ones spoilt by a letter and ordinary ones in
// turn, and compares what is found with a comparison of every listed name.
func brute(out io.Writer, x *match.Index, listed []match.Name, ordinary []string, o options) error {
	random := &dice{state: o.seed}
	wrong, found := 0, 0
	for i := range o.brute {
		name := ordinary[random.IntN(len(ordinary))]
		if i%2 == 0 {
			name = spoil(listed[random.IntN(len(listed))].Text, random)
		}
		want := x.Exhaustive(name, defaultThreshold)
		found += len(want)
		if !equal(want, x.Search(name, defaultThreshold, len(listed))) {
			wrong++
			fmt.Fprintf(out, "  differs: %s\n", name)
		}
	}
	fmt.Fprintf(out, "\nagainst every listed name: %d names, %d hits, %d names differ\n", o.brute, found, wrong)
	if wrong > 0 {
		return errors.New("the search loses hits")
	}
	return nil
}

func spoil(name string, random *dice) string {
	letters := []rune(name)
	letters[random.IntN(len(letters))] = rune('A' + random.IntN(26))
	return string(letters)
}

func equal(a, b []match.Match) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || a[i].Score != b[i].Score {
			return false
		}
	}
	return true
}
