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

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

func zipped(t *testing.T, text string) string {
	t.Helper()
	var data bytes.Buffer
	zip := gzip.NewWriter(&data)
	_, err := zip.Write([]byte(text))
	if err := errors.Join(err, zip.Close()); err != nil {
		t.Fatal(err)
	}
	return data.String()
}

// published are the files of a folder of lists and names, each as its source writes it.
func published(t *testing.T) map[string]string {
	sdnRow := `,individual,"TEST",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0-` + "\n"
	return map[string]string{
		"sanctions/ofac_sdn_20231228.csv.gz": zipped(t, `101,"BLOCKSWORTH, Viktor"`+sdnRow+`102,"LOVELL, Ada"`+sdnRow),
		"sanctions/ofac_alt_20240108.csv.gz": zipped(t, `101,1,"aka","BLOCKSWORTH, Wiktor",-0- `+"\n"),
		"sanctions/ofac_consolidated_20240506.xml.gz": zipped(t, `<sdnList><sdnEntry><uid>1</uid><lastName>TOMAKI</lastName>`+
			`<sdnType>Entity</sdnType><akaList><aka><uid>2</uid><type>a.k.a.</type><category>weak</category><lastName>TOM</lastName></aka>`+
			`<aka><uid>3</uid><type>a.k.a.</type><category>strong</category><lastName>TOMAKO</lastName></aka></akaList></sdnEntry></sdnList>`),
		"sanctions/un_consolidated_20260227.xml.gz": zipped(t,
			`<CONSOLIDATED_LIST><ENTITY><DATAID>2</DATAID><FIRST_NAME>DOCKSIDE</FIRST_NAME></ENTITY></CONSOLIDATED_LIST>`),
		"sanctions/uk_hmt_conlist_20180413.csv.gz": zipped(t, "Last Updated,13/04/2018,,,,,,,,,\n"+
			"Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,DOB,Group Type,Alias Type,Regime,Group ID\n"+
			"HARGREAVE,Otto,,,,,,Individual,AKA,Test,77\n"),
		"sanctions/eu_oj_consolidated_20260819.csv.gz": zipped(t, "recordId,name,alias\n5,Zarya,Zarja;Saria\n"),
		"sanctions/us_csl_202204.csv.gz": zipped(t,
			"_id,source,name,alt_names\n1,Entity List (EL),Nemo,\n2,Specially Designated Nationals (SDN),Blocksworth,\n"),
		"names/clean_names_dev.csv":           "name\nAnna Brown\nOtto Weiss\n",
		"names/nomenklatura_name_bench.csv":   "query,listed,expected\nAda,Ada,match\n",
		"names/watchman_cross_script.csv":     "query,listed,expected\nАда,Ada,match\nАда,Otto,nomatch\n",
		"sanctions/of_no_source.csv.gz":       "no list",
		"names/of_no_source_that_is_read.csv": "",
	}
}

func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for path, text := range files {
		path = filepath.Join(folder, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// TestPublishedSets: each list of a folder has the names of its files, without weak aliases
// and what another list has, and everything is measured with them.
func TestPublishedSets(t *testing.T) {
	folder := folderOf(t, published(t))
	s, err := load(folder, "")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, list := range s.lists {
		for _, n := range list.names {
			got[list.name] = append(got[list.name], n.Entry+" "+n.Text)
		}
	}
	want := map[string][]string{
		"OFAC SDN": {"101 BLOCKSWORTH, Viktor", "101 BLOCKSWORTH, Wiktor", "102 LOVELL, Ada"}, "UN": {"2 DOCKSIDE"},
		"OFAC Consolidated": {"1 TOMAKI", "1 TOMAKO"}, "UK": {"77 Otto HARGREAVE"}, "EU": {"5 Zarya", "5 Zarja", "5 Saria"},
		"US CSL": {"1 Nemo"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(s.ordinary, []string{"Anna Brown", "Otto Weiss"}) || len(s.pairs) != 2 || len(s.pairs[1].pairs) != 2 ||
		s.pairs[1].pairs[1].same || !s.pairs[1].pairs[0].same || s.pairs[0].name != "nomenklatura_name_bench" {
		t.Errorf("%v, %v", s.ordinary, s.pairs)
	}
	var out strings.Builder
	if err := run(&out, options{data: folder, seed: 1, held: 10, brute: 20}); err != nil {
		t.Fatal(err)
	}
	for list := range want {
		if !strings.Contains(out.String(), "\n"+list+": ") {
			t.Errorf("%s is not measured in\n%s", list, out.String())
		}
	}
}

// TestMissingFiles: without any one of the files nothing is measured, nor with one that is
// broken.
func TestMissingFiles(t *testing.T) {
	files := published(t)
	for path := range files {
		if strings.Contains(path, "of_no_source") {
			continue
		}
		for _, broken := range []string{"", "\"\n\x00", "missing"} {
			others := map[string]string{}
			for other, text := range files {
				if other != path {
					others[other] = text
				} else if broken != "missing" {
					others[other] = broken
				}
			}
			if broken == "" && strings.HasSuffix(path, "clean_names_dev.csv") {
				// Nobody is ordinary: the file is whole.
				continue
			}
			if _, err := load(folderOf(t, others), ""); err == nil {
				t.Errorf("read %s as %q", path, broken)
			}
		}
	}
}

// TestTableWithoutItsColumns: a table of other columns is no list.
func TestTableWithoutItsColumns(t *testing.T) {
	for _, header := range []string{"recordId,name", "name,alias", "recordId,alias", "recordId,name,alias"} {
		folder := folderOf(t, map[string]string{"eu.csv.gz": zipped(t, header+"\n1,2\n")})
		if names, err := tables[0].read(filepath.Join(folder, "eu.csv.gz")); err == nil {
			t.Errorf("%s: %v", header, names)
		}
	}
}

// TestReadPairs is a row for each form of a file of pairs.
func TestReadPairs(t *testing.T) {
	for text, want := range map[string]int{
		"a,b,c\n": 0, "a,b,c\nx,y,match\nx,z,no match\n": 2, "a,b,c\nx,y,match,remark\n": 1, "": -1, "a,b,c\nx,y\n": -1, "a,\"b\n": -1,
	} {
		folder := folderOf(t, map[string]string{"pairs.csv": text})
		pairs, err := readPairs(os.DirFS(folder), "pairs.csv")
		if (err != nil) != (want < 0) || err == nil && len(pairs) != want {
			t.Errorf("%q: %v, %v", text, pairs, err)
		}
	}
}

func drawListed(t *rapid.T) []match.Name {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) match.Name {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"Viktor", "Wiktor", "Blocksworth", "Bloksworth", "Ada", "B"}), 1, 3)
		return match.Name{
			Entry: rapid.StringMatching("[1-5]").Draw(t, "entry"), Text: strings.Join(words.Draw(t, "words"), " "),
		}
	}), 0, 25).Draw(t, "names")
}

