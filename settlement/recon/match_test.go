package recon_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/recon"
)

var monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// line reads a line such as "o1 +1500 5 R1,R2 @HK-WALLET ^B7": the side and its
// number, amount, day of January, and if there are any references, counterparty
// and own reference.
func line(t *testing.T, text string) recon.Line {
	t.Helper()
	fields := strings.Fields(text)
	var minor int64
	var day int
	if _, err := fmt.Sscan(fields[1]+" "+fields[2], &minor, &day); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	l := recon.Line{
		ID: ids.Derive(ids.Nil, fields[0], 0), Side: recon.Ours, Amount: money.New(minor, "HKD"),
		ValueDate: time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC), Text: fields[0],
	}
	if fields[0][0] == 't' {
		l.Side = recon.Theirs
	}
	for _, field := range fields[3:] {
		switch field[0] {
		case '@':
			l.Counterparty = field[1:]
		case '^':
			l.Own = field[1:]
		default:
			l.References = strings.Split(field, ",")
		}
	}
	return l
}

// told writes what came out, such as "REFERENCE o1=t1", sorted.
func told(result recon.Result) []string {
	var list []string
	names := func(lines ...recon.Line) string {
		var texts []string
		for _, l := range lines {
			texts = append(texts, l.Text)
		}
		slices.Sort(texts)
		return strings.Join(texts, "+")
	}
	for _, m := range result.Matches {
		list = append(list, fmt.Sprintf("%s %s=%s", m.Rule, names(m.Ours...), names(m.Theirs...)))
	}
	for _, b := range result.Breaks {
		text := string(b.Kind) + " "
		if b.Ours != nil {
			text += b.Ours.Text
		}
		if b.Theirs != nil {
			text += "/" + b.Theirs.Text
		}
		list = append(list, text)
	}
	slices.Sort(list)
	return list
}

