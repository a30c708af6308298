package lists_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
)

// crowd is a list of entries with so many names each.
func crowd(entries, names int) []lists.Entry {
	all := many(entries, "one")
	for i := range all {
		for n := 1; n < names; n++ {
			all[i].Names = append(all[i].Names, lists.Name{Text: strings.Repeat("n", n)})
		}
	}
	return all
}

// TestGuardAtItsEdges: the last change that is let through of each kind, and the first
// that is not.
func TestGuardAtItsEdges(t *testing.T) {
	short := func(all []lists.Entry, by int) []lists.Entry {
		for i := range by {
			all[i].Names = all[i].Names[1:]
		}
		return all
	}
	hundredth := lists.Guard{ShrinkMax: 1, GrowMax: 1}
	for name, c := range map[string]struct {
		guard         lists.Guard
		before, after []lists.Entry
		refused       string
	}{
		"5 % gone":              {lists.DefaultGuard, crowd(400, 1), crowd(400, 1)[20:], ""},
		"more gone":             {lists.DefaultGuard, crowd(400, 1), crowd(400, 1)[21:], "lost 21 of 400 entries"},
		"25 % come":             {lists.DefaultGuard, crowd(400, 1), crowd(500, 1), ""},
		"more come":             {lists.DefaultGuard, crowd(400, 1), crowd(501, 1), "gained 101 entries"},
		"few gone":              {lists.DefaultGuard, crowd(20, 1), crowd(20, 1)[10:], ""},
		"no few gone":           {lists.DefaultGuard, crowd(20, 1), crowd(20, 1)[11:], "lost 11 of 20 entries"},
		"few come":              {lists.DefaultGuard, crowd(20, 1), crowd(30, 1), ""},
		"no few come":           {lists.DefaultGuard, crowd(20, 1), crowd(31, 1), "gained 11 entries"},
		"5 % of names gone":     {lists.DefaultGuard, crowd(400, 2), short(crowd(400, 2), 40), ""},
		"more names gone":       {lists.DefaultGuard, crowd(400, 2), short(crowd(400, 2), 41), "lost 41 of 800 names"},
		"all second names gone": {lists.DefaultGuard, crowd(400, 2), crowd(400, 1), "lost 400 of 800 names"},
		"few names gone":        {lists.DefaultGuard, crowd(12, 2), short(crowd(12, 2), 10), ""},
		"no few names gone":     {lists.DefaultGuard, crowd(12, 2), short(crowd(12, 2), 11), "lost 11 of 24 names"},
		"names come":            {lists.DefaultGuard, crowd(400, 1), crowd(400, 3), ""},
		"entries and names":     {lists.DefaultGuard, crowd(400, 2), short(crowd(400, 2)[20:], 40), ""},
		"all gone":              {lists.DefaultGuard, crowd(1, 1), nil, "lost all of its 1 entries"},
		"the first":             {lists.DefaultGuard, nil, crowd(400, 1), ""},
		"a guard that is told":  {hundredth, crowd(1200, 1), crowd(1200, 1)[12:], ""},
		"and is held to":        {hundredth, crowd(1200, 1), crowd(1200, 1)[13:], "lost 13 of 1200 entries"},
		"no guard":              {lists.Guard{ShrinkMax: 100, GrowMax: 1_000_000}, crowd(400, 2), crowd(1, 1), ""},
	} {
		err := c.guard.Check(listOf(c.before), listOf(c.after))
		if c.refused == "" && err != nil || c.refused != "" && (!errors.Is(err, lists.ErrList) || !strings.Contains(err.Error(), c.refused)) {
			t.Errorf("%s: %v", name, err)
		}
		// A list that holds nobody is nothing that people may accept.
		if beyond := c.refused != "" && len(c.after) > 0; errors.Is(err, lists.ErrBeyond) != beyond {
			t.Errorf("%s: by too much: %v", name, err)
		}
	}
}

