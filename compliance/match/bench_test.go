package match_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/causeway-pay/causeway/compliance/match"
)

// ordinary returns names that nobody listed has.
func ordinary(t testing.TB) []match.Name {
	path := filepath.Join("..", "..", "..", "shared", "data", "names", "clean_names_dev.csv")
	if _, err := os.Stat(path); err == nil {
		return readNames(t, path, 0)
	}
	return readNames(t, filepath.Join("cmd", "measure", "data", "ordinary.csv"), 0)
}

// BenchmarkKnown is a search whose words were asked for before.
func BenchmarkKnown(b *testing.B) {
	x := match.NewIndex(listed(b))
	names := ordinary(b)
	for _, n := range names {
		x.Search(n.Text, 7_700, 10)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		x.Search(names[i%len(names)].Text, 7_700, 10)
	}
}

// BenchmarkNew is a search whose words were never asked for.
func BenchmarkNew(b *testing.B) {
	list, names := listed(b), ordinary(b)
	x := match.NewIndex(list)
	for i := 0; b.Loop(); i++ {
		if i%len(names) == 0 {
			b.StopTimer()
			x.Forget()
			b.StartTimer()
		}
		x.Search(names[i%len(names)].Text, 7_700, 10)
	}
}

// BenchmarkIndex builds the index.
func BenchmarkIndex(b *testing.B) {
	list := listed(b)
	b.ReportAllocs()
	for b.Loop() {
		match.NewIndex(list)
	}
}
