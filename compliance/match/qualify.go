package match

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Facts are what is known of a party or an entry beside its names.
type Facts struct {
	// Identifiers are numbers of passports, registrations, accounts, ships.
	Identifiers []string
	// Born are the dates of birth; a party has one at most, an entry several.
	Born []Date
}

// Reason says what facts did to a score.
type Reason struct {
	// What is identifier-equal, birth-day-equal, birth-year-equal,
	// birth-year-differs or birth-year-far.
	What string `json:"what"`
	// Change is in basis points.
	Change int `json:"change"`
}

// What facts do to the score of a name. An equal identifier decides; a birth
// date only raises or lowers, because lists and papers are wrong about it.
const (
	bornSameDay    = 500
	bornSameYear   = 100
	bornOtherYear  = -1_000
	bornFarYear    = -3_000
	identifierFrom = 5
)

// FactsMost is the most that a birth date raises a score: a search from so much
// below a threshold misses nothing that qualifies. Equal identifiers are found
// by [IdentifierKey], not by name.
const FactsMost = bornSameDay

// Qualify raises or lowers the score of a name by the other facts. What one side
// does not say changes nothing.
func Qualify(score int, party, entry Facts) (int, []Reason) {
	var reasons []Reason
	add := func(what string, change int) {
		after := min(full, max(0, score+change))
		reasons = append(reasons, Reason{what, after - score})
		score = after
	}
	switch party.born(entry) {
	case sameDay:
		add("birth-day-equal", bornSameDay)
	case sameYear:
		add("birth-year-equal", bornSameYear)
	case otherYear:
		add("birth-year-differs", bornOtherYear)
	case farYear:
		add("birth-year-far", bornFarYear)
	case unknownDate, nearYear:
	}
	if party.shares(entry) {
		add("identifier-equal", full)
	}
	return score, reasons
}

// born returns the best agreement of any two dates.
func (f Facts) born(entry Facts) agreement {
	best := unknownDate
	for _, d := range f.Born {
		for _, listed := range entry.Born {
			if a := d.agree(listed); a != unknownDate && (best == unknownDate || a < best) {
				best = a
			}
		}
	}
	return best
}

func (f Facts) shares(entry Facts) bool {
	for _, i := range f.Identifiers {
		key := IdentifierKey(i)
		if key != "" && slices.ContainsFunc(entry.Identifiers, func(o string) bool { return IdentifierKey(o) == key }) {
			return true
		}
	}
	return false
}

// IdentifierKey is an identifier without what people write between its letters
// and digits, of whatever script these are or look like; empty when there is too little to identify anything, or no digit.
func IdentifierKey(text string) string {
	digits := 0
	key := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			digits++
			return digit(r)
		case unicode.IsLetter(r):
			r = unicode.ToUpper(r)
			if twin, ok := lookalikes[latin][r]; ok {
				return twin
			}
			return r
		}
		return -1
	}, norm.NFKC.String(text))
	if len(key) < identifierFrom || digits == 0 {
		return ""
	}
	return key
}

// Policy says from which score a listed name stops somebody.
type Policy struct {
	// Default is the threshold of lists that Lists does not name.
	Default int
	Lists   map[string]int
	// Weak is what a weak alias needs beyond that.
	Weak int
}

// DefaultPolicy alerts on about one ordinary name of 260 by the name alone, with
// the list of OFAC; docs/screening.md has the thresholds of other rates.
var DefaultPolicy = Policy{Default: 7_250, Weak: 1_500}

// Threshold is the score from which a name of a list stops somebody.
func (p Policy) Threshold(name Name) int {
	threshold, ok := p.Lists[name.List]
	if !ok {
		threshold = p.Default
	}
	if name.Weak {
		threshold = min(full, threshold+p.Weak)
	}
	return threshold
}

// Lowest is the lowest threshold of any list.
func (p Policy) Lowest() int {
	lowest := p.Default
	for _, threshold := range p.Lists {
		lowest = min(lowest, threshold)
	}
	return lowest
}

// GoodGuy clears exactly one party of exactly one entry as it was then: the
// customer who was looked at and is not the listed one.
type GoodGuy struct {
	// Party is the hash of the name as the party writes it, with the facts that told
	// it from the entry, see [PartyKey].
	Party string
	// List and Entry name the entry, Version is the hash of what it said.
	List, Entry, Version string
}

// GoodGuys are the parties that were cleared.
type GoodGuys map[GoodGuy]bool

// Clear says whether the party was cleared of the entry in this version. When
// either changed the clearance is void.
func (g GoodGuys) Clear(party, list, entry, version string) bool {
	return version != "" && g[GoodGuy{party, list, entry, version}]
}

// PartyKey is a hash of a party exactly as it is: its name letter by letter and its
// facts.
func PartyKey(name string, facts Facts) string {
	key := name
	for _, d := range facts.Born {
		key += "\x00b" + d.String()
	}
	identifiers := slices.Clone(facts.Identifiers)
	slices.Sort(identifiers)
	for _, i := range identifiers {
		key += "\x00i" + i
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
