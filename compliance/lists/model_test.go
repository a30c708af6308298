package lists_test

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/lists"
)

// said is what rows of an own list say of one entry, in the order in which they say it.
type said struct {
	kind                        string
	names                       []string
	qualities                   map[string]string
	programmes, identifiers, at []string
}

// tell adds what a row says: the columns are id, name, quality, kind, programme, identifier
// and country.
func (s *said) tell(row []string) {
	once := func(to *[]string, text string) {
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(*to, text) {
			*to = append(*to, text)
		}
	}
	if s.kind == "" {
		s.kind = row[3]
	}
	once(&s.names, row[1])
	once(&s.programmes, row[4])
	once(&s.identifiers, row[5])
	once(&s.at, row[6])
	name, order := strings.TrimSpace(row[1]), []string{"weak", "strong", "primary"}
	if name == "" {
		return
	}
	quality := row[2]
	if quality == "" {
		quality = "strong"
	}
	if was, known := s.qualities[name]; !known || slices.Index(order, quality) > slices.Index(order, was) {
		s.qualities[name] = quality
	}
}

// drawRows draws rows of few ids with few values, so that they meet.
func drawRows(t *rapid.T) [][]string {
	of := func(values ...string) *rapid.Generator[string] { return rapid.SampledFrom(values) }
	row := rapid.Custom(func(t *rapid.T) []string {
		return []string{
			of("1", "2", "10").Draw(t, "id"), of("Viktor", " Viktor", "Vik", "Wiktor, B.", "").Draw(t, "name"),
			of("", "primary", "strong", "weak").Draw(t, "quality"), of("", "person", "entity").Draw(t, "kind"),
			of("", "A", "B").Draw(t, "programme"), of("", "P12345", "P\"7\"").Draw(t, "identifier"), of("", "Nowhere").Draw(t, "country"),
		}
	})
	return rapid.SliceOfN(row, 0, 12).Draw(t, "rows")
}

// TestRowsAddUp: an own list is what its rows say, by a model that keeps each entry as
// lists of texts.
func TestRowsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, want, order := drawRows(t), map[string]*said{}, []string{}
		for _, row := range rows {
			if want[row[0]] == nil {
				want[row[0]] = &said{qualities: map[string]string{}}
				order = append(order, row[0])
			}
			want[row[0]].tell(row)
		}
		good := len(rows) > 0
		for _, s := range want {
			good = good && len(s.names) > 0
		}
		var text strings.Builder
		writer := csv.NewWriter(&text)
		if err := writer.WriteAll(append([][]string{{"id", "name", "quality", "kind", "programme", "identifier", "country"}}, rows...)); err != nil {
			t.Fatal(err)
		}
		list, err := lists.Read("X", lists.FormatSimple, strings.NewReader(text.String()))
		if !good {
			if !errors.Is(err, lists.ErrList) {
				t.Fatalf("%d entries, %v", list.Entries.Len(), err)
			}
			return
		}
		if err != nil || list.Entries.Len() != len(order) {
			t.Fatalf("%d entries, %v", list.Entries.Len(), err)
		}
		for i, id := range order {
			if diff := cmp.Diff(want[id], retold(list.Entries.At(i)), cmp.AllowUnexported(said{})); diff != "" || list.Entries.At(i).ID != id {
				t.Fatalf("%s: %s", id, diff)
			}
		}
	})
}

// retold is an entry as the model keeps it.
func retold(e lists.Entry) *said {
	s := &said{kind: string(e.Kind), programmes: e.Programmes, qualities: map[string]string{}}
	for _, n := range e.Names {
		s.names = append(s.names, n.Text)
		s.qualities[n.Text] = string(n.Quality)
	}
	for _, i := range e.Identifiers {
		s.identifiers = append(s.identifiers, i.Value)
	}
	for _, a := range e.Addresses {
		s.at = append(s.at, a.Country)
	}
	return s
}
