package bench

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/causeway-pay/causeway/compliance/lists"
)

// namesWanted is how many names all lists together have: what the lists of OFAC, the
// UN, the EU and the UK had in 2026.
const namesWanted = 69_000

// published are files of authorities by the beginning of their names, the newest of
// which sorts last. A file of aliases belongs to the main file of its list that was
// published with it.
var published = []struct{ list, pattern, format string }{
	{"OFAC", "ofac_sdn_2*", lists.FormatOFAC},
	{"OFAC", "ofac_alt_2*", lists.FormatOFACAliases},
	{"OFAC-CONSOLIDATED", "ofac_consolidated_*", lists.FormatOFACXML},
	{"UN", "un_consolidated_*", lists.FormatUN},
	{"EU", "eu_fsf_csv_*", lists.FormatEUCSV},
	{"UK", "uk_hmt_*", lists.FormatUK},
}

// sanctions are the lists of a run.
type sanctions struct {
	config []any // for the hub
	// Real and Made are names from authorities' files and names that were made up so
	// that there are namesWanted.
	Real int `json:"real"`
	Made int `json:"made"`
}

// prepareLists finds the authorities' lists in a folder, which may be empty, and
// makes up what is missing.
func prepareLists(folder, made string) (sanctions, error) {
	var s sanctions
	joined := map[string]lists.List{}
	for _, p := range published {
		files, err := matching(folder, p.pattern)
		if err != nil {
			return s, err
		}
		for _, path := range files {
			list, err := lists.ReadFile(p.list, p.format, path)
			if main, known := joined[p.list]; err == nil && known {
				list, err = lists.Join(main, list)
			}
			if err != nil {
				continue // of another time than the main file, or of another edition
			}
			joined[p.list] = list
			s.config = append(s.config, map[string]any{"name": p.list, "format": p.format, "file": path})
			break
		}
	}
	for _, list := range joined {
		s.Real += namesOf(list)
	}
	if folder != "" && s.Real == 0 {
		return s, errors.New("bench: no list of an authority in " + folder)
	}
	s.Made = max(0, namesWanted-s.Real)
	if err := writeNames(made, max(1, s.Made)); err != nil {
		return s, err
	}
	s.config = append(s.config, map[string]any{"name": "MADE-UP", "format": lists.FormatSimple, "file": made})
	return s, nil
}

// matching are files in a folder by a pattern, the newest first.
func matching(folder, pattern string) ([]string, error) {
	if folder == "" {
		return nil, nil
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("bench: lists: %w", err)
	}
	found, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil {
		return nil, fmt.Errorf("bench: lists: %w", err)
	}
	slices.Sort(found)
	slices.Reverse(found)
	return found, nil
}

func namesOf(list lists.List) int {
	names := 0
	for _, entry := range list.Entries.All() {
		names += len(entry.Names)
	}
	return names
}

// writeNames makes up names, which are like those of authorities in what screening
// costs: some three words each, one in five of them another, most of these once.
func writeNames(path string, count int) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("bench: lists: %w", err)
	}
	writer, random, words := csv.NewWriter(file), rand.New(rand.NewPCG(1, 3)), madeWords()
	err = writer.Write([]string{"id", "name"})
	for i := range count {
		err = errors.Join(err, writer.Write([]string{"M-" + strconv.Itoa(i), madeName(random, words)}))
	}
	writer.Flush()
	if err = errors.Join(err, writer.Error(), file.Close()); err != nil {
		return fmt.Errorf("bench: lists: %w", err)
	}
	return nil
}

var (
	openings = []string{
		"b", "br", "d", "dr", "f", "g", "gr", "k", "kh", "l", "m", "n", "p", "r", "s", "sh", "t", "v", "z", "zh",
	}
	vowels   = []string{"a", "e", "i", "o", "u", "ai", "ou"}
	closings = []string{"", "n", "r", "l", "d", "k", "m", "v"}
)

// wordsMade is how many words there are to make names of; wordsBent bends chances
// towards the first, as some names of people are frequent everywhere.
const (
	wordsMade = 100_000
	wordsBent = 8.0
)

func madeWords() []string {
	words, random := make([]string, wordsMade), rand.New(rand.NewPCG(1, 5))
	of := func(parts []string) string { return parts[random.IntN(len(parts))] }
	for i := range words {
		for range 2 + random.IntN(2) {
			words[i] += of(openings) + of(vowels) + of(closings)
		}
	}
	return words
}

func madeName(random *rand.Rand, words []string) string {
	name := ""
	for word := range 2 + random.IntN(4) {
		if word > 0 {
			name += " "
		}
		name += words[int(wordsMade*math.Pow(random.Float64(), wordsBent))]
	}
	return name
}