func TestCompare(t *testing.T) {
	cases := map[string]struct{ lines, want string }{
		"by reference":     {"o1 +100 5 R1 | t1 +100 5 R1", "REFERENCE o1=t1"},
		"one of many":      {"o1 +100 5 R1,R2 | t1 +100 6 R3,R2", "REFERENCE o1=t1"},
		"bank's own":       {"o1 +100 5 R1 ^B1 | t1 +100 5 ^B1", "REFERENCE o1=t1"},
		"other reference":  {"o1 +100 5 R1 | t1 +100 5 R2", "MISSING_WITH_THEM o1; MISSING_WITH_US /t1"},
		"within tolerance": {"o1 +100 5 R1 | t1 +102 5 R1", "REFERENCE o1=t1"},
		"beyond tolerance": {"o1 +100 5 R1 | t1 +103 5 R1", "AMOUNT_DIFFERS o1/t1"},
		"other direction":  {"o1 +100 5 R1 | t1 -100 5 R1", "MISSING_WITH_THEM o1; MISSING_WITH_US /t1"},
		"beyond days":      {"o1 +100 5 R1 | t1 +100 8 R1", "DATE_DIFFERS o1/t1"},
		"both differ":      {"o1 +100 5 R1 | t1 +500 9 R1", "AMOUNT_DIFFERS o1/t1"},
		"twice with them":  {"o1 +100 5 R1 | t1 +100 5 R1 | t2 +100 6 R1", "DUPLICATE /t2; REFERENCE o1=t1"},
		"twice with us":    {"o1 +100 5 R1 | o2 +100 5 R1 | t1 +100 5 R1", "DUPLICATE o2; REFERENCE o1=t1"},
		"twice on both": {"o1 +100 5 R1 | o2 +100 6 R1 | t1 +100 5 R1 | t2 +100 6 R1",
			"REFERENCE o1=t1; REFERENCE o2=t2"},
		"paid in parts":   {"o1 +100 5 R1 | t1 +60 5 R1 | t2 +40 6 R1", "REFERENCES o1=t1+t2"},
		"parts that lack": {"o1 +100 5 R1 | t1 +60 5 R1 | t2 +30 6 R1", "AMOUNT_DIFFERS o1/t1; MISSING_WITH_US /t2"},
		"several and several": {"o1 +100 5 R1 | o2 +50 5 R1 | t1 +90 5 R1 | t2 +60 5 R1",
			"AMOUNT_DIFFERS o1/t1; AMOUNT_DIFFERS o2/t2"},
		"booked together":    {"o1 +60 5 R1 | o2 +40 5 R2 | t1 +100 5 R1,R2", "REFERENCES o1+o2=t1"},
		"by amount":          {"o1 +100 5 R1 @A | t1 +100 6 @A", "AMOUNT o1=t1"},
		"unknown to them":    {"o1 +100 5 R1 @A | t1 +100 6", "AMOUNT o1=t1"},
		"other counterparty": {"o1 +100 5 R1 @A | t1 +100 5 @B", "MISSING_WITH_THEM o1; MISSING_WITH_US /t1"},
		"the nearer one":     {"o1 +100 5 @A | o2 +101 5 @A | t1 +101 5 @A", "AMOUNT o2=t1; MISSING_WITH_THEM o1"},
		"late by amount":     {"o1 +100 5 @A | t1 +100 7 @A", "MISSING_WITH_THEM o1; MISSING_WITH_US /t1"},
		"one for a day":      {"o1 +60 5 R1 @A | o2 +40 5 R2 @A | t1 +100 6 @A", "SUM o1+o2=t1"},
		"a day for one":      {"o1 -100 5 @A | t1 -60 5 R1 @A | t2 -40 5 R2 @A", "SUM o1=t1+t2"},
		"not quite a day": {"o1 +60 5 R1 @A | o2 +41 5 R2 @A | t1 +100 5 @A",
			"MISSING_WITH_THEM o1; MISSING_WITH_THEM o2; MISSING_WITH_US /t1"},
		"nothing with them":   {"o1 +100 5 R1", "MISSING_WITH_THEM o1"},
		"nothing with us":     {"t1 +100 5 R1", "MISSING_WITH_US /t1"},
		"nothing":             {"", ""},
		"seen before":         {"b1 +100 5 R1 | t1 +100 6 R1", "DUPLICATE /t1"},
		"before, not so much": {"b1 +100 5 R1 | t1 +101 6 R1", "MISSING_WITH_US /t1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var ours, theirs, before []recon.Line
			for text := range strings.SplitSeq(c.lines, "|") {
				if text = strings.TrimSpace(text); text == "" {
					continue
				}
				l := line(t, text)
				switch text[0] {
				case 'b':
					l.Side = recon.Theirs
					before = append(before, l)
				case 'o':
					ours = append(ours, l)
				default:
					theirs = append(theirs, l)
				}
			}
			got := strings.Join(told(recon.Compare(ours, theirs, recon.Rules{"HKD": {Minor: 2, Days: 1}}, before...)), "; ")
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestRules(t *testing.T) {
	for _, bad := range []recon.Rules{{"HKD": {Minor: -1}}, {"HKD": {Days: 11}}, {"HKD": {Minor: 1_000_001}},
		{"???": {}}} {
		if bad.Check() == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	if err := (recon.Rules{"HKD": {Minor: 5, Days: 3}}).Check(); err != nil {
		t.Error(err)
	}
	// Without rules a day is allowed and no unit.
	far := []recon.Line{line(t, "t1 +100 6 R1"), line(t, "t2 +201 5 R2")}
	got := told(recon.Compare([]recon.Line{line(t, "o1 +100 5 R1"), line(t, "o2 +200 5 R2")}, far, nil))
	if strings.Join(got, "; ") != "AMOUNT_DIFFERS o2/t2; REFERENCE o1=t1" {
		t.Errorf("got %s", got)
	}
}

// mutation is something that can happen to a statement.
type mutation func(t *rapid.T, lines []recon.Line, at int) []recon.Line

var mutations = map[string]mutation{
	"lost":     func(_ *rapid.T, lines []recon.Line, at int) []recon.Line { return slices.Delete(lines, at, at+1) },
	"repeated": func(_ *rapid.T, lines []recon.Line, at int) []recon.Line { return append(lines, lines[at]) },
	"amount": func(t *rapid.T, lines []recon.Line, at int) []recon.Line {
		lines[at].Amount.Minor += rapid.Int64Range(-50, 50).Draw(t, "by")
		return lines
	},
	"date": func(t *rapid.T, lines []recon.Line, at int) []recon.Line {
		lines[at].ValueDate = lines[at].ValueDate.AddDate(0, 0, rapid.IntRange(-4, 4).Draw(t, "days"))
		return lines
	},
	"anonymous": func(_ *rapid.T, lines []recon.Line, at int) []recon.Line {
		lines[at].References = nil
		return lines
	},
	"stranger": func(_ *rapid.T, lines []recon.Line, at int) []recon.Line {
		lines[at].Counterparty = ""
		return lines
	},
	"in parts": func(t *rapid.T, lines []recon.Line, at int) []recon.Line {
		part := lines[at]
		part.Amount.Minor = rapid.Int64Range(0, 30).Draw(t, "part")
		lines[at].Amount.Minor -= part.Amount.Minor
		return append(lines, part)
	},
	"merged": func(_ *rapid.T, lines []recon.Line, at int) []recon.Line {
		if len(lines) < 2 {
			return lines
		}
		other := (at + 1) % len(lines)
		lines[at].Amount.Minor += lines[other].Amount.Minor
		lines[at].References = append(slices.Clone(lines[at].References), lines[other].References...)
		return slices.Delete(lines, other, other+1)
	},
	"swapped": func(_ *rapid.T, lines []recon.Line, at int) []recon.Line {
		lines[at].Amount.Minor = -lines[at].Amount.Minor
		return lines
	},
	"foreign": func(t *rapid.T, lines []recon.Line, _ int) []recon.Line {
		return append(lines, drawLine(t, 1_000+len(lines)))
	},
}

func drawLine(t *rapid.T, i int) recon.Line {
	own := fmt.Sprint("R", i)
	return recon.Line{
		ID: ids.Derive(ids.Nil, "ours", int64(i)), Side: recon.Ours, Text: fmt.Sprint("o", i),
		Amount:       money.New(rapid.Int64Range(-60, 60).Draw(t, "amount"), "HKD"),
		ValueDate:    monday.AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "day")),
		Counterparty: rapid.SampledFrom([]string{"A", "B", ""}).Draw(t, "counterparty"),
		References:   rapid.SampledFrom([][]string{nil, {own}, {own, "COMMON"}}).Draw(t, "refs"),
	}
}

// draw draws our lines, and their statement of them after some mutations.
func draw(t *rapid.T) (ours, theirs []recon.Line, changed int) {
	for i := range rapid.IntRange(0, 12).Draw(t, "lines") {
		l := drawLine(t, i)
		ours = append(ours, l)
		l.References = slices.Clone(l.References)
		theirs = append(theirs, l)
	}
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range mutations {
			if !yield(name) {
				return
			}
		}
	})
	for range rapid.IntRange(0, 6).Draw(t, "mutations") {
		if len(theirs) == 0 {
			break
		}
		at := rapid.IntRange(0, len(theirs)-1).Draw(t, "at")
		theirs = mutations[rapid.SampledFrom(names).Draw(t, "mutation")](t, theirs, at)
		changed++
	}
	for i := range theirs {
		theirs[i].ID, theirs[i].Side = ids.Derive(ids.Nil, "theirs", int64(i)), recon.Theirs
		theirs[i].Text = fmt.Sprint("t", i)
	}
	return ours, theirs, changed
}

