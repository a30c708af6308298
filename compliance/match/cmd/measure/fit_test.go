package main

import (
	"strings"
	"testing"
)

// TestBoost: the step that parts the examples is found, and no step against evidence.
func TestBoost(t *testing.T) {
	var examples []example
	for i := range 400 {
		// Rare words tell, and common ones left would tell the wrong way round.
		examples = append(examples, example{agreement: fitFrom, features: [2]int{i, (i / 200) ^ 1}, same: i >= 200})
	}
	points := boost(examples)
	if len(points[1]) != 0 || len(points[0]) == 0 {
		t.Fatal(points)
	}
	for from, off := range points[0] {
		if off <= 0 || from < 150 || from > 250 {
			t.Errorf("%d: %f", from, off)
		}
	}
	if points := boost(nil); len(points[0])+len(points[1]) != 0 {
		t.Error(points)
	}
}

// TestFitIsTheSame: two runs print the same points.
func TestFitIsTheSame(t *testing.T) {
	var first, second strings.Builder
	for _, out := range []*strings.Builder{&first, &second} {
		if err := run(out, options{seed: 1, fit: true}); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() {
		t.Errorf("%s and %s", first.String(), second.String())
	}
}
