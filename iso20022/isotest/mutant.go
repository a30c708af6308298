package isotest

import (
	"bytes"
	"math/rand/v2"
	"regexp"
)

// Mutant returns a damaged copy of a message and the name of the damage. Some
// damages leave a message valid.
func Mutant(random *rand.Rand, message []byte) (mutant []byte, damage string) {
	d := pick(random, damages)
	return d.change(random, bytes.Clone(message)), d.name
}

type damaging struct {
	name   string
	change func(random *rand.Rand, message []byte) []byte
}

var (
	leafElement = regexp.MustCompile(`<([A-Za-z0-9_]+:)?([A-Za-z0-9]+)( Ccy="[A-Z]{3}")?>([^<]*)</[A-Za-z0-9_:]+>`)
	anyTag      = regexp.MustCompile(`</?[A-Za-z0-9_:.]+[^<>]*>`)
)

var damages = []damaging{
	{"leaf deleted", func(r *rand.Rand, m []byte) []byte {
		return overLeaf(r, m, func([]byte) []byte { return nil })
	}},
	{"leaf doubled", func(r *rand.Rand, m []byte) []byte {
		return overLeaf(r, m, func(leaf []byte) []byte { return append(bytes.Clone(leaf), leaf...) })
	}},
	{"leaf emptied", func(r *rand.Rand, m []byte) []byte { return overValue(r, m, func([]byte) []byte { return nil }) }},
	{"value replaced", func(r *rand.Rand, m []byte) []byte {
		return overValue(r, m, func([]byte) []byte { return []byte(pick(r, junk)) })
	}},
	{"value padded", func(r *rand.Rand, m []byte) []byte {
		return overValue(r, m, func(v []byte) []byte { return append(append([]byte(" "), v...), pick(r, []byte(" \n\t"))) })
	}},
	{"value changed", func(r *rand.Rand, m []byte) []byte {
		return overValue(r, m, func(v []byte) []byte {
			if len(v) == 0 {
				return v
			}
			v = bytes.Clone(v)
			v[r.IntN(len(v))] = pick(r, []byte("aZ09.-+: é;"))
			return v
		})
	}},
	{"value lengthened", func(r *rand.Rand, m []byte) []byte {
		return overValue(r, m, func(v []byte) []byte { return bytes.Repeat(v, 2+r.IntN(5)) })
	}},
	{"leaves swapped", swapLeaves},
	{"element replaced", func(r *rand.Rand, m []byte) []byte {
		return overLeaf(r, m, func([]byte) []byte { return otherLeaf(r, m) })
	}},
	{"tag dropped", func(r *rand.Rand, m []byte) []byte { return overTag(r, m, func([]byte) []byte { return nil }) }},
	{"tag renamed", func(r *rand.Rand, m []byte) []byte {
		return overTag(r, m, func(tag []byte) []byte { return bytes.Replace(tag, []byte("t"), []byte("x"), 1) })
	}},
	{"attribute added", func(r *rand.Rand, m []byte) []byte {
		return overTag(r, m, func(tag []byte) []byte {
			return append(append(bytes.Clone(tag[:len(tag)-1]), pick(r, attributes)...), '>')
		})
	}},
	{"currency changed", func(r *rand.Rand, m []byte) []byte {
		instead := []string{` Ccy=" `, ` Ccx="`, ` ccy="`, ` Ccy="US`, ` Ccy="&#69;`, ` Ccy='EUR' Ccy="`}
		return bytes.Replace(m, []byte(` Ccy="`), []byte(pick(r, instead)), 1)
	}},
	{"namespace changed", func(r *rand.Rand, m []byte) []byte {
		return bytes.Replace(m, []byte("tech:xsd:"), []byte(pick(r, []string{"tech:xsd:x", "tech-xsd:", "TECH:xsd:"})), 1)
	}},
	{"inserted", func(r *rand.Rand, m []byte) []byte {
		at := r.IntN(len(m) + 1)
		return append(append(bytes.Clone(m[:at]), pick(r, insertions)...), m[at:]...)
	}},
	{"inserted between tags", func(r *rand.Rand, m []byte) []byte {
		return overTag(r, m, func(tag []byte) []byte { return append(bytes.Clone(tag), pick(r, insertions)...) })
	}},
	{"byte changed", func(r *rand.Rand, m []byte) []byte { m[r.IntN(len(m))] = byte(r.IntN(256)); return m }},
	{"byte deleted", func(r *rand.Rand, m []byte) []byte { at := r.IntN(len(m)); return append(m[:at], m[at+1:]...) }},
	{"cut off", func(r *rand.Rand, m []byte) []byte { return m[:r.IntN(len(m))] }},
	{"followed", func(r *rand.Rand, m []byte) []byte {
		return append(m, pick(r, []string{"<x/>", "text", "<!-- -->", "<?pi?>", "\n\n", "&amp;", "]]>"})...)
	}},
}