func drawRules(t *rapid.T) recon.Rules {
	return recon.Rules{"HKD": {
		Minor: rapid.Int64Range(0, 3).Draw(t, "tolerance"), Days: rapid.IntRange(0, 2).Draw(t, "tolerated days"),
	}}
}

// No line is forgotten and none counts twice, whatever happens to a statement:
// matches and breaks together are each side, to the unit; a match is within the
// tolerance; and the order of the lines does not matter.
func TestNothingIsForgotten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ours, theirs, changed := draw(t)
		rules := drawRules(t)
		result := recon.Compare(ours, theirs, rules)
		whole(t, ours, theirs, result)
		if changed == 0 && len(result.Breaks) > 0 {
			t.Errorf("the same lines differ: %v", told(result))
		}
		for _, m := range result.Matches {
			if difference := m.Difference(); max(difference, -difference) > rules["HKD"].Minor {
				t.Errorf("%v is matched with a difference of %d", told(recon.Result{Matches: []recon.Match{m}}), difference)
			}
		}
		ids := map[ids.ID]bool{}
		for _, b := range result.Breaks {
			if ids[b.ID] {
				t.Errorf("two breaks have the id %s", b.ID)
			}
			ids[b.ID] = true
		}
		again := recon.Compare(shuffled(t, ours), shuffled(t, theirs), rules)
		if difference := cmp.Diff(told(result), told(again)); difference != "" {
			t.Errorf("in another order: %s", difference)
		}
	})
}