// TestHoldOut: what is held out and what stays are all names there are; of an entry at most
// one goes, never its first, and only such that resembles one that stays and has other words.
func TestHoldOut(t *testing.T) {
	gone := 0
	rapid.Check(t, func(t *rapid.T) {
		names := drawListed(t)
		before := slices.Clone(names)
		count := rapid.IntRange(0, 6).Draw(t, "count")
		rest, held := holdOut(names, count, &dice{state: rapid.Uint64().Draw(t, "seed")})
		if !slices.Equal(names, before) || len(held) > count || len(rest)+len(held) != len(names) {
			t.Fatalf("%d of %v are held out, %d stay", len(held), names, len(rest))
		}
		gone += len(held)
		entries := map[string]bool{}
		for _, s := range held {
			if entries[s.entry] {
				t.Fatalf("two names of %s are held out: %v", s.entry, held)
			}
			entries[s.entry] = true
			best := 0.0
			for _, n := range rest {
				if n.Entry == s.entry {
					best = max(best, resemblance(n.Text, s.name))
					if key(n.Text) == key(s.name) {
						t.Fatalf("%q is held out, and listed as %q", s.name, n.Text)
					}
				}
			}
			if best < 0.7 || s.class != band(best) {
				t.Fatalf("%q of %s resembles what stays by %f: %s", s.name, s.entry, best, s.class)
			}
		}
		for i, n := range names {
			first := slices.IndexFunc(names, func(o match.Name) bool { return o.Entry == n.Entry }) == i
			if first && !slices.Contains(rest, n) {
				t.Fatalf("the first name of %s is held out", n.Entry)
			}
		}
	})
	if gone == 0 && !testing.Short() {
		t.Error("nothing was held out")
	}
}

// TestBand is a row for each edge of the bands.
func TestBand(t *testing.T) {
	for resembles, want := range map[float64]string{
		0.7: "resembles 0.70-0.80", 0.7999: "resembles 0.70-0.80", 0.8: "resembles 0.80-0.90", 0.8999: "resembles 0.80-0.90",
		0.9: "resembles 0.90-1.00", 1: "resembles 0.90-1.00",
	} {
		if got := band(resembles); got != want {
			t.Errorf("%f: %s", resembles, got)
		}
	}
}

// TestResemblanceIsAMeasure: it is the same there as back, between nothing and one, and one
// for the same words in any order only.
func TestResemblanceIsAMeasure(t *testing.T) {
	name := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.StringMatching("[A-Cab'É]{1,4}"), 0, 3).Draw(t, "words"), rapid.SampledFrom([]string{" ", "-", ", "}).Draw(t, "between"))
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := name.Draw(t, "a"), name.Draw(t, "b")
		there, back := resemblance(a, b), resemblance(b, a)
		if there != back || there < 0 || there > 1 || (there == 1) != (key(a) == key(b)) {
			t.Fatalf("%q and %q resemble by %f, back %f; %q, %q", a, b, there, back, key(a), key(b))
		}
	})
}

// TestPlainWords is a row for what parts words and what does not.
func TestPlainWords(t *testing.T) {
	for name, want := range map[string][]string{
		"O'Hara, Ada-Marie": {"OHARA", "ADA", "MARIE"}, "Виктор 7": {"ВИКТОР", "7"}, " .": {}, "": {}, "A.B.": {"A", "B"},
	} {
		if got := plainWords(name); !slices.Equal(got, want) {
			t.Errorf("%q: %q", name, got)
		}
	}
}

// TestStrong: weak aliases are left out, and the others keep their order.
func TestStrong(t *testing.T) {
	got := strong([]match.Name{{Text: "a"}, {Text: "b", Weak: true}, {Text: "c"}, {Text: "d", Weak: true}})
	if len(got) != 2 || got[0].Text != "a" || got[1].Text != "c" {
		t.Errorf("%v", got)
	}
}