// junk are values that are wrong, or unusual and right, in many places.
var junk = []string{
	"", " ", "x", "0", "-1", "-0", "+5", "1.5", ".5", "5.", "007", "1e3", "NaN", "INF", "1 2", "0x10", "1,5",
	"999999999999999999", "9999999999999999999", "0.123456", "1.00000000000000000000", "12345678901234567.8",
	"EUR", "eur", "2026-02-30", "2024-02-29", "2026-01-01", "2026-01-01Z", "2026-01-01+14:00",
	"2026-01-01+14:01", "2026-1-1", "-2026-01-01", "12026-01-01", "0000-01-01", "2026-01-01T00:00:00Z",
	"2026-01-01T00:00:00", "2026-01-01T24:00:00", "2026-01-01T24:00:01", "2026-01-01T25:00:00",
	"2026-01-01T23:59:60Z", "2026-01-01T00:00:00.", "2026-01-01T00:00:00.5", "2026-01-01T00:00:00+0800",
	"2026-01-01 00:00:00", "12:00:00", "2026", "2026-13", "CRDT", "DBIT", "ABCDE", "true", "TRUE", "&amp;",
	"&lt;&#65;&#x42;", "&#0;", "&nbsp;", "a\tb", "a\nb", "\r\n", "<![CDATA[x]]>", "<!-- c -->x", "ไทย",
	"AAAABBCC", "aaaabbcc", "AAAABB22XXX", "8a562c67-ca16-48ba-b074-65581be6f001",
	"8A562C67-CA16-48BA-B074-65581BE6F001", "8a562c67-ca16-18ba-b074-65581be6f001", "GB82WEST12345698765432",
	"ABCD", "QQ==", "Q", "QQ=",
}

var attributes = []string{
	` a="1"`, ` Ccy="EUR"`, ` xmlns:q="urn:q"`, ` q:a="1"`, ` xml:lang="en"`, ` xsi:nil="true"`,
	` xmlns="urn:other"`, ` a`, ` a=1`, ` a="<"`, ` a="&lt;"`, ` a="1" a="2"`,
	` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"`, ` xmlns:z=""`,
}

var insertions = []string{
	"x", " ", "\n", "<x/>", "<x>1</x>", "<", ">", "&", "&lt;", "&unknown;", "]]>", "<!-- c -->",
	"<!-- c -- c -->", "<?pi data?>", "<?xml?>", "<![CDATA[]]>", "<![CDATA[ ]]>", "<![CDATA[x]]>",
	"<!DOCTYPE a>", "<!ENTITY a 'b'>", "\x00", "\x01", "\xff", "\xed\xa0\x80", "\ufffe", "é", "</x>",
	"<Id>x</Id>", "<Nm>x</Nm>", "<SplmtryData><Envlp><a/></Envlp></SplmtryData>",
}

func overLeaf(random *rand.Rand, m []byte, change func(leaf []byte) []byte) []byte {
	return over(random, m, leafElement, 0, change)
}

func overValue(random *rand.Rand, m []byte, change func(value []byte) []byte) []byte {
	return over(random, m, leafElement, 4, change)
}

func overTag(random *rand.Rand, m []byte, change func(tag []byte) []byte) []byte {
	return over(random, m, anyTag, 0, change)
}

// over changes a group of one match of an expression.
func over(random *rand.Rand, m []byte, expression *regexp.Regexp, group int, change func([]byte) []byte) []byte {
	matches := expression.FindAllSubmatchIndex(m, -1)
	if len(matches) == 0 {
		return m
	}
	match := pick(random, matches)
	start, end := match[2*group], match[2*group+1]
	changed := change(m[start:end:end])
	return append(append(bytes.Clone(m[:start]), changed...), m[end:]...)
}

func otherLeaf(random *rand.Rand, m []byte) []byte {
	if leaves := leafElement.FindAll(m, -1); len(leaves) > 0 {
		return pick(random, leaves)
	}
	return nil
}

func swapLeaves(random *rand.Rand, m []byte) []byte {
	leaves := leafElement.FindAllIndex(m, -1)
	if len(leaves) < 2 {
		return m
	}
	i := random.IntN(len(leaves) - 1)
	a, b := leaves[i], leaves[i+1]
	swapped := append(bytes.Clone(m[:a[0]]), m[b[0]:b[1]]...)
	swapped = append(swapped, m[a[1]:b[0]]...)
	swapped = append(swapped, m[a[0]:a[1]]...)
	return append(swapped, m[b[1]:]...)
}
