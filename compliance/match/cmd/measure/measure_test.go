package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestInventedSets: the table is printed for the sets that are always at hand,
// and what it says is no worse than what was published.
func TestInventedSets(t *testing.T) {
	var out strings.Builder
	if err := run(&out, options{seed: 1, held: 600}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"held-out aliases", "mechanical variants", "first letter changed", "best F1", "p99"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	s, err := load("", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.ordinary) < 800 || len(s.lists[0].names) < 500 {
		t.Errorf("%d ordinary, %d listed names", len(s.ordinary), len(s.lists[0].names))
	}
}

// TestHalvesAreApart: each sample is in one half, by its entry.
func TestHalvesAreApart(t *testing.T) {
	samples := []sample{{entry: "1"}, {entry: "2"}, {entry: "3"}, {entry: "4"}, {entry: "1"}}
	first, second := halve(slices.Clone(samples), "first"), halve(slices.Clone(samples), "second")
	if len(first)+len(second) != len(samples) || len(first) == 0 || len(second) == 0 {
		t.Fatalf("%v and %v", first, second)
	}
	for _, s := range first {
		if slices.Contains(second, s) {
			t.Errorf("%v is in both", s)
		}
	}
}

// TestBrute: the search finds what a comparison with every name finds.
func TestBrute(t *testing.T) {
	var out strings.Builder
	if err := run(&out, options{seed: 2, held: 10, brute: 200, half: "second", misses: true}); err != nil {
		t.Fatal(err, out.String())
	}
	if !strings.Contains(out.String(), "200 names") || !strings.Contains(out.String(), " 0 names differ") {
		t.Error(out.String())
	}
}

func TestOwnOrdinaryNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "customers.csv")
	if err := os.WriteFile(path, []byte("name\nAda Lovell\nGrace Hopwell\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := load("", path)
	if err != nil || len(s.ordinary) != 2 {
		t.Errorf("%v, %v", s.ordinary, err)
	}
	if _, err := load("", path+"x"); err == nil {
		t.Error("no file is read")
	}
}

// TestTable: a table is read by its columns, without the rows that are excepted.
func TestTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.csv.gz")
	var data bytes.Buffer
	zip := gzip.NewWriter(&data)
	_, _ = zip.Write([]byte("id,source,name,alias\n1,Own,Zarya,Zarja; Saria\n2,Other list,Nemo,\n"))
	if err := errors.Join(zip.Close(), os.WriteFile(path, data.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	names, err := table{name: "T", id: "id", title: "name", aliases: "alias", except: "source", begins: "Other"}.read(path)
	if err != nil || len(names) != 3 || names[2].Text != "Saria" || names[2].Entry != "1" {
		t.Errorf("%v, %v", names, err)
	}
}

func TestMissingFolder(t *testing.T) {
	if err := run(&strings.Builder{}, options{data: t.TempDir()}); err == nil {
		t.Error("measured nothing")
	}
}

func TestResemblance(t *testing.T) {
	cases := []struct {
		a, b string
		want float64
	}{{"A B", "b a", 1}, {"ABCD", "ABCE", 0.75}, {"", "A", 0}}
	for _, c := range cases {
		if got := resemblance(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %v", c.a, c.b, got)
		}
	}
}
