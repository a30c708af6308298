package lists_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/lists"
)

func packed(t testing.TB, text string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

// fromFile reads a file with these bytes.
func fromFile(t testing.TB, format string, body []byte) (lists.List, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return lists.ReadFile("X", format, path)
}

// TestPackedFiles: a packed file is the list that it was packed from, also in several
// pieces; one that was cut, damaged or packed twice anywhere is never another list.
func TestPackedFiles(t *testing.T) {
	text := small[lists.FormatUN]
	whole, err := lists.Read("X", lists.FormatUN, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	body := packed(t, text)
	for name, good := range map[string][]byte{
		"packed": body, "in pieces": append(packed(t, text[:100]), packed(t, text[100:])...),
	} {
		if list, err := fromFile(t, lists.FormatUN, good); err != nil || list.Version != whole.Version {
			t.Errorf("%s: version %q, %v", name, list.Version, err)
		}
	}
	for name, bad := range map[string][]byte{
		"packed twice": packed(t, string(body)), "something behind": append(bytes.Clone(body), "more"...),
		"a zip archive": []byte("PK\x03\x04" + text), "the mark alone": {0x1f, 0x8b},
	} {
		if list, err := fromFile(t, lists.FormatUN, bad); !errors.Is(err, lists.ErrList) || list.Entries.Len() > 0 {
			t.Errorf("%s: %d entries, %v", name, list.Entries.Len(), err)
		}
	}
	for cut := range len(body) {
		if list, err := fromFile(t, lists.FormatUN, body[:cut]); !errors.Is(err, lists.ErrList) || list.Entries.Len() > 0 {
			t.Fatalf("cut at %d of %d: %d entries, %v", cut, len(body), list.Entries.Len(), err)
		}
	}
	for at := range body {
		flipped := bytes.Clone(body)
		flipped[at] ^= 1 << (at % 8)
		// The head holds a time and a system, which are nothing to the list.
		if list, err := fromFile(t, lists.FormatUN, flipped); err == nil && list.Version != whole.Version {
			t.Fatalf("byte %d: version %s", at, list.Version)
		}
	}
}

// TestWebPages: whatever a server in trouble answers with, it is no list of any format.
func TestWebPages(t *testing.T) {
	for name, page := range map[string]string{
		"plain": "<html><body>503</body></html>", "capitals": "<HTML><BODY>503</BODY></HTML>",
		"a doctype": "<!doctype html>\n<html></html>", "behind a mark": "\uFEFF<html></html>",
		"behind blanks": strings.Repeat("\n ", 600) + "<html></html>", "behind a comment": "<!-- moved --><html></html>",
		"XHTML": `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>`,
		"text":  "Service temporarily unavailable\n", "JSON": `{"error":"unavailable"}`,
		"a bucket's": `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>`,
		"a feed":     `<rss version="2.0"><channel><title>News</title></channel></rss>`,
	} {
		for _, format := range lists.Formats() {
			refuse(t, format, map[string]string{name: page})
		}
	}
}

// inUN is a list of the UN with something in it.
func inUN(head, within string) string {
	return head + "<CONSOLIDATED_LIST><ENTITY><DATAID>2</DATAID><FIRST_NAME>DOCK" + within + "</FIRST_NAME></ENTITY></CONSOLIDATED_LIST>"
}

// TestHostileXML is a row for each way in which XML says more than it shows, and for the
// last of each kind that is let through.
func TestHostileXML(t *testing.T) {
	deep := func(levels int) string { return strings.Repeat("<x>", levels) + strings.Repeat("</x>", levels) }
	text := func(size int) string { return strings.Repeat("D", size-len("DOCK")) }
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"a comment":              {inUN("", "<!-- x -->SIDE"), true},
		"CDATA":                  {inUN("", "<![CDATA[SIDE & SONS]]>"), true},
		"letters by number":      {inUN("", "&#x53;IDE &amp; SONS"), true},
		"a mark of UTF-8":        {inUN("\uFEFF", ""), true},
		"says that it is UTF-8":  {inUN(`<?xml version="1.0" encoding="utf-8"?>`, ""), true},
		"another encoding":       {inUN(`<?xml version="1.0" encoding="ISO-8859-1"?>`, ""), false},
		"another version":        {inUN(`<?xml version="2.0"?>`, ""), false},
		"entities that expand":   {inUN(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>`, "&b;"), false},
		"a file of the machine":  {inUN(`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>`, "&a;"), false},
		"a type from elsewhere":  {inUN(`<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">`, ""), false},
		"an entity of nobody":    {inUN("", "&nbsp;"), false},
		"a NUL by number":        {inUN("", "&#0;"), false},
		"as deep as may be":      {inUN("", deep(lists.NestingMax-3)), true},
		"deeper":                 {inUN("", deep(lists.NestingMax-2)), false},
		"as long as may be":      {inUN("", text(lists.FieldMax)), true},
		"longer":                 {inUN("", text(lists.FieldMax+1)), false},
		"longer, with a comment": {inUN("", text(lists.FieldMax)+"<!-- -->D"), false},
		"longer, around another": {inUN("", text(lists.FieldMax)+"<x/>D"), false},
		"longer, by number":      {inUN("", text(lists.FieldMax)+"&#68;"), false},
		"longer, in pieces":      {inUN("", strings.Repeat("<![CDATA["+text(1000)+"]]><x>"+text(1000)+"</x>", 70)), false},
		"a long attribute":       {inUN("", `<x a="`+text(lists.FieldMax+4)+`"/>`), true},
		"a longer one":           {inUN("", `<x a="`+text(lists.FieldMax+5)+`"/>`), false},
		"an end too many":        {inUN("", "") + "</x>", false},
		"an end first":           {"</x>" + inUN("", ""), false},
		"ends that cross":        {inUN("", "<x><y></x></y>"), false},
		"nothing in the root":    {"<CONSOLIDATED_LIST/>", false},
		"blanks between many":    {inUN("<!-- -->", "") + strings.Repeat(" \n", lists.FieldMax), true},
	} {
		list, err := lists.Read("X", lists.FormatUN, strings.NewReader(c.text))
		if (err == nil) != c.good || err != nil && !errors.Is(err, lists.ErrList) || c.good != (list.Entries.Len() == 1) {
			t.Errorf("%s: %d entries, %v", name, list.Entries.Len(), err)
		}
	}
	blanks := "<CONSOLIDATED_LIST>" + strings.Repeat(" ", 100<<10) + "<ENTITY><DATAID>2</DATAID><FIRST_NAME>D</FIRST_NAME></ENTITY></CONSOLIDATED_LIST>"
	if _, err := lists.Read("X", lists.FormatUN, strings.NewReader(blanks)); err != nil {
		t.Errorf("blanks between elements: %v", err)
	}
}

// TestHostileCSV is the same for rows.
func TestHostileCSV(t *testing.T) {
	long := func(size int) string { return "id,name\n7," + strings.Repeat("V", size) + "\n" }
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"as long as may be":  {long(lists.FieldMax), true},
		"longer":             {long(lists.FieldMax + 1), false},
		"a quote within":     {"id,name\n7,Vik\"tor\n", false},
		"a quote closed":     {"id,name\n7,\"Vik\"tor\n", false},
		"a line in quotes":   {"id,name\n7,\"Vik\ntor\"\n", true},
		"a column too many":  {"id,name\n7,Viktor,x\n", false},
		"a NUL":              {"id,name\n7,Vik\x00tor\n", false},
		"UTF-16":             {"\xff\xfei\x00d\x00,\x00", false},
		"half a letter":      {"id,name\n7,Vik\xc3\n", false},
		"a lone end of line": {"id,name\r7,Viktor\r", false},
		"semicolons":         {"id;name\n7;Viktor\n", false},
		"a header in quotes": {"\"id\",\"name\"\n7,Viktor\n", true},
		"a mark of UTF-8":    {"\uFEFFid,name\n7,Viktor\n", true},
		"blanks for an id":   {"id,name\n \u00a0,Viktor\n", false},
		"blanks for a name":  {"id,name\n7,\u3000 \u00a0\n", false},
	} {
		list, err := lists.Read("X", lists.FormatSimple, strings.NewReader(c.text))
		if (err == nil) != c.good || err != nil && !errors.Is(err, lists.ErrList) || c.good != (list.Entries.Len() == 1) {
			t.Errorf("%s: %d entries, %v", name, list.Entries.Len(), err)
		}
	}
}

// TestTooManyEntries: the limit itself is let through.
func TestTooManyEntries(t *testing.T) {
	if testing.Short() {
		t.Skip("as many entries as may be are slow under the race detector")
	}
	var rows strings.Builder
	rows.WriteString("id,name\n")
	for n := range lists.EntriesMax {
		fmt.Fprintf(&rows, "%d,V\n", n)
	}
	if list, err := lists.Read("X", lists.FormatSimple, strings.NewReader(rows.String())); err != nil || list.Entries.Len() != lists.EntriesMax {
		t.Errorf("%d entries, %v", list.Entries.Len(), err)
	}
	rows.WriteString("one,V\n")
	if _, err := lists.Read("X", lists.FormatSimple, strings.NewReader(rows.String())); !errors.Is(err, lists.ErrList) {
		t.Errorf("one more: %v", err)
	}
}

// TestNamesOfWindows: names of Western Europe are read as they were written, whichever of
// the two encodings a file came in.
func TestNamesOfWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching("[A-Z][a-zéèüöäñçøåß]{1,12}").Draw(t, "name")
		text := strings.Replace(small[lists.FormatUK], "Viktor", name, 1)
		encoded, err := charmap.Windows1252.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, written := range []string{text, encoded} {
			list, err := lists.Read("X", lists.FormatUK, strings.NewReader(written))
			if err != nil || list.Entries.At(0).Names[0].Text != name+" BLOCKSWORTH" {
				t.Fatalf("%q: %+v, %v", written, list, err)
			}
		}
	})
}
