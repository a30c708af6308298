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

// Differences describes the entries of each fate, the removed before the changed and these
// before the added. Each must be kept by keep, which is asked about one of each fate in
// turn, so that none of them takes the room of the others.
func (c Change) Differences(before, after List, keep func(Difference) bool) []Difference {
	groups := []struct {
		ids  []string
		tell func(id string) Difference
		kept []Difference
	}{
		{ids: c.Removed, tell: func(id string) Difference { return of(Removed, before, id) }},
		{ids: c.Changed, tell: func(id string) Difference { return changed(before, after, id) }},
		{ids: c.Added, tell: func(id string) Difference { return of(Added, after, id) }},
	}
	for i := range max(len(c.Removed), len(c.Changed), len(c.Added)) {
		for g := range groups {
			if group := &groups[g]; i < len(group.ids) {
				if d := group.tell(group.ids[i]); keep(d) {
					group.kept = append(group.kept, d)
				}
			}
		}
	}
	return slices.Concat(groups[0].kept, groups[1].kept, groups[2].kept)
}

// of is an entry of a list and its fate.
func of(fate Fate, list List, id string) Difference {
	entry, _ := list.Entries.Find(id)
	return entry.met(fate)
}

// changed is an entry that both lists have.
func changed(before, after List, id string) Difference {
	was, _ := before.Entries.Find(id)
	is, _ := after.Entries.Find(id)
	d := is.met(Changed)
	d.Parts = partsOf(was, is)
	return d
}

// met is the entry with its fate.
func (e *Entry) met(fate Fate) Difference {
	d := Difference{Fate: fate, ID: e.ID, Programmes: e.Programmes}
	if len(e.Names) > 0 {
		d.Name = e.Names[0].Text
	}
	return d
}

// partsOf tells two versions of an entry apart. One that has everything that it had, in
// another order, has no parts.
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
	there := make(map[string]bool, len(other))
	for _, text := range other {
		there[text] = true
	}
	var left []string
	for _, text := range one {
		if !there[text] {
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
		addresses.texts = append(addresses.texts, a.String())
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
