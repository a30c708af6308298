package rules

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed external-codes.txt
var externalCodes string

// CodeSets are external code sets in one edition. The standard keeps lists that
// change often, such as reasons, out of its schemas, in which they are any text
// of up to four characters.
type CodeSets struct {
	// Edition is the day of the edition, midnight UTC.
	Edition time.Time

	sets map[string][]string
}

// External returns the external code sets that the package knows.
func External() *CodeSets {
	sets, err := external()
	if err != nil {
		// The text is part of the program and read by its tests.
		return &CodeSets{}
	}
	return sets
}

var external = sync.OnceValues(func() (*CodeSets, error) { return parseCodes(externalCodes) })

// Set returns the codes of a set by the name of its type, such as
// "ExternalStatusReason1Code", in their order; none if the set is not known.
func (c *CodeSets) Set(name string) []string { return c.sets[name] }

// Has reports whether a code is in a set. A set that is not known has all codes.
func (c *CodeSets) Has(name string, code []byte) bool {
	set, known := c.sets[name]
	if !known {
		return true
	}
	_, found := slices.BinarySearchFunc(set, code, func(listed string, code []byte) int {
		return strings.Compare(listed, string(code))
	})
	return found
}

// errCodes means that a text is no list of code sets.
var errCodes = errors.New("rules: malformed code sets")

// parseCodes reads the day of the edition and a line for each set, the name
// first and the codes in their order.
func parseCodes(text string) (*CodeSets, error) {
	c := &CodeSets{sets: map[string][]string{}}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		name, codes := fields[0], fields[1:]
		if name == "edition" && len(codes) == 1 {
			var err error
			if c.Edition, err = time.Parse(time.DateOnly, codes[0]); err != nil {
				return nil, fmt.Errorf("%w: %w", errCodes, err)
			}
			continue
		}
		if len(codes) == 0 || c.sets[name] != nil || !slices.IsSorted(codes) {
			return nil, fmt.Errorf("%w: set %s is empty, double or not in order", errCodes, name)
		}
		c.sets[name] = codes
	}
	if c.Edition.IsZero() {
		return nil, fmt.Errorf("%w: no edition", errCodes)
	}
	return c, nil
}
