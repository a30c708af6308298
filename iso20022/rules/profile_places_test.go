package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// definitions are the message definitions that a rule is for.
func (r *profileRule) definitions() []*schema.Message {
	var definitions []*schema.Message
	for _, m := range schema.Official().Messages() {
		if r.families == nil || slices.Contains(r.families, m.Family()) || slices.Contains(r.families, m.Name) {
			definitions = append(definitions, m)
		}
	}
	return definitions
}

// typesAt returns the types of the elements that a pattern leads to.
func typesAt(t *schema.Type, p pattern, seen map[string]bool, found map[*schema.Type]bool) {
	key := t.Name + " " + strings.Join(p, "/")
	if seen[key] {
		return
	}
	seen[key] = true
	if len(p) == 0 {
		found[t] = true
		return
	}
	if p[0] == "**" {
		typesAt(t, p[1:], seen, found)
	}
	for i := range t.Elements {
		e := &t.Elements[i]
		switch p[0] {
		case "**":
			typesAt(e.Type, p, seen, found)
		case "*", e.Name:
			typesAt(e.Type, p[1:], seen, found)
		}
	}
}

// leadsFrom reports whether a path leads anywhere from one of some types.
func leadsFrom(types map[*schema.Type]bool, path []string) bool {
	for t := range types {
		for _, name := range path {
			e := t.Find(name)
			if e == nil {
				t = nil
				break
			}
			t = e.Type
		}
		if t != nil {
			return true
		}
	}
	return false
}

// TestPlacesOfProfiles: no rule of a profile is about a place that its messages do
// not have: each pattern, each path from it and each condition leads somewhere. A
// misspelt one would never be broken, and never missed.
func TestPlacesOfProfiles(t *testing.T) {
	places := 0
	for _, name := range Profiles() {
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.rules {
			r := &p.rules[i]
			about := map[*schema.Type]bool{}
			for k, at := range slices.Concat(r.at, r.except) {
				found := map[*schema.Type]bool{}
				for _, m := range r.definitions() {
					typesAt(m.Body().Type, at, map[string]bool{}, found)
				}
				if places++; len(found) == 0 {
					t.Errorf("%s: no message has %s", r.title, strings.Join(at, "/"))
				}
				for type_ := range found {
					if k < len(r.at) {
						about[type_] = true
					}
				}
			}
			for _, path := range r.pathsInside() {
				if places++; !leadsFrom(about, path) {
					t.Errorf("%s: nothing has %s", r.title, strings.Join(path, "/"))
				}
			}
		}
	}
	if places < 150 {
		t.Errorf("only %d places", places)
	}
}

// pathsInside are the paths that start at the elements that a rule is about; that
// of header starts at the header.
func (r *profileRule) pathsInside() [][]string {
	var paths [][]string
	if r.kind != kinds["header"] {
		paths = append(paths, r.paths...)
	}
	for _, c := range r.when {
		paths = append(paths, c.path)
	}
	return paths
}

// TestHeaderPathsOfProfiles: what is compared with the header is in each version of
// it that the profile takes.
func TestHeaderPathsOfProfiles(t *testing.T) {
	compared := 0
	for _, name := range Profiles() {
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.rules {
			r := &p.rules[i]
			if r.kind != kinds["header"] {
				continue
			}
			for _, m := range schema.Official().Versions("head.001") {
				compared++
				if !leadsFrom(map[*schema.Type]bool{m.Body().Type: true}, r.paths[0]) {
					t.Errorf("%s: %s has no %s", r.title, m.Name, strings.Join(r.paths[0], "/"))
				}
			}
		}
	}
	if compared < 6 {
		t.Errorf("only %d paths", compared)
	}
}

// TestStatementsHaveTheirPlaces: each rule about which children are there is in the
// plan of an element of each family that the catalogue has it for.
func TestStatementsHaveTheirPlaces(t *testing.T) {
	for _, s := range statements {
		rule := s.id.rule()
		for _, family := range rule.Families() {
			stated := false
			for _, m := range schema.Official().Versions(family) {
				c := compiler{family: family, plans: map[*schema.Type]*plan{}}
				eachElement(m.Root.Type, map[*schema.Type]bool{}, func(e *schema.Element) {
					for _, i := range c.implications(e.Type) {
						stated = stated || i.id == s.id
					}
				})
			}
			if !stated {
				t.Errorf("%s has no place in %s", rule.Name, family)
			}
		}
	}
}

// TestValuesOfProfiles: what a profile demands of a code is what the schema takes,
// at least in one version.
func TestValuesOfProfiles(t *testing.T) {
	compared := 0
	for _, name := range Profiles() {
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.rules {
			r := &p.rules[i]
			if r.kind != kinds["values"] {
				continue
			}
			types := map[*schema.Type]bool{}
			for _, at := range r.at {
				for _, m := range r.definitions() {
					typesAt(m.Body().Type, at, map[string]bool{}, types)
				}
			}
			for _, word := range r.words {
				compared++
				taken := false
				for type_ := range types {
					taken = taken || type_.Check([]byte(word)) == schema.None
				}
				if !taken {
					t.Errorf("%s demands %s, which no version takes", r.title, word)
				}
			}
		}
	}
	if compared < 15 {
		t.Errorf("only %d values", compared)
	}
}
