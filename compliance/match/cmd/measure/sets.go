package main

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
)

// sample is a name that must lead to an entry, and the class of its difference.
type sample struct {
	class, name, entry string
}

// pair is two names of which somebody said whether they are one.
type pair struct {
	name, listed string
	same         bool
}

type pairSet struct {
	name  string
	pairs []pair
}

type namedList struct {
	name  string
	names []match.Name
}

// sets is everything that is measured with.
type sets struct {
	lists    []namedList
	ordinary []string
	pairs    []pairSet
}

//go:embed data/*.csv
var invented embed.FS

// source is a published list: the files that go together, with their formats.
type source struct {
	name  string
	files [][2]string
}

var sources = []source{
	{"OFAC SDN", [][2]string{
		{"ofac_sdn_20231228.csv.gz", lists.FormatOFAC}, {"ofac_alt_20240108.csv.gz", lists.FormatOFACAliases},
	}},
	{"OFAC Consolidated", [][2]string{{"ofac_consolidated_20240506.xml.gz", lists.FormatOFACXML}}},
	{"UN", [][2]string{{"un_consolidated_20260227.xml.gz", lists.FormatUN}}},
	{"UK", [][2]string{{"uk_hmt_conlist_20180413.csv.gz", lists.FormatUK}}},
}

// table is a published list in a table of its own: a file and the columns of the
// identifier, the name and the aliases, which ";" parts. Rows are left out when
// the column except begins with the text there.
type table struct{ name, file, id, title, aliases, except, begins string }

var tables = []table{
	{name: "EU", file: "eu_oj_consolidated_20260819.csv.gz", id: "recordId", title: "name", aliases: "alias"},
	// SDN is in it once more.
	{name: "US CSL", file: "us_csl_202204.csv.gz", id: "_id", title: "name", aliases: "alt_names", except: "source",
		begins: "Specially Designated Nationals"},
}

// load reads the sets in a folder, or the invented ones; other ordinary names
// when they are given.
func load(folder, ordinary string) (s sets, err error) {
	if folder == "" {
		s, err = loadInvented()
	} else {
		s, err = loadPublished(folder)
	}
	if err != nil || ordinary == "" {
		return s, err
	}
	rows, err := readCSV(os.DirFS(filepath.Dir(ordinary)), filepath.Base(ordinary))
	s.ordinary = firstColumn(rows)
	return s, err
}

func loadPublished(folder string) (sets, error) {
	var s sets
	for _, source := range sources {
		list, err := source.read(filepath.Join(folder, "sanctions"))
		if err != nil {
			return s, err
		}
		s.lists = append(s.lists, namedList{source.name, strong(list.Names())})
	}
	for _, t := range tables {
		listed, err := t.read(filepath.Join(folder, "sanctions", t.file))
		if err != nil {
			return s, err
		}
		s.lists = append(s.lists, namedList{t.name, listed})
	}
	names := os.DirFS(filepath.Join(folder, "names"))
	rows, err := readCSV(names, "clean_names_dev.csv")
	if err != nil {
		return s, err
	}
	s.ordinary = firstColumn(rows)
	for _, file := range []string{"nomenklatura_name_bench.csv", "watchman_cross_script.csv"} {
		p, err := readPairs(names, file)
		if err != nil {
			return s, err
		}
		s.pairs = append(s.pairs, pairSet{strings.TrimSuffix(file, ".csv"), p})
	}
	return s, nil
}

func (s source) read(folder string) (lists.List, error) {
	var all []lists.List
	for _, file := range s.files {
		list, err := lists.ReadFile(s.name, file[1], filepath.Join(folder, file[0]))
		if err != nil {
			return lists.List{}, err
		}
		all = append(all, list)
	}
	return lists.Join(all[0], all[1:]...)
}

func (t table) read(path string) ([]match.Name, error) {
	rows, err := readCompressed(path)
	if err != nil || len(rows) == 0 {
		return nil, errors.Join(err, errors.New("no table in "+path))
	}
	for _, column := range []string{t.id, t.title, t.aliases, t.except} {
		if column != "" && !slices.Contains(rows[0], column) {
			return nil, fmt.Errorf("%s has no column %s", path, column)
		}
	}
	at := func(row []string, column string) string { return row[slices.Index(rows[0], column)] }
	var names []match.Name
	for _, row := range rows[1:] {
		if t.except != "" && strings.HasPrefix(at(row, t.except), t.begins) {
			continue
		}
		for text := range strings.SplitSeq(at(row, t.title)+";"+at(row, t.aliases), ";") {
			if text = strings.TrimSpace(text); text != "" {
				names = append(names, match.Name{List: t.name, Entry: at(row, t.id), Text: text})
			}
		}
	}
	return names, nil
}

