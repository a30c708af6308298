package emvqr_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors/emvqr"
)

// tree is what a test makes a code of: an id with a value, or with others.
type tree struct {
	id    string
	value string
	inner []tree
}

func (n tree) text() string {
	if n.inner == nil {
		return tlv(n.id, n.value)
	}
	var b strings.Builder
	for _, i := range n.inner {
		b.WriteString(i.text())
	}
	return tlv(n.id, b.String())
}

// outline writes a tree, one object a line.
func (n tree) outline(place string) string {
	here := strings.TrimPrefix(place+"/"+n.id, "/")
	if n.inner == nil {
		return here + "=" + n.value + "\n"
	}
	var b strings.Builder
	for _, i := range n.inner {
		b.WriteString(i.outline(here))
	}
	return here + "\n" + b.String()
}

// outlineOf is the same of what was read.
func outlineOf(objects []emvqr.Object, place string) string {
	var b strings.Builder
	for _, o := range objects {
		here := strings.TrimPrefix(place+"/"+o.ID, "/")
		if o.Objects == nil {
			fmt.Fprintf(&b, "%s=%s\n", here, o.Value)
		} else {
			fmt.Fprintf(&b, "%s\n%s", here, outlineOf(o.Objects, here))
		}
	}
	return b.String()
}

// anyTrees makes the objects of a code in any order: templates where the standard
// has them, text elsewhere, known or not.
func anyTrees(t *rapid.T) []tree {
	ids := rapid.SliceOfNDistinct(rapid.IntRange(1, 99), 1, 8, func(id int) int { return id }).Draw(t, "ids")
	value := rapid.StringOfN(rapid.RuneFrom([]rune("0123456789ABCxyz .-茶é")), 1, 12, -1)
	var trees []tree
	for _, number := range ids {
		n := tree{id: fmt.Sprintf("%02d", number)}
		template := number >= 26 && number <= 51 || number == 62 || number == 64 || number >= 80
		switch {
		case number == 63:
			continue
		case !template:
			n.value = value.Draw(t, "value")
		default:
			for _, inner := range rapid.SliceOfNDistinct(rapid.IntRange(0, 49), 1, 4, func(id int) int { return id }).
				Draw(t, "inner") {
				n.inner = append(n.inner, tree{id: fmt.Sprintf("%02d", inner), value: value.Draw(t, "inner value")})
			}
		}
		trees = append(trees, n)
	}
	return trees
}

// TestEveryObjectIsKept: in its order, known or not, at its place in the text.
func TestEveryObjectIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body, want := tlv("00", "01"), "00=01\n"
		for _, n := range anyTrees(t) {
			body += n.text()
			want += n.outline("")
		}
		text := sealed(body)
		if len(text) > emvqr.SizeMax {
			return
		}
		m, findings := emvqr.ReadMerchant(text)
		for _, f := range findings {
			if f.Rule == "length-ambiguous" || f.Rule == "length-bytes" {
				return // another reading of the same text, which has its own tests
			}
			if f.Rule == "crc" || f.Rule == "length" || f.Rule == "object" || f.Rule == "duplicate" {
				t.Fatalf("%s: %v", text, f.Error())
			}
		}
		want += "63=" + text[len(text)-4:] + "\n"
		if got := outlineOf(m.Objects, ""); got != want {
			t.Fatalf("%s\ngot:\n%s\nwant:\n%s", text, got, want)
		}
		for _, line := range strings.Split(strings.TrimSpace(want), "\n") {
			path, value, primitive := strings.Cut(line, "=")
			o, ok := m.At(path)
			if !ok || primitive && o.Value != value || !strings.HasPrefix(text[o.Offset:], o.ID) {
				t.Fatalf("%s is %+v, want %q", path, o, value)
			}
		}
	})
}

// TestSpoiltCodes: with a character lost, added, or exchanged with the next one, a
// code is refused.
func TestSpoiltCodes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(vectors).Draw(t, "code").text
		at := rapid.IntRange(0, len(text)-5).Draw(t, "at")
		var spoilt string
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			spoilt = text[:at] + text[at+1:]
		case 1:
			spoilt = text[:at] + rapid.SampledFrom([]string{"0", "9", "A", "茶"}).Draw(t, "more") + text[at:]
		default:
			spoilt = text[:at] + text[at+1:at+2] + text[at:at+1] + text[at+2:]
		}
		if spoilt == text {
			return
		}
		if _, err := emvqr.Parse(spoilt); err == nil {
			t.Fatalf("%s became %s, and is accepted", text, spoilt)
		}
	})
}
