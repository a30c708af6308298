package match_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/compliance/match"
)

// readNames reads a CSV file whose first column is the entry.
func readNames(t testing.TB, path string, column int) []match.Name {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var reader io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if reader, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	rows := csv.NewReader(reader)
	rows.FieldsPerRecord, rows.LazyQuotes = -1, true
	var names []match.Name
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(row) > column {
			names = append(names, match.Name{List: "LIST", Entry: row[0], Text: row[column]})
		}
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