func shuffled(t *rapid.T, lines []recon.Line) []recon.Line {
	if len(lines) == 0 {
		return nil
	}
	return rapid.Permutation(lines).Draw(t, "order")
}

// whole fails if matches and breaks are not exactly the lines of both sides.
func whole(t *rapid.T, ours, theirs []recon.Line, result recon.Result) {
	seen := map[ids.ID]int{}
	sums := map[recon.Side]int64{}
	count := func(lines ...recon.Line) {
		for _, l := range lines {
			seen[l.ID]++
			sums[l.Side] += l.Amount.Minor
		}
	}
	difference := int64(0)
	for _, m := range result.Matches {
		count(m.Ours...)
		count(m.Theirs...)
		difference += m.Difference()
	}
	for _, b := range result.Breaks {
		if b.Ours != nil {
			count(*b.Ours)
		}
		if b.Theirs != nil {
			count(*b.Theirs)
		}
		difference += b.Difference()
	}
	totals := map[recon.Side]int64{}
	for _, l := range append(slices.Clone(ours), theirs...) {
		if seen[l.ID] != 1 {
			t.Errorf("%s is in %d matches and breaks", l.Text, seen[l.ID])
		}
		totals[l.Side] += l.Amount.Minor
	}
	if len(seen) != len(ours)+len(theirs) || sums[recon.Ours] != totals[recon.Ours] ||
		sums[recon.Theirs] != totals[recon.Theirs] {
		t.Errorf("matches and breaks come to %v, lines to %v", sums, totals)
	}
	if difference != totals[recon.Theirs]-totals[recon.Ours] {
		t.Errorf("differences come to %d, the sides are %d apart", difference, totals[recon.Theirs]-totals[recon.Ours])
	}
}

// TestManyLines: a reference that everything shares does not make matching slow.
func TestManyLines(t *testing.T) {
	var ours, theirs []recon.Line
	for i := range 20_000 {
		l := recon.Line{
			ID: ids.Derive(ids.Nil, "many", int64(i)), Side: recon.Ours, References: []string{"BATCH", fmt.Sprint(i)},
			Amount: money.New(int64(i%50), "HKD"), ValueDate: monday,
		}
		ours = append(ours, l)
		l.ID[0]++
		l.Side = recon.Theirs
		theirs = append(theirs, l)
	}
	start := time.Now()
	result := recon.Compare(ours, theirs, nil)
	if len(result.Matches) != len(ours) || len(result.Breaks) != 0 {
		t.Errorf("%d matches, %d breaks", len(result.Matches), len(result.Breaks))
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}
