package node_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/switch/node"
)

// bankSays is a camt.053 of a day of an account in a currency.
func bankSays(currency, reference string) string {
	return strings.NewReplacer("CCY", currency, "REFERENCE", reference).Replace(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-01-06T01:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>REFERENCE</Id><CreDtTm>2026-01-06T01:00:00Z</CreDtTm>
<FrToDt><FrDtTm>2026-01-05T00:00:00Z</FrDtTm><ToDtTm>2026-01-05T23:59:59Z</ToDtTm></FrToDt>
<Acct><Id><Othr><Id>OURS</Id></Othr></Id><Ccy>CCY</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CCY">0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>
<Dt>2026-01-05</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CCY">7.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>
<Dt>2026-01-05</Dt></Dt></Bal>
<Ntry><NtryRef>N-1</NtryRef><Amt Ccy="CCY">7.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-01-05</Dt></BookgDt><ValDt><Dt>2026-01-05</Dt></ValDt><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd></Ntry>
</Stmt></BkToCstmrStmt></Document>`)
}

// filled is an inbox with some files.
func filled(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, files)
	return dir
}

func put(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// lie is what lies where in an inbox, with the lengths of the files.
func lie(t *testing.T, dir string) map[string]int {
	t.Helper()
	all := map[string]int{}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			name, _ := filepath.Rel(dir, path)
			all[name] = int(info.Size())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// running is a hub that runs until the end of the test.
func running(t *testing.T) *node.Node {
	t.Helper()
	n, err := node.Complete(t.Context(), whole(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		n.Close()
	})
	return n
}

// TestInbox: each file ends where it belongs, and none on top of another.
func TestInbox(t *testing.T) {
	n := running(t)
	day, correction := bankSays("EUR", "S-1"), bankSays("EUR", "S-2")
	dir := filled(t, map[string]string{
		"a.xml": day, "b.xml": "no message", "c.xml": bankSays("SEK", "S-1"), "d.xml": bankSays("XXX", "S-1"), "e.xml": "",
		"f.xml.part": day, "g.XML": day, ".xml": correction,
	})
	for _, folder := range []string{"h.xml", "taken"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	empty := func(when string, want map[string]int) {
		t.Helper()
		if err := n.EmptyInbox(t.Context(), dir); err != nil {
			t.Errorf("%s: %v", when, err)
		}
		if difference := cmp.Diff(want, lie(t, dir)); difference != "" {
			t.Errorf("%s: %s", when, difference)
		}
	}
	want := map[string]int{
		"taken/a.xml": len(day), "taken/.xml": len(correction), "refused/b.xml": len("no message"), "refused/e.xml": 0,
		"taken/c.xml": len(bankSays("SEK", "S-1")), "refused/d.xml": len(bankSays("XXX", "S-1")),
		"f.xml.part": len(day), "g.XML": len(day),
	}
	empty("first", want)
	empty("nothing new", want)
	// A bank that gives all its files one name.
	other, third := bankSays("EUR", "S-THREE"), bankSays("EUR", "S-NUMBER-4")
	put(t, dir, map[string]string{"a.xml": other, "b.xml": "other"})
	want["taken/a.xml.2"], want["refused/b.xml.2"] = len(other), len("other")
	empty("the same names", want)
	put(t, dir, map[string]string{"a.xml": third})
	want["taken/a.xml.3"] = len(third)
	empty("and again", want)
	// The same bytes again change nothing, wherever they come from.
	put(t, dir, map[string]string{"again.xml": day})
	want["taken/again.xml"] = len(day)
	empty("repeated", want)
}

// TestInboxLimits: the longest message is looked at, one byte more is not; and a round
// ends after its files, the rest of which are the next one's.
func TestInboxLimits(t *testing.T) {
	n := running(t)
	day := bankSays("EUR", "S-1")
	longest := day + strings.Repeat("\n", node.InboxMax-len(day))
	dir := filled(t, map[string]string{"a.xml": longest, "b.xml": longest + "\n"})
	if err := n.EmptyInbox(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"taken/a.xml": node.InboxMax, "refused/b.xml": node.InboxMax + 1}
	if difference := cmp.Diff(want, lie(t, dir)); difference != "" {
		t.Error(difference)
	}
	many := map[string]string{}
	for i := range 101 {
		many[fmt.Sprintf("%03d.xml", i)] = "x"
	}
	dir = filled(t, many)
	for _, left := range []int{1, 0} {
		if err := n.EmptyInbox(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		waiting, err := filepath.Glob(filepath.Join(dir, "*.xml"))
		if err != nil || len(waiting) != left || left == 1 && filepath.Base(waiting[0]) != "100.xml" {
			t.Errorf("%v wait, want %d", waiting, left)
		}
	}
}

// TestInboxWithoutADatabase: what cannot be decided stays where it is, in its order.
func TestInboxWithoutADatabase(t *testing.T) {
	n, err := node.Complete(t.Context(), whole(t))
	if err != nil {
		t.Fatal(err)
	}
	n.Close()
	day := bankSays("EUR", "S-1")
	dir := filled(t, map[string]string{"a.xml": day, "b.xml": "no message"})
	if err := n.EmptyInbox(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "a.xml") {
		t.Errorf("got %v", err)
	}
	want := map[string]int{"a.xml": len(day), "b.xml": len("no message")}
	if difference := cmp.Diff(want, lie(t, dir)); difference != "" {
		t.Error(difference)
	}
}
