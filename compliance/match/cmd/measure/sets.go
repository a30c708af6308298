package main

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/causeway-pay/causeway/compliance/match"
)

// sample is a name that must lead to an entry, and the class of its difference.
type sample struct {
	class, name, entry string
}

// pair is two names of which somebody said whether they are one.
type pair struct {
	name, listed string
	same         bool
}

// readCSV reads a CSV file, unpacked when its name ends in .gz.
func readCSV(path string) ([][]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var reader io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if reader, err = gzip.NewReader(file); err != nil {
			return nil, err
		}
	}
	rows := csv.NewReader(reader)
	rows.FieldsPerRecord, rows.LazyQuotes = -1, true
	return rows.ReadAll()
}

func readPairs(path string) ([]pair, error) {
	rows, err := readCSV(path)
	if err != nil {
		return nil, err
	}
	var pairs []pair
	for _, row := range rows[1:] {
		if len(row) < 3 {
			return nil, fmt.Errorf("%s: a row has %d columns", filepath.Base(path), len(row))
		}
		pairs = append(pairs, pair{row[0], row[1], row[2] == "match"})
	}
	return pairs, nil
}

// holdOut takes aliases out of the names: at most one of an entry, and only such
// as resemble a name that stays (an alias of another word altogether no matcher
// can find).
func holdOut(names []match.Name, count int, random *rand.Rand) (rest []match.Name, held []sample) {
	byEntry := map[string][]int{}
	for i, n := range names {
		byEntry[n.Entry] = append(byEntry[n.Entry], i)
	}
	out := map[int]bool{}
	for _, i := range random.Perm(len(names)) {
		if len(held) == count {
			break
		}
		group := byEntry[names[i].Entry]
		if len(group) < 2 || i == group[0] || slices.ContainsFunc(group, func(j int) bool { return out[j] }) {
			continue
		}
		best := 0.0
		same := false
		for _, j := range group {
			if j != i {
				best = max(best, resemblance(names[i].Text, names[j].Text))
				same = same || key(names[i].Text) == key(names[j].Text)
			}
		}
		if best < 0.7 || same {
			continue
		}
		out[i] = true
		held = append(held, sample{band(best), names[i].Text, names[i].Entry})
	}
	for i, n := range names {
		if !out[i] {
			rest = append(rest, n)
		}
	}
	return rest, held
}

func band(resemblance float64) string {
	switch {
	case resemblance < 0.8:
		return "resembles 0.70-0.80"
	case resemblance < 0.9:
		return "resembles 0.80-0.90"
	}
	return "resembles 0.90-1.00"
}

func key(name string) string {
	words := plainWords(name)
	slices.Sort(words)
	return strings.Join(words, " ")
}

func plainWords(name string) []string {
	return strings.FieldsFunc(strings.ToUpper(strings.ReplaceAll(name, "'", "")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// resemblance is a plain measure that owes nothing to the matcher: one minus
// the edit distance of the names with their words sorted, over their length.
func resemblance(a, b string) float64 {
	x, y := []rune(key(a)), []rune(key(b))
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return 1 - float64(row[len(y)])/float64(max(len(x), len(y), 1))
}
