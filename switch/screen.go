package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/table"
)

// screenCommand screens names against lists in files. It needs no hub.
type screenCommand struct {
	Who []string `arg:"" name:"name|file" help:"Names, or files: a name a line, or CSV: name, born, identifier."`

	List      []string `required:"" placeholder:"LIST" help:"NAME=FORMAT:FILE; files of one name are joined."`
	Threshold int      `default:"7250"                 help:"From which score a name is a hit, of 10000."`
	Born      string   `placeholder:"DATE"             help:"Date of birth of a single name, as 1970-01-02 or 1970."`
	ID        []string `placeholder:"NUMBER"           help:"An identifier of a single name."`
	JSON      bool     `                               help:"Print a JSON list with one object for each name."`
}

// Help teaches what the line above cannot.
func (screenCommand) Help() string {
	return `Every entry with a name like it is told with its score and why: which words agree
and how (equal, spelling, variant, initial, joined, cut), which are left over, and
what birth dates and identifiers changed. Aliases that a list calls weak need more.
At the default threshold about one ordinary name of 200 is a hit on OFAC's SDN list.

Formats: ` + strings.Join(lists.Formats(), ", ") + `.

Exit code: 0 no hit, 1 hits, 2 a wrong command line or an unusable file.

Examples:
  switch screen "Viktor Blocksworth" --list OWN=simple:own.csv
  switch screen customers.csv --list SDN=ofac-sdn:sdn.csv --list SDN=ofac-alt:alt.csv --json
  switch screen "Viktor Blocksworth" --born 1970-01-02 --list UN=un:consolidated.xml.gz`
}

// subject is somebody who is screened.
type subject struct {
	name  string
	facts match.Facts
}

// screened is what was found about one name.
type screened struct {
	Name string          `json:"name"`
	Hits []watchlist.Hit `json:"hits"`
}

// screenMost bounds the entries told of one name; screenFile the bytes of a file
// of names, 100,000 of them with all they may have.
const (
	screenMost = 20
	screenFile = 32 << 20
)

// Run implements the command.
func (c screenCommand) Run() error {
	against, err := c.load()
	if err != nil {
		return unusable(err)
	}
	subjects, err := c.subjects()
	if err != nil {
		return unusable(err)
	}
	policy := match.DefaultPolicy
	policy.Default = c.Threshold
	results := make([]screened, len(subjects))
	hits := 0
	for i, s := range subjects {
		hitsOf := against.Screen(watchlist.Party{Name: s.name, Facts: s.facts}, policy, nil, screenMost)
		results[i] = screened{Name: s.name, Hits: append([]watchlist.Hit{}, hitsOf...)}
		hits += len(results[i].Hits)
	}
	if c.JSON {
		err = printJSON(results)
	} else {
		err = printScreened(os.Stdout, results, hits)
	}
	if err == nil && hits > 0 {
		return &ended{code: exitFindings}
	}
	return err
}

func (c screenCommand) load() (*watchlist.Watchlist, error) {
	if c.Threshold < 1 || c.Threshold > 10_000 {
		return nil, errors.New("--threshold is from 1 to 10000")
	}
	files := map[string][]lists.List{}
	var order []string
	for _, text := range c.List {
		name, rest, okName := strings.Cut(text, "=")
		format, path, okFormat := strings.Cut(rest, ":")
		if !okName || !okFormat || name == "" {
			return nil, fmt.Errorf("--list: %q is not NAME=FORMAT:FILE", text)
		}
		list, err := lists.ReadFile(name, format, path)
		if err != nil {
			return nil, err
		}
		if len(files[name]) == 0 {
			order = append(order, name)
		}
		files[name] = append(files[name], list)
	}
	var all []lists.List
	for _, name := range order {
		list, err := lists.Join(files[name][0], files[name][1:]...)
		if err != nil {
			return nil, err
		}
		all = append(all, list)
	}
	return watchlist.New(all)
}

// subjects are the names of the command line and of its files.
func (c screenCommand) subjects() ([]subject, error) {
	var all []subject
	for _, who := range c.Who {
		_, err := os.Stat(who)
		if err != nil && !looksLikeFile(who) {
			s, err := newSubject(who, c.Born, c.ID...)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
			continue
		}
		if c.Born != "" || len(c.ID) > 0 {
			return nil, errors.New("--born and --id belong to a single name, not to a file")
		}
		read, err := readSubjects(who)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", who, err)
		}
		all = append(all, read...)
	}
	return all, nil
}

