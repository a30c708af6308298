package lists_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
)

const sdn = `101,"BLOCKSWORTH, Viktor",individual,"TEST",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 01 Jan 1970."
102,"DOCKSIDE TRADING COMPANY",-0- ,"TEST",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0-
` + "\x1a"

func TestReadOFAC(t *testing.T) {
	list, err := lists.Read("OFAC-SDN", lists.FormatOFAC, strings.NewReader(sdn))
	if err != nil {
		t.Fatal(err)
	}
	want := []match.Name{
		{List: "OFAC-SDN", Entry: "101", Text: "BLOCKSWORTH, Viktor"},
		{List: "OFAC-SDN", Entry: "102", Text: "DOCKSIDE TRADING COMPANY"},
	}
	if diff := cmp.Diff(want, list.Names()); diff != "" {
		t.Error(diff)
	}
	if len(list.Version) != 32 {
		t.Errorf("version %q", list.Version)
	}
}

func TestReadAliases(t *testing.T) {
	data := `101,1,"aka","BLOCKSWORTH, Wiktor",-0- ` + "\n" + `101,2,"fka","-0- ",-0- ` + "\n"
	list, err := lists.Read("OFAC-ALT", lists.FormatOFACAliases, strings.NewReader(data))
	if err != nil || len(list.Names()) != 1 || list.Names()[0].Text != "BLOCKSWORTH, Wiktor" {
		t.Errorf("got %+v, %v", list, err)
	}
}

func TestReadSimple(t *testing.T) {
	list, err := lists.Read("OWN", lists.FormatSimple, strings.NewReader("id,name\n7,Viktor Blocksworth\n7,Wiktor B.\n"))
	if err != nil || len(list.Names()) != 2 || list.Names()[1].Entry != "7" {
		t.Errorf("got %+v, %v", list, err)
	}
}

// TestReadRefuses: a list that cannot be trusted is no list.
func TestReadRefuses(t *testing.T) {
	cases := map[string]struct{ format, data string }{
		"empty":               {lists.FormatOFAC, ""},
		"only the terminator": {lists.FormatOFAC, "\x1a"},
		"truncated row":       {lists.FormatOFAC, sdn[:40]},
		"an HTML error page":  {lists.FormatOFAC, "<html><body>503 Service Unavailable</body></html>"},
		"wrong encoding":      {lists.FormatOFAC, strings.Replace(sdn, "Viktor", "V\xedktor", 1)},
		"unknown format":      {"xml", sdn},
		"simple, no header":   {lists.FormatSimple, "7,Viktor Blocksworth\n"},
		"simple, column":      {lists.FormatSimple, "id,name,colour\n7,Viktor,red\n"},
		"simple, no name":     {lists.FormatSimple, "id,kind\n7,person\n"},
		"simple, kind":        {lists.FormatSimple, "id,name,kind\n7,Viktor,robot\n"},
		"simple, quality":     {lists.FormatSimple, "id,name,quality\n7,Viktor,so-so\n"},
		"simple, birth":       {lists.FormatSimple, "id,name,birth\n7,Viktor,yesterday\n"},
		"simple, short row":   {lists.FormatSimple, "id,name,birth\n7,Viktor\n"},
		"simple, header only": {lists.FormatSimple, "id,name\n"},
		"simple, open quote":  {lists.FormatSimple, "id,name\n7,\"Viktor\n"},
	}
	for name, c := range cases {
		if list, err := lists.Read("X", c.format, strings.NewReader(c.data)); !errors.Is(err, lists.ErrList) {
			t.Errorf("%s: got %d names, %v", name, list.Entries.Len(), err)
		}
	}
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sdn.csv")
	if err := os.WriteFile(path, []byte(sdn), 0o600); err != nil {
		t.Fatal(err)
	}
	if list, err := lists.ReadFile("OFAC-SDN", lists.FormatOFAC, path); err != nil || list.Entries.Len() != 2 {
		t.Errorf("got %+v, %v", list, err)
	}
	if _, err := lists.ReadFile("OFAC-SDN", lists.FormatOFAC, path+".missing"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}
