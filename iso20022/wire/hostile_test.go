package wire_test

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// attack is what no partner sends, and the rule that it breaks.
type attack struct{ text, rule string }

func attacks(t testing.TB) map[string]attack {
	text := string(payment)
	edit := func(old, new string) string { return with(t, text, old, new) }
	inside := func(content string) string { return edit("<GrpHdr>", "<GrpHdr>"+content) }
	declarations, _ := declaring(slices.Repeat([]int{wire.AttributesMax}, wire.DepthMax-1)...)
	return map[string]attack{
		"nothing":                {"", wire.RuleMalformed},
		"space":                  {" \n", wire.RuleMalformed},
		"no XML":                 {`{"a": 1}`, wire.RuleMalformed},
		"doctype":                {edit("<Document", "<!DOCTYPE Document><Document"), wire.RuleDoctype},
		"external entity":        {edit("<Document", `<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><Document`), wire.RuleDoctype},
		"billion laughs":         {edit("<Document", `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><Document`), wire.RuleDoctype},
		"doctype inside":         {inside("<!DOCTYPE x>"), wire.RuleDoctype},
		"unknown entity":         {edit("SHAR", "&nbsp;"), wire.RuleMalformed},
		"character zero":         {edit("SHAR", "&#0;"), wire.RuleMalformed},
		"surrogate by number":    {edit("SHAR", "&#xD800;"), wire.RuleMalformed},
		"huge character":         {edit("SHAR", "&#99999999999999999999;"), wire.RuleMalformed},
		"endless reference":      {edit("SHAR", "&#"+strings.Repeat("0", 100000)+"65;"), wire.RuleMalformed},
		"NUL":                    {edit("SHAR", "SH\x00AR"), wire.RuleMalformed},
		"control character":      {edit("SHAR", "SH\x08AR"), wire.RuleMalformed},
		"invalid UTF-8":          {edit("SHAR", "SH\xff\xfeAR"), wire.RuleMalformed},
		"overlong UTF-8":         {edit("SHAR", "\xc0\xaf"), wire.RuleMalformed},
		"surrogate in UTF-8":     {edit("SHAR", "\xed\xa0\x80"), wire.RuleMalformed},
		"no character":           {edit("SHAR", "\ufffe"), wire.RuleMalformed},
		"end of CDATA in text":   {edit("SHAR", "SH]]>AR"), wire.RuleMalformed},
		"UTF-16":                 {"\xff\xfe<\x00a\x00/\x00>\x00", wire.RuleEncoding},
		"other encoding":         {edit("UTF-8", "UTF-7"), wire.RuleEncoding},
		"other version of XML":   {edit(`version="1.0"`, `version="1.1"`), wire.RuleMalformed},
		"declaration inside":     {inside(`<?xml version="1.0"?>`), wire.RuleMalformed},
		"declaration late":       {" " + text, wire.RuleMalformed},
		"levels":                 {strings.Repeat("<a>", 200_000), wire.RuleLimit},
		"levels closed":          {strings.Repeat("<a>", 200_000) + strings.Repeat("</a>", 200_000), wire.RuleLimit},
		"levels in message":      {inside(strings.Repeat("<Id>", 200_000)), wire.RuleLimit},
		"levels in value":        {edit("SHAR", strings.Repeat("<Id>", 200_000)), wire.RuleLimit},
		"attributes":             {edit("<GrpHdr>", "<GrpHdr"+strings.Repeat(` a="b"`, 100_000)+">"), wire.RuleMalformed},
		"different attributes":   {edit("<GrpHdr>", "<GrpHdr "+attributes(100_000)+">"), wire.RuleLimit},
		"declarations":           {declarations + strings.Repeat("<p1:a/>", 100_000), wire.RuleLimit},
		"long name":              {inside("<" + strings.Repeat("a", 100_000) + "/>"), wire.RuleLimit},
		"long prefix":            {inside("<" + strings.Repeat("a", 100_000) + ":b/>"), wire.RuleLimit},
		"open attribute":         {edit("<GrpHdr>", `<GrpHdr a="`+strings.Repeat("x", 1<<20)), wire.RuleMalformed},
		"open comment":           {inside("<!--" + strings.Repeat("x", 1<<20)), wire.RuleMalformed},
		"open CDATA":             {edit("SHAR", "<![CDATA["+strings.Repeat("x", 1<<20)), wire.RuleMalformed},
		"open instruction":       {inside("<?a " + strings.Repeat("x", 1<<20)), wire.RuleMalformed},
		"open tag":               {inside("<a " + strings.Repeat(" ", 1<<20)), wire.RuleMalformed},
		"second root":            {text + "<x/>", wire.RuleMalformed},
		"second message":         {text + text[strings.Index(text, "<Document"):], wire.RuleMalformed},
		"trailing text":          {text + "x", wire.RuleMalformed},
		"leading text":           {"x" + text, wire.RuleMalformed},
		"other end tag":          {edit("</GrpHdr>", "</GrpHdx>"), wire.RuleMalformed},
		"no end tag":             {edit("</GrpHdr>", ""), wire.RuleMalformed},
		"end tag alone":          {"</a>", wire.RuleMalformed},
		"attribute twice":        {edit(`Ccy="JPY"`, `Ccy="JPY" Ccy="EUR"`), wire.RuleMalformed},
		"attribute twice by URI": {edit("<GrpHdr>", `<GrpHdr xmlns:a="u" xmlns:b="u" a:c="1" b:c="2">`), wire.RuleMalformed},
		"undeclared prefix":      {inside("<p:x/>"), wire.RuleMalformed},
		"undeclared attribute":   {edit("<GrpHdr>", `<GrpHdr p:a="1">`), wire.RuleMalformed},
		"prefix without name":    {edit("<GrpHdr>", `<GrpHdr xmlns:p="">`), wire.RuleMalformed},
		"xml rebound":            {edit("<GrpHdr>", `<GrpHdr xmlns:xml="u">`), wire.RuleMalformed},
		"xmlns bound":            {edit("<GrpHdr>", `<GrpHdr xmlns:xmlns="u">`), wire.RuleMalformed},
		"two colons":             {inside("<a:b:c/>"), wire.RuleMalformed},
		"name of digits":         {inside("<1/>"), wire.RuleMalformed},
		"attribute of markup":    {edit("<GrpHdr>", `<GrpHdr a="<">`), wire.RuleMalformed},
		"attribute unquoted":     {edit("<GrpHdr>", `<GrpHdr a=1>`), wire.RuleMalformed},
		"attributes unseparated": {edit("<GrpHdr>", `<GrpHdr a="1"b="2">`), wire.RuleMalformed},
		"dashes in comment":      {inside("<!-- a -- b -->"), wire.RuleMalformed},
		"too large":              {text + strings.Repeat(" ", wire.SizeMax), wire.RuleLimit},
		"too many messages":      {"<E>" + strings.Repeat(receipt, 300) + "</E>", wire.RuleLimit},
		"too many mistakes":      {inside(strings.Repeat("<x/>", 100_000)), wire.RuleLimit},
		"elements doubled":       {edit("<ChrgBr>SHAR</ChrgBr>", strings.Repeat("<ChrgBr>SHAR</ChrgBr>", 100_000)), wire.RuleLimit},
	}
}