// TestOtherColumns: a list whose entries all stay, with as many names as before, and which
// finds nobody any more, is refused.
func TestOtherColumns(t *testing.T) {
	person := func(n int) lists.Entry {
		return lists.Entry{
			ID: strconv.Itoa(n), Names: []lists.Name{{Text: fmt.Sprintf("Name %d", n), Quality: lists.Primary}},
			Born:        []match.Date{{Year: 1950 + n%50}},
			Identifiers: []lists.Identifier{{Type: "Passport", Value: fmt.Sprintf("A-%06d", n)}},
		}
	}
	for name, c := range map[string]struct {
		change  func(e *lists.Entry)
		refused string
	}{
		"every name is a kind":       {func(e *lists.Entry) { e.Names[0].Text = "individual" }, "lost 100 of 100 names"},
		"every name is weak":         {func(e *lists.Entry) { e.Names[0].Quality = lists.Weak }, "lost 100 of 100 names"},
		"every birth is another":     {func(e *lists.Entry) { e.Born[0].Year += 50 }, "lost 100 of 100 births"},
		"no births":                  {func(e *lists.Entry) { e.Born = nil }, "lost 100 of 100 births"},
		"every number is another":    {func(e *lists.Entry) { e.Identifiers[0].Value += "9" }, "lost 100 of 100 identifiers"},
		"numbers written another":    {func(e *lists.Entry) { e.Identifiers[0].Value = "A " + e.Identifiers[0].Value[2:] }, ""},
		"numbers that are of a type": {func(e *lists.Entry) { e.Identifiers[0].Type = "Document" }, ""},
		"every name is stronger":     {func(e *lists.Entry) { e.Names[0].Quality = lists.Strong }, ""},
		"more of everything": {func(e *lists.Entry) {
			e.Names = append(e.Names, lists.Name{Text: "Other " + e.ID})
			e.Born = append(e.Born, match.Date{Year: 1900})
			e.Identifiers = append(e.Identifiers, lists.Identifier{Value: "B-" + e.ID + "000000"})
		}, ""},
		"other programmes": {func(e *lists.Entry) { e.Programmes = []string{"X"} }, ""},
	} {
		var before, after []lists.Entry
		for n := range 100 {
			changed := person(n)
			c.change(&changed)
			before, after = append(before, person(n)), append(after, changed)
		}
		err := lists.DefaultGuard.Check(listOf(before), listOf(after))
		if c.refused == "" && err != nil || c.refused != "" && (!errors.Is(err, lists.ErrBeyond) || !strings.Contains(err.Error(), c.refused)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNamesThatMove: names that go are not made up for by names that other entries get,
// nor counted twice with the entries that go.
func TestNamesThatMove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := crowd(100, 3), crowd(100, 3)
		var lost int
		for i := range after {
			change := rapid.IntRange(-2, 2).Draw(t, "change")
			switch {
			case change < 0:
				after[i].Names = after[i].Names[:3+change]
				lost -= change
			default:
				for range change {
					after[i].Names = append(after[i].Names, lists.Name{Text: strings.Repeat("m", len(after[i].Names))})
				}
			}
		}
		gone := rapid.IntRange(0, 5).Draw(t, "gone")
		for i := range gone {
			lost -= max(0, 3-len(after[i].Names))
		}
		err := lists.DefaultGuard.Check(listOf(before), listOf(after[gone:]))
		if refused := lost > 15; (err != nil) != refused {
			t.Fatalf("%d names lost of 300: %v", lost, err)
		}
	})
}

// TestCutAliases: a file of aliases that was cut behind a row takes no entry from the
// list, and is refused all the same.
func TestCutAliases(t *testing.T) {
	var sdn, aliases strings.Builder
	for n := range 100 {
		id := strings.Repeat("1", n%7+1) + strings.Repeat("2", n/7)
		sdn.WriteString(id + `,"NAME OF ` + id + `",-0- ,"T",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ` + "\n")
		aliases.WriteString(id + `,` + id + `,"aka","ALIAS OF ` + id + `",-0- ` + "\n")
	}
	read := func(format, text string) lists.List {
		list, err := lists.Read("X", format, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	joined := func(aliases string) lists.List {
		list, err := lists.Join(read(lists.FormatOFAC, sdn.String()), read(lists.FormatOFACAliases, aliases))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	rows := strings.SplitAfter(aliases.String(), "\n")
	whole, cut := joined(aliases.String()), joined(strings.Join(rows[:50], ""))
	if err := lists.DefaultGuard.Check(whole, cut); !errors.Is(err, lists.ErrList) {
		t.Errorf("50 of 100 aliases are gone: %v", err)
	}
	if err := lists.DefaultGuard.Check(whole, joined(strings.Join(rows[:95], ""))); err != nil {
		t.Errorf("5 of 100 aliases are gone: %v", err)
	}
}
