package recon

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// TestCompareVersions: what stays, what is new and what is gone are the whole of both
// versions, each line once, and nothing is both gone and new.
func TestCompareVersions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		version := func(name string) []Line {
			count := rapid.IntRange(0, 10).Draw(t, name)
			list := make([]Line, count)
			for i := range list {
				list[i] = Line{
					ID: ids.Derive(ids.Nil, name, int64(i)), Amount: money.New(rapid.Int64Range(1, 3).Draw(t, "amount"), "HKD"),
					References: []string{rapid.SampledFrom([]string{"A", "B"}).Draw(t, "reference")},
				}
			}
			return list
		}
		former, next := version("former"), version("next")
		added, gone := compareVersions(former, next)
		counts := func(lines []Line) map[string]int {
			found := map[string]int{}
			for _, line := range lines {
				found[line.content()]++
			}
			return found
		}
		byID := map[ids.ID]Line{}
		for _, line := range former {
			byID[line.ID] = line
		}
		var lost []Line
		for _, id := range gone {
			line, there := byID[id]
			if !there {
				t.Fatalf("%s is gone twice, or never was", id)
			}
			delete(byID, id)
			lost = append(lost, line)
		}
		before, after, fresh, old := counts(former), counts(next), counts(added), counts(lost)
		for content := range merged(before, after) {
			if fresh[content] > 0 && old[content] > 0 {
				t.Fatalf("%q is gone and new", content)
			}
			if before[content]-old[content]+fresh[content] != after[content] {
				t.Fatalf("%q: %d before, %d gone, %d new, %d after", content, before[content], old[content], fresh[content], after[content])
			}
		}
	})
}

func merged(all ...map[string]int) map[string]bool {
	keys := map[string]bool{}
	for _, m := range all {
		for key := range m {
			keys[key] = true
		}
	}
	return keys
}

var valueDay = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// TestContentIsAllThatIsSaid: a line with anything else in it is another one.
func TestContentIsAllThatIsSaid(t *testing.T) {
	line := Line{
		References: []string{"A", "B"}, Own: "C", Counterparty: "D", Amount: money.New(1, "HKD"),
		ValueDate: Day(valueDay), Text: "E",
	}
	for name, change := range map[string]func(*Line){
		"reference":    func(l *Line) { l.References = []string{"A", "C"} },
		"fewer":        func(l *Line) { l.References = []string{"A"} },
		"own":          func(l *Line) { l.Own = "" },
		"counterparty": func(l *Line) { l.Counterparty, l.Own = "C", "D" },
		"amount":       func(l *Line) { l.Amount.Minor = -1 },
		"currency":     func(l *Line) { l.Amount.Currency = "JPY" },
		"day":          func(l *Line) { l.ValueDate = l.ValueDate.AddDate(0, 0, 1) },
		"text":         func(l *Line) { l.Text = "" },
	} {
		other := line
		if change(&other); other.content() == line.content() {
			t.Errorf("another %s is the same", name)
		}
	}
	same := line
	same.ID, same.BookedAt, same.StatementID = ids.New(), valueDay, ids.New()
	if same.content() != line.content() {
		t.Error("the same line is another one under another id")
	}
}