// looksLikeFile reports whether a text that names no file was to name one: screened as the
// name of a person it would be no hit, and nobody in the file were screened.
func looksLikeFile(who string) bool {
	return filepath.IsAbs(who) || strings.HasPrefix(who, ".") ||
		slices.Contains([]string{".csv", ".txt", ".tsv", ".xlsx"}, strings.ToLower(filepath.Ext(who)))
}

func newSubject(name, born string, identifiers ...string) (subject, error) {
	s := subject{name: strings.TrimSpace(name)}
	if s.name == "" {
		return s, errors.New("a name is empty")
	}
	if !match.Readable(s.name) {
		return s, fmt.Errorf("%q has letters that nothing here reads, so it can be compared with no list", s.name)
	}
	if born != "" {
		date, ok := match.ParseDate(born)
		if !ok {
			return s, fmt.Errorf("%q is no date of birth", born)
		}
		s.facts.Born = []match.Date{date}
	}
	for _, i := range identifiers {
		if i != "" {
			s.facts.Identifiers = append(s.facts.Identifiers, i)
		}
	}
	return s, nil
}

func readSubjects(path string) ([]subject, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, screenFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > screenFile {
		return nil, fmt.Errorf("larger than %d bytes", screenFile)
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, errors.New("not UTF-8")
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	first, _, _ := bytes.Cut(data, []byte("\n"))
	if columns := columnsOf(string(first)); slices.Contains(columns, "name") {
		return readTable(data, columns)
	}
	var all []subject
	for line := range strings.Lines(string(data)) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		s, err := newSubject(line, "")
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, errors.New("no names in it")
	}
	return all, nil
}

// columnsOf are the words of a header, however it is written.
func columnsOf(header string) []string {
	columns := strings.Split(strings.ToLower(header), ",")
	for i, name := range columns {
		columns[i] = strings.Trim(strings.TrimSpace(name), `"`)
	}
	return columns
}

// readTable reads CSV. A column that is not known is refused: what was to clear or find
// somebody would go unread.
func readTable(data []byte, columns []string) ([]subject, error) {
	place := map[string]int{}
	for i, name := range columns {
		if !slices.Contains([]string{"name", "born", "identifier"}, name) {
			return nil, fmt.Errorf("column %q is none of name, born, identifier", name)
		}
		if _, twice := place[name]; twice {
			return nil, fmt.Errorf("column %s stands twice", name)
		}
		place[name] = i
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 1 {
		return nil, errors.New("no names in it")
	}
	var all []subject
	for i, row := range rows[1:] {
		get := func(name string) string {
			if at, ok := place[name]; ok {
				return strings.TrimSpace(row[at])
			}
			return ""
		}
		s, err := newSubject(get("name"), get("born"), get("identifier"))
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+2, err)
		}
		all = append(all, s)
	}
	return all, nil
}

func printScreened(to io.Writer, results []screened, hits int) error {
	var rows [][]string
	for _, r := range results {
		for _, h := range r.Hits {
			rows = append(rows, []string{
				r.Name, strconv.Itoa(h.Score), h.List, h.Entry, string(h.Kind), h.Listed, why(h),
			})
		}
	}
	if len(rows) > 0 {
		header := []string{"name", "score", "list", "entry", "kind", "listed name", "why"}
		if err := table.Write(to, "", header, rows, 1); err != nil {
			return err
		}
		fmt.Fprintln(to)
	}
	_, err := fmt.Fprintf(to, "%d names screened, %d hits\n", len(results), hits)
	return err
}

// why tells an explanation in a line: "WIKTOR~VIKTOR 92%, +ANATOL".
func why(h watchlist.Hit) string {
	var parts []string
	for _, p := range h.Words {
		switch p.How {
		case "only-query":
			parts = append(parts, "-"+p.Query)
		case "only-listed":
			parts = append(parts, "+"+p.Listed)
		case "equal":
			parts = append(parts, p.Query)
		default:
			parts = append(parts, fmt.Sprintf("%s~%s %s %d%%", p.Query, p.Listed, p.How, p.Similarity/100))
		}
	}
	for _, r := range h.Reasons {
		parts = append(parts, fmt.Sprintf("%s %+d", r.What, r.Change))
	}
	return strings.Join(parts, ", ")
}
