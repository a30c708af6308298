package lists_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
)

// published returns the path of a published list, or skips the test where it is
// not at hand.
func published(t *testing.T, file string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "sanctions", file)
	if _, err := os.Stat(path); err != nil {
		t.Skip("the published lists are not at hand")
	}
	return path
}

// TestPublishedLists reads every published list that is at hand: all entries,
// and the parts that must not be lost.
func TestPublishedLists(t *testing.T) {
	cases := []struct {
		file, format                              string
		entries, names, identifiers, born, places int
	}{
		{"ofac_sdn_20231228.csv.gz", lists.FormatOFAC, 13_821, 15_700, 9_000, 7_000, 0},
		{"ofac_sdn_20240503.csv.gz", lists.FormatOFAC, 14_965, 16_800, 9_500, 7_500, 0},
		{"ofac_alt_20240108.csv.gz", lists.FormatOFACAliases, 6_667, 17_000, 0, 0, 0},
		{"ofac_add_20240108.csv.gz", lists.FormatOFACAddresses, 13_821, 0, 0, 0, 15_000},
		{"ofac_alt_20251224.csv.gz", lists.FormatOFACAliases, 7_000, 20_000, 0, 0, 0},
		{"ofac_cons_prim_20251219.csv.gz", lists.FormatOFAC, 442, 442, 100, 60, 0},
		{"ofac_consolidated_20240506.xml.gz", lists.FormatOFACXML, 443, 1_400, 100, 60, 400},
		{"ofac_enhanced_irgc_20240828.xml.gz", lists.FormatOFACEnhanced, 293, 700, 100, 100, 100},
		{"un_consolidated_20260227.xml.gz", lists.FormatUN, 1_003, 4_000, 400, 800, 700},
		{"eu_fsf_1_1_sample_20200415.xml", lists.FormatEU, 6, 15, 3, 7, 1},
		{"eu_fsf_csv_1_0_sample_20180704.csv.gz", lists.FormatEUCSV, 93, 700, 9, 10, 30},
		{"uk_hmt_conlist_20180413.csv.gz", lists.FormatUK, 2_106, 5_500, 400, 1_400, 1_100},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			list, err := lists.ReadFile("LIST", c.format, published(t, c.file))
			if err != nil {
				t.Fatal(err)
			}
			names, identifiers, born, places := 0, 0, 0, 0
			for _, e := range list.Entries.All() {
				names += len(e.Names)
				identifiers += len(e.Identifiers)
				born += len(e.Born)
				places += len(e.Addresses)
			}
			t.Log(list.Entries.Len(), names, identifiers, born, places)
			if list.Entries.Len() < c.entries || names < c.names || identifiers < c.identifiers || born < c.born ||
				places < c.places {
				t.Errorf("%d entries, %d names, %d identifiers, %d dates, %d addresses", list.Entries.Len(), names,
					identifiers, born, places)
			}
		})
	}
}

// TestPublishedSet joins the files of OFAC and sees what the next list changed.
func TestPublishedSet(t *testing.T) {
	read := func(file, format string) lists.List {
		list, err := lists.ReadFile("OFAC-SDN", format, published(t, file))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	before := read("ofac_sdn_20231228.csv.gz", lists.FormatOFAC)
	joined, err := lists.Join(before, read("ofac_alt_20240108.csv.gz", lists.FormatOFACAliases),
		read("ofac_add_20240108.csv.gz", lists.FormatOFACAddresses))
	if err != nil || joined.Entries.Len() != 13_821 || len(joined.Names()) < 32_000 {
		t.Fatalf("%d entries, %d names, %v", joined.Entries.Len(), len(joined.Names()), err)
	}
	change := lists.Compare(before, read("ofac_sdn_20240503.csv.gz", lists.FormatOFAC))
	if len(change.Added) != 1_256 || len(change.Removed) != 112 || len(change.Changed) < 40 {
		t.Errorf("%d added, %d removed, %d changed", len(change.Added), len(change.Removed), len(change.Changed))
	}
	x := match.NewIndex(joined.Names())
	for _, name := range joined.Names()[:3_000] {
		if m := x.Search(name.Text, 10_000, 50); len(m) == 0 {
			t.Errorf("%q does not find itself", name.Text)
		}
	}
	found, _ := joined.Entries.Find("39600")
	if diff := cmp.Diff([]match.Date{{Year: 1961, Month: 2, Day: 5}}, found.Born); diff != "" {
		t.Error(diff)
	}
}