func readCompressed(path string) ([][]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	return csv.NewReader(plain).ReadAll()
}

// halve keeps the samples of one half of the entries.
func halve(samples []sample, half string) []sample {
	if half == "" {
		return samples
	}
	return slices.DeleteFunc(samples, func(s sample) bool {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(s.entry))
		return hash.Sum32()%2 == 0 == (half == "second")
	})
}

// strong leaves out the aliases that a list itself calls weak: nobody is asked
// to find them.
func strong(names []match.Name) []match.Name {
	return slices.DeleteFunc(names, func(n match.Name) bool { return n.Weak })
}

func loadInvented() (sets, error) {
	var s sets
	listed, err := readCSV(invented, "data/listed.csv")
	if err != nil {
		return s, err
	}
	list := namedList{name: "invented"}
	for _, row := range listed {
		list.names = append(list.names, match.Name{List: "OWN", Entry: row[0], Text: row[1]})
	}
	s.lists = []namedList{list}
	ordinary, err := readCSV(invented, "data/ordinary.csv")
	if err != nil {
		return s, err
	}
	s.ordinary = firstColumn(ordinary)
	pairs, err := readPairs(invented, "data/pairs.csv")
	s.pairs = []pairSet{{"invented pairs", pairs}}
	return s, err
}

func readCSV(folder fs.FS, path string) ([][]string, error) {
	data, err := fs.ReadFile(folder, path)
	if err != nil {
		return nil, err
	}
	rows := csv.NewReader(bytes.NewReader(data))
	rows.FieldsPerRecord = -1
	return rows.ReadAll()
}

// firstColumn leaves the header out.
func firstColumn(rows [][]string) []string {
	var names []string
	for _, row := range rows[min(1, len(rows)):] {
		names = append(names, row[0])
	}
	return names
}

func readPairs(folder fs.FS, path string) ([]pair, error) {
	rows, err := readCSV(folder, path)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("no pairs in " + path)
	}
	var pairs []pair
	for _, row := range rows[1:] {
		if len(row) < 3 {
			return nil, fmt.Errorf("%s: a row has %d columns", path, len(row))
		}
		pairs = append(pairs, pair{row[0], row[1], row[2] == "match"})
	}
	return pairs, nil
}

// holdOut takes aliases out of the names: at most one of an entry, and only such
// as resemble a name that stays (an alias of another word altogether no matcher
// can find).
func holdOut(names []match.Name, count int, random *dice) (rest []match.Name, held []sample) {
	byEntry := map[string][]int{}
	for i, n := range names {
		byEntry[n.Entry] = append(byEntry[n.Entry], i)
	}
	out := map[int]bool{}
	for _, i := range random.Perm(len(names)) {
		if len(held) == count {
			break
		}
		group := byEntry[names[i].Entry]
		if len(group) < 2 || i == group[0] || slices.ContainsFunc(group, func(j int) bool { return out[j] }) {
			continue
		}
		best := 0.0
		same := false
		for _, j := range group {
			if j != i {
				best = max(best, resemblance(names[i].Text, names[j].Text))
				same = same || key(names[i].Text) == key(names[j].Text)
			}
		}
		if best < 0.7 || same {
			continue
		}
		out[i] = true
		held = append(held, sample{band(best), names[i].Text, names[i].Entry})
	}
	for i, n := range names {
		if !out[i] {
			rest = append(rest, n)
		}
	}
	return rest, held
}

func band(resemblance float64) string {
	switch {
	case resemblance < 0.8:
		return "resembles 0.70-0.80"
	case resemblance < 0.9:
		return "resembles 0.80-0.90"
	}
	return "resembles 0.90-1.00"
}

func key(name string) string {
	words := plainWords(name)
	slices.Sort(words)
	return strings.Join(words, " ")
}

func plainWords(name string) []string {
	return strings.FieldsFunc(strings.ToUpper(strings.ReplaceAll(name, "'", "")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// resemblance is a plain measure that owes nothing to the matcher: one minus
// the edit distance of the names with their words sorted, over their length.
func resemblance(a, b string) float64 {
	x, y := []rune(key(a)), []rune(key(b))
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return 1 - float64(row[len(y)])/float64(max(len(x), len(y), 1))
}
