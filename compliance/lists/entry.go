package lists

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode"

	"github.com/causeway-pay/causeway/compliance/match"
)

// Kind is what an entry is.
type Kind string

// The kinds.
const (
	Person   Kind = "person"
	Entity   Kind = "entity"
	Vessel   Kind = "vessel"
	Aircraft Kind = "aircraft"
)

// Entry is one listed person or thing.
type Entry struct {
	// ID is the number or reference that the list itself gives.
	ID   string
	Kind Kind
	// Programmes are the sanctions programmes or regimes, as the list writes them.
	Programmes  []string
	Names       []Name
	Identifiers []Identifier
	Born        []match.Date
	Addresses   []Address
}

// Quality is how much a list trusts a name.
type Quality string

// The qualities.
const (
	Primary Quality = "primary"
	Strong  Quality = "strong"
	Weak    Quality = "weak"
)

// Name is a name of an entry.
type Name struct {
	Text    string
	Quality Quality
	// Script is that of its first letter, as Unicode names it: Latin, Arabic.
	Script string
}

// Identifier is a number that identifies: a passport, a registration, an IMO
// number, an account.
type Identifier struct {
	// Type is as the list writes it; Value has no blanks at its ends.
	Type, Value string
	Country     string
}

// Address is as much of an address as the list has.
type Address struct {
	// Lines is everything before the country.
	Lines, Country string
}

// String is the address in one line.
func (a Address) String() string { return joined(a.Lines, a.Country) }

// Facts returns what may raise or clear a match of a name.
func (e *Entry) Facts() match.Facts {
	facts := match.Facts{Born: e.Born}
	for _, i := range e.Identifiers {
		facts.Identifiers = append(facts.Identifiers, i.Value)
	}
	return facts
}

// Hash is the version of this one entry: it changes when anything the list says
// of it does.
func (e *Entry) Hash() string {
	encoded, err := json.Marshal(e)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:16])
}

var scripts = []string{
	"Latin", "Cyrillic", "Arabic", "Han", "Hangul", "Hebrew", "Greek", "Thai", "Hiragana", "Katakana", "Devanagari",
	"Bengali", "Georgian", "Armenian", "Ethiopic", "Myanmar",
}

// scriptOf returns the script of the first letter of a text.
func scriptOf(text string) string {
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		for _, name := range scripts {
			if unicode.Is(unicode.Scripts[name], r) {
				return name
			}
		}
		return "Other"
	}
	return ""
}

// A part beyond PartsMax is still added, so that the entry is refused for it, and
// none behind it, so that looking for what is there already ends soon.

// addName adds a name unless it is empty. One that is there already has the better
// quality: what a list trusts somewhere is not weak.
func (e *Entry) addName(text string, quality Quality) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" || len(e.Names) > PartsMax {
		return
	}
	for i, n := range e.Names {
		if n.Text == text {
			e.Names[i].Quality = better(n.Quality, quality)
			return
		}
	}
	e.Names = append(e.Names, Name{Text: text, Quality: quality, Script: scriptOf(text)})
}

func better(a, b Quality) Quality {
	for _, best := range []Quality{Primary, Strong} {
		if a == best || b == best {
			return best
		}
	}
	return Weak
}

func (e *Entry) addIdentifier(kind, value, country string) {
	if value = strings.TrimSpace(value); value != "" && len(e.Identifiers) <= PartsMax {
		added := Identifier{Type: strings.TrimSpace(kind), Value: value, Country: strings.TrimSpace(country)}
		for _, i := range e.Identifiers {
			if i == added {
				return
			}
		}
		e.Identifiers = append(e.Identifiers, added)
	}
}

// addBirth adds a date of birth when it is one. Years in the wrong order are turned.
func (e *Entry) addBirth(date match.Date, ok bool) {
	if date.Until = max(0, date.Until); date.Until > 0 {
		date.Year, date.Until = min(date.Year, date.Until), max(date.Year, date.Until)
	}
	if !ok || len(e.Born) > PartsMax {
		return
	}
	for _, d := range e.Born {
		if d == date {
			return
		}
	}
	e.Born = append(e.Born, date)
}

func (e *Entry) addAddress(country string, lines ...string) {
	a := Address{Lines: joined(lines...), Country: strings.TrimSpace(country)}
	if a == (Address{}) || len(e.Addresses) > PartsMax {
		return
	}
	for _, other := range e.Addresses {
		if other == a {
			return
		}
	}
	e.Addresses = append(e.Addresses, a)
}

func (e *Entry) addProgramme(name string) {
	if name = strings.TrimSpace(name); name == "" || len(e.Programmes) > PartsMax {
		return
	}
	for _, p := range e.Programmes {
		if p == name {
			return
		}
	}
	e.Programmes = append(e.Programmes, name)
}

// joined puts what is not empty behind one another, with commas between.
func joined(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ", ")
}

// words puts what is not empty behind one another.
func words(parts ...string) string {
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}
