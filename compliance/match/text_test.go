package match_test

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/compliance/match"
)

func textIndex() *match.Index {
	return match.NewIndex([]match.Name{
		{List: "OWN", Entry: "1", Text: "BLOCKSWORTH, Viktor Anatol"}, {List: "OWN", Entry: "2", Text: "Ocean Lantern Shipping Ltd"},
		{List: "OWN", Entry: "3", Text: "MV Grey Heron"}, {List: "OWN", Entry: "4", Text: "Виктор Неверов"},
		{List: "OWN", Entry: "5", Text: "Order of the Table"},
	})
}

func TestSearchText(t *testing.T) {
	x := textIndex()
	for text, want := range map[string]string{
		"Tea for two, table 7, order 2026-0000815": "",
		"":                                    "",
		"invoice 12 viktor blocksworth March": "1",
		"for V. Blocksworth":                  "",
		"refund to BLOCKSWORTH Viktor Anatol via bank":       "1",
		"freight grey heron voyage 12":                       "3",
		"ocean lantern shipping, and Viktor Blocksworth too": "1 2",
		"ocean view of the lantern, shipping included":       "2",
		"ocean view of the lantern, and shipping":            "",
		"оплата Виктор Неверов договор 5":                    "4",
		"Victor Blockswerth":                                 "",
		strings.Repeat("x ", 500) + "grey heron":             "3",
		strings.Repeat("grey heron, tea; ", 200):             "3",
	} {
		var found []string
		for _, m := range x.SearchText(text, 7_700, 10) {
			found = append(found, m.Name.Entry)
		}
		if got := strings.Join(sorted(found), " "); got != want {
			t.Errorf("%.60q: %q, want %q", text, got, want)
		}
	}
	if got := x.SearchText("ocean lantern shipping, and Viktor Blocksworth too", 7_700, 1); len(got) != 1 {
		t.Errorf("the limit: %v", got)
	}
}

// Whatever a text says, looking into it ends, and finds listed entries only.
func FuzzSearchText(f *testing.F) {
	for _, seed := range []string{"", "viktor blocksworth", "ocean lantern ocean lantern shipping ltd viktor", "\x00\xff", "Виктор", "東京 blocksworth"} {
		f.Add(seed)
	}
	x := textIndex()
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2_000 {
			return
		}
		for _, m := range x.SearchText(text, 7_700, 3) {
			if m.Name.List != "OWN" || m.Score < 7_700 {
				t.Errorf("%q: %+v", text, m)
			}
		}
	})
}

func BenchmarkSearchText(b *testing.B) {
	x := textIndex()
	for b.Loop() {
		x.SearchText("Tea for two, table 7, order 2026-0000815", 7_700, 10)
	}
}
