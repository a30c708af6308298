package lists

import (
	"slices"
	"strings"
)

// Fate is what became of an entry from one version of a list to the next.
type Fate string

// The fates, in the order in which people need to see them: who is screened no more is
// what a list that was cut off does harm by.
const (
	Removed Fate = "removed"
	Changed Fate = "changed"
	Added   Fate = "added"
)

// Difference is one entry that is not as it was.
type Difference struct {
	Fate Fate   `json:"fate"`
	ID   string `json:"id"`
	// Name is its first, Programmes those of the version that has it, the later one of both.
	Name       string   `json:"name"`
	Programmes []string `json:"programmes,omitempty"`
	// Parts are what of a changed entry is not as it was.
	Parts []Part `json:"parts,omitempty"`
}

// Part is a part of an entry, with what it has no more and what it did not have.
type Part struct {
	// Name is names, identifiers, births, addresses, programmes or kind.
	Name   string   `json:"name"`
	Lost   []string `json:"lost,omitempty"`
	Gained []string `json:"gained,omitempty"`
}

// Differences describes at most so many entries of each fate.
func (c Change) Differences(before, after List, most int) []Difference {
	var all []Difference
	for _, group := range []struct {
		fate Fate
		ids  []string
		of   List
	}{{Removed, c.Removed, before}, {Changed, c.Changed, after}, {Added, c.Added, after}} {
		for _, id := range group.ids[:min(most, len(group.ids))] {
			entry, _ := group.of.Entries.Find(id)
			d := Difference{Fate: group.fate, ID: id, Programmes: entry.Programmes}
			if len(entry.Names) > 0 {
				d.Name = entry.Names[0].Text
			}
			if group.fate == Changed {
				was, _ := before.Entries.Find(id)
				d.Parts = partsOf(was, entry)
			}
			all = append(all, d)
		}
	}
	return all
}

// partsOf tells two versions of an entry apart.
func partsOf(before, after Entry) []Part {
	var parts []Part
	was, is := before.texts(), after.texts()
	for i := range was {
		p := Part{Name: was[i].name, Lost: without(was[i].texts, is[i].texts), Gained: without(is[i].texts, was[i].texts)}
		if len(p.Lost)+len(p.Gained) > 0 {
			parts = append(parts, p)
		}
	}
	return parts
}

// without are the texts of one that the other does not have.
func without(one, other []string) []string {
	var left []string
	for _, text := range one {
		if !slices.Contains(other, text) {
			left = append(left, text)
		}
	}
	return left
}

// part is a part of an entry as texts.
type part struct {
	name  string
	texts []string
}

// texts returns what an entry says, each thing as one text.
func (e *Entry) texts() []part {
	names, identifiers := part{name: "names"}, part{name: "identifiers"}
	births, addresses := part{name: "births"}, part{name: "addresses"}
	for _, n := range e.Names {
		names.texts = append(names.texts, n.Text+" ("+string(n.Quality)+")")
	}
	for _, i := range e.Identifiers {
		identifiers.texts = append(identifiers.texts, words(i.Type, i.Value, i.Country))
	}
	for _, d := range e.Born {
		births.texts = append(births.texts, d.String())
	}
	for _, a := range e.Addresses {
		addresses.texts = append(addresses.texts, joined(a.Lines, a.Country))
	}
	return []part{
		names, identifiers, births, addresses, {"programmes", e.Programmes}, {"kind", []string{string(e.Kind)}},
	}
}

// String is the part in one line: "names: -Ivan Blok (weak) +Ivan Block (strong)".
func (p Part) String() string {
	var line strings.Builder
	line.WriteString(p.Name + ":")
	for _, text := range p.Lost {
		line.WriteString(" -" + text)
	}
	for _, text := range p.Gained {
		line.WriteString(" +" + text)
	}
	return line.String()
}
