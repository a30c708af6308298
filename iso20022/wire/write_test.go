package wire_test

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// Production 2 of XML 1.0, the ranges spelled out.
func TestPrintable(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		want := r == 0x9 || r == 0xA || r == 0xD || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
		if r >= 0xD800 && r <= 0xDFFF {
			continue
		}
		if wire.Printable(string(r)) != want {
			t.Fatalf("%U: %v", r, !want)
		}
	}
	for _, wrong := range []string{"\xc3", "\xed\xa0\x80", "a\xff"} {
		if wire.Printable(wrong) {
			t.Errorf("%q", wrong)
		}
	}
}

func TestAppendText(t *testing.T) {
	tests := map[string]string{
		"":              "",
		"plain 注文":      "plain 注文",
		"a&b<c>d":       "a&amp;b&lt;c&gt;d",
		"]]>":           "]]&gt;",
		"\"'":           "\"'",
		"\r\n\t":        "&#xD;\n\t",
		"&amp;":         "&amp;amp;",
		"</MsgId><x/>é": "&lt;/MsgId&gt;&lt;x/&gt;é",
	}
	for text, want := range tests {
		if got := string(wire.AppendText([]byte("="), text)); got != "="+want {
			t.Errorf("%q is escaped as %q, want %q", text, got, want)
		}
	}
}

// What people read says the same as the canonical form.
func TestIndented(t *testing.T) {
	m, err := wire.Parse(payment)
	if err != nil {
		t.Fatal(err)
	}
	indented := m.Document().AppendIndented(nil)
	if lines := bytes.Count(indented, []byte("\n")); lines < 90 {
		t.Errorf("%d lines", lines)
	}
	again, err := wire.Parse(indented)
	if err != nil || !bytes.Equal(again.Document().AppendXML(nil), m.Document().AppendXML(nil)) {
		t.Errorf("%v\n%s", err, indented)
	}
}
