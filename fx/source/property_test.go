package source_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/source"
	"github.com/causeway-pay/causeway/money"
)

// table draws rates as a provider has them, per some unit, with the text of each
// cell.
func table(t *rapid.T) (rows [][]string, want []fx.Reference) {
	units := map[string]uint8{"1": 0, "10": 1, "100": 2, "1000": 3, "10000": 4}
	currencies := money.Currencies()
	for range rapid.IntRange(1, 20).Draw(t, "rows") {
		pair := rapid.SliceOfNDistinct(rapid.SampledFrom(currencies), 2, 2, rapid.ID).Draw(t, "pair")
		unit := rapid.SampledFrom([]string{"1", "10", "100", "1000", "10000"}).Draw(t, "unit")
		mid := money.Rate{Base: pair[0], Quote: pair[1], Mantissa: 10*rapid.Int64Range(10, 1e15).Draw(t, "rate") + 1,
			Scale: uint8(rapid.IntRange(0, 14).Draw(t, "scale"))}
		bid, ask := mid, mid
		bid.Mantissa, ask.Mantissa = mid.Mantissa-10, mid.Mantissa+10
		at := time.Unix(rapid.Int64Range(1, 1<<33-1).Draw(t, "at"), 0).UTC()
		when := rapid.SampledFrom([]string{fmt.Sprint(at.Unix()), at.Format(time.RFC3339), at.In(time.FixedZone("", 3600)).Format(time.RFC3339)}).Draw(t, "as")
		rows = append(rows, []string{string(pair[0]), string(pair[1]), mid.Decimal(), bid.Decimal(), ask.Decimal(), when, unit})
		r := fx.Reference{Rate: mid, Bid: bid, Ask: ask, ObservedAt: at, Source: "BANK"}
		for _, rate := range []*money.Rate{&r.Rate, &r.Bid, &r.Ask} {
			rate.Scale += units[unit]
		}
		want = append(want, r)
	}
	return rows, want
}

var names = []string{"a", "b", "mid", "bid", "ask", "at", "unit"}

// The same table comes back from CSV and from JSON, to the last digit, whatever
// the order of its columns.
func TestTablesComeBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rows, want := table(r)
		order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6}).Draw(r, "order")
		var text bytes.Buffer
		lines := csv.NewWriter(&text)
		write := func(cells []string) {
			shuffled := make([]string, len(cells))
			for i, column := range order {
				shuffled[i] = cells[column]
			}
			if err := lines.Write(shuffled); err != nil {
				r.Fatal(err)
			}
		}
		write(names)
		var objects []map[string]any
		for _, row := range rows {
			write(row)
			object := map[string]any{}
			for i, cell := range row {
				object[names[i]] = cell
				// Numbers may stand without quotes.
				if i >= 2 && i <= 4 && rapid.Bool().Draw(r, "number") {
					object[names[i]] = json.Number(cell)
				}
			}
			objects = append(objects, object)
		}
		lines.Flush()
		document, err := json.Marshal(map[string]any{"result": map[string]any{"list": objects}})
		if err != nil {
			r.Fatal(err)
		}
		columns := source.Columns{Base: "a", Quote: "b", Mid: "mid", Bid: "bid", Ask: "ask", ObservedAt: "at", Unit: "unit"}
		for format, body := range map[source.Format]string{source.CSV: text.String(), source.JSON: string(document)} {
			_, file := published(t, body)
			s, err := source.New(source.Config{Name: "BANK", Format: format, File: file, Columns: columns, Rows: "result.list"}, nil)
			if err != nil {
				r.Fatal(err)
			}
			got, err := s.Fetch(t.Context())
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				r.Fatalf("%s: %v\n%s", format, err, diff)
			}
		}
	})
}