// What no partner sends is refused as a matter of syntax, in little memory, with
// one clear finding.
func TestHostile(t *testing.T) {
	for name, test := range attacks(t) {
		var r wire.Reader
		before := allocated()
		m := r.Read([]byte(test.text))
		used := allocated() - before - uint64(len(test.text))
		last := len(m.Findings) - 1
		if last < 0 || m.Findings[last].Layer != wire.Syntax || m.Findings[last].Rule != test.rule {
			t.Errorf("%s: %v", name, m.Findings)
		}
		if used > 8<<20 {
			t.Errorf("%s: %d bytes of memory", name, used)
		}
		if len(m.Findings) > wire.FindingsMax+1 {
			t.Errorf("%s: %d findings", name, len(m.Findings))
		}
	}
}

// BenchmarkHostile reports how long each attack keeps the reader busy.
func BenchmarkHostile(b *testing.B) {
	for name, test := range attacks(b) {
		b.Run(name, func(b *testing.B) {
			text := []byte(test.text)
			b.ReportAllocs()
			for b.Loop() {
				new(wire.Reader).Read(text)
			}
		})
	}
}

func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("a", 1+i%40))
		b.WriteString(strings.Repeat("b", 1+i/40%40))
		b.WriteString(`="" `)
	}
	return b.String()
}

// Whatever is cut off anywhere is no message.
func TestCutOff(t *testing.T) {
	var r wire.Reader
	end := bytes.LastIndexByte(payment, '>')
	for i := range end {
		if m := r.Read(payment[:i]); len(m.Findings) == 0 {
			t.Fatalf("valid with %d bytes", i)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(payment)
	f.Add([]byte("<E>" + header + receipt + "</E>"))
	f.Add([]byte(with(f, receipt, "<Ref>R1</Ref>", "<Ref><![CDATA[R]]>&#x31;<!-- --></Ref>")))
	var r wire.Reader
	f.Fuzz(func(t *testing.T, data []byte) {
		m := r.Read(data)
		if len(m.Findings) > 0 {
			return
		}
		canonical := partsXML(m)
		again := new(wire.Reader).Read(canonical)
		if len(names(m)) == 1 && (len(again.Findings) > 0 || !bytes.Equal(partsXML(again), canonical)) {
			t.Fatalf("%v\n%q\n%q", again.Findings, data, canonical)
		}
		translated, err := wire.FromJSON(m.AppendJSON(nil))
		if err != nil {
			t.Fatalf("%v\n%q\n%s", err, data, m.AppendJSON(nil))
		}
		if back := new(wire.Reader).Read(translated); !bytes.Equal(partsXML(back), canonical) {
			t.Fatalf("by JSON: %q\n%q", canonical, partsXML(back))
		}
	})
}
