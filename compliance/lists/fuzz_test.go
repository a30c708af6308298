package lists_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/compliance/lists"
)

func FuzzOFAC(f *testing.F)          { fuzz(f, lists.FormatOFAC) }
func FuzzOFACAliases(f *testing.F)   { fuzz(f, lists.FormatOFACAliases) }
func FuzzOFACAddresses(f *testing.F) { fuzz(f, lists.FormatOFACAddresses) }
func FuzzOFACXML(f *testing.F)       { fuzz(f, lists.FormatOFACXML) }
func FuzzOFACEnhanced(f *testing.F)  { fuzz(f, lists.FormatOFACEnhanced) }
func FuzzUN(f *testing.F)            { fuzz(f, lists.FormatUN) }
func FuzzEU(f *testing.F)            { fuzz(f, lists.FormatEU) }
func FuzzEUCSV(f *testing.F)         { fuzz(f, lists.FormatEUCSV) }
func FuzzUK(f *testing.F)            { fuzz(f, lists.FormatUK) }
func FuzzUKXML(f *testing.F)         { fuzz(f, lists.FormatUKXML) }
func FuzzSimple(f *testing.F)        { fuzz(f, lists.FormatSimple) }

// fuzz reads any bytes as a list of a format: they are refused with nothing read, or
// every entry is usable.
func fuzz(f *testing.F, format string) {
	text := small[format]
	f.Add([]byte(text))
	f.Add([]byte("\uFEFF" + text))
	f.Add([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	f.Add([]byte(strings.ReplaceAll(text, "Viktor", "V\xedktor")))
	f.Add([]byte(text + text))
	f.Add([]byte(text[:len(text)/2]))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := lists.Read("X", format, strings.NewReader(string(data)))
		if err != nil {
			if !errors.Is(err, lists.ErrList) || list.Entries.Len() > 0 {
				t.Fatalf("%d entries, %v", list.Entries.Len(), err)
			}
			return
		}
		if list.Entries.Len() == 0 || !lists.Compare(list, list).Empty() {
			t.Fatalf("%d entries, %+v", list.Entries.Len(), lists.Compare(list, list))
		}
		for i, e := range list.Entries.All() {
			if problem := problemOf(e, format); problem != "" {
				t.Errorf("entry %d %s: %+v", i, problem, e)
			}
			found, ok := list.Entries.Find(e.ID)
			if diff := cmp.Diff(e, found); !ok || diff != "" {
				t.Errorf("entry %q is not found by its id: %s", e.ID, diff)
			}
		}
	})
}

// problemOf says what an entry that was read must not be.
func problemOf(e lists.Entry, format string) string {
	named := format != lists.FormatOFACAliases && format != lists.FormatOFACAddresses
	seen := map[string]bool{}
	for _, n := range e.Names {
		if n.Text == "" || seen[n.Text] || !utf8.ValidString(n.Text) || n.Text != strings.Join(strings.Fields(n.Text), " ") {
			return "has a name that is empty, there twice, or with blanks of its own"
		}
		if n.Quality != lists.Primary && n.Quality != lists.Strong && n.Quality != lists.Weak {
			return "has a name of no quality"
		}
		seen[n.Text] = true
	}
	for _, d := range e.Born {
		if d.Year < 0 || d.Month < 0 || d.Month > 12 || d.Day < 0 || d.Day > 31 || d.Until != 0 && d.Until < d.Year {
			return "has an impossible date of birth"
		}
	}
	switch parts := max(len(e.Names), len(e.Programmes), len(e.Identifiers), len(e.Born), len(e.Addresses)); {
	case e.ID == "" || strings.TrimSpace(e.ID) != e.ID:
		return "has no id, or one with blanks at its ends"
	case named && len(e.Names) == 0:
		return "has no name"
	case parts > lists.PartsMax:
		return "has too many parts"
	}
	return ""
}
