package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// textOfJSON spells a text as a JSON string in one of the ways there are.
func textOfJSON(t *rapid.T) string {
	pieces := []string{
		"a", "Ref", "0", " ", "/", "é", "ไ", "🍵", `\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`, `\u0041`, `\u00e9`,
		`\u0E44`, `\ud83c\udf75`, `\uD83C\uDF75`, `\u0000`, `\u001a`,
	}
	return `"` + strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 4).Draw(t, "text"), "") + `"`
}

// valueOfJSON writes a JSON value with white space where it may stand.
func valueOfJSON(t *rapid.T, depth int) string {
	blank := func() string { return rapid.SampledFrom([]string{"", "", "", " ", "\n", "\t\r "}).Draw(t, "blank") }
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	var parts []string
	switch n := rapid.IntRange(0, 3).Draw(t, "size"); {
	case kind < 4 || depth == 0 && kind < 8:
		return blank() + textOfJSON(t) + blank()
	case kind >= 8:
		literals := []string{"0", "-1.50e+3", "12", "true", "false", "null", "nul", "01", "1.", "TRUE", "+1", ".5", "-"}
		return blank() + rapid.SampledFrom(literals).Draw(t, "literal") + blank()
	case kind < 6:
		for range n {
			parts = append(parts, valueOfJSON(t, depth-1))
		}
		return blank() + "[" + strings.Join(parts, ",") + blank() + "]" + blank()
	default:
		for range n {
			parts = append(parts, blank()+textOfJSON(t)+blank()+":"+valueOfJSON(t, depth-1))
		}
		return blank() + "{" + strings.Join(parts, ",") + blank() + "}" + blank()
	}
}

// stringsOf are the names and strings of a JSON text by the standard library, and whether
// an object has a name twice; nothing of what is no JSON.
func stringsOf(text []byte) (list []string, twice bool) {
	if !json.Valid(text) {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var walk func()
	walk = func() {
		token, err := decoder.Token()
		if err != nil {
			return
		}
		switch token := token.(type) {
		case string:
			list = append(list, token)
		case json.Delim:
			var names []string
			for decoder.More() {
				if token == '{' {
					name, _ := decoder.Token()
					list = append(list, name.(string))
					twice = twice || slices.Contains(names, name.(string))
					names = append(names, name.(string))
				}
				walk()
			}
			_, _ = decoder.Token()
		}
	}
	walk()
	return list, twice
}

// JSON is read as the standard library reads it: what that takes is taken with the same
// texts, what it refuses is refused. Stricter is the reader about bytes that are no UTF-8,
// halves of characters, and names that stand twice.
func TestJSONIsReadAsTheStandardLibraryDoes(t *testing.T) {
	taken, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(valueOfJSON(t, 3))
		for range rapid.IntRange(0, 2).Draw(t, "damages") {
			at := rapid.IntRange(0, len(text)).Draw(t, "at")
			gone := min(len(text)-at, rapid.IntRange(0, 1).Draw(t, "gone"))
			pieces := []string{
				"", `"`, `\`, `\u`, `\ud83c`, "8", "G", "{", "}", "[", "]", ",", ":", " ", "\n", "\x00", "\x1f", "\xff", "x",
			}
			piece := rapid.SampledFrom(pieces).Draw(t, "piece")
			text = slices.Concat(text[:at], []byte(piece), text[at+gone:])
		}
		want, twice := stringsOf(text)
		half := strings.Contains(strings.Join(want, ""), "\ufffd")
		valid := json.Valid(text) && utf8.Valid(text) && !twice && !half
		got, wrong := wire.TextsOfJSON(text)
		if (wrong == "") != valid {
			t.Fatalf("%q: %q, the standard library: %v, twice %v, half %v", text, wrong, json.Valid(text), twice, half)
		}
		if !valid {
			refused++
			return
		}
		taken++
		if difference := cmp.Diff(want, got); difference != "" {
			t.Fatalf("%q: %s", text, difference)
		}
	})
	if !testing.Short() && (taken == 0 || refused == 0) {
		t.Errorf("%d taken, %d refused", taken, refused)
	}
	t.Logf("%d taken, %d refused", taken, refused)
}

// What is wrong with JSON is said as what it is, at its line.
func TestWhatIsWrongWithJSON(t *testing.T) {
	const (
		open, unit, escape = "a string does not end", "a malformed escape in a string", "an unknown escape in a string"
		half, control      = "half a character in a string", "a control character in a string"
	)
	for text, want := range map[string]string{
		"": "ends inside a value", "]": "malformed JSON", "tru": "malformed JSON", "[1,]": "malformed JSON",
		"1 1": "more behind the JSON value", "\xff": "not UTF-8", "[1 2]": "no comma between values",
		"{\n": "a member without a name", `{"a":1,}`: "a member without a name", `{"a"}`: "a member without a value",
		`{"a":1 "b":2}`: "no comma between members", `{"a":1,"a":2}`: "a member twice",
		`"a`: open, `"\`: open, `"\u12`: unit, `"\u12G4"`: unit, `"\x"`: escape,
		`"\ud83c"`: half, `"\ud83c\u0041"`: half, `"\udf75"`: half, "\"\x1f\"": control, "\"\\n\x1f\"": control,
	} {
		if _, wrong := wire.TextsOfJSON([]byte(text)); wrong != want {
			t.Errorf("%q: %q, want %q", text, wrong, want)
		}
	}
}

// What is written as JSON is the text again for everybody, whatever characters it has, and
// can stand in a script.
func TestJSONOfEveryCharacter(t *testing.T) {
	for r := rune(1); r <= 0x3000; r++ {
		if !wire.Printable(string(r)) || r == '\r' {
			continue
		}
		message, err := wire.Parse([]byte(with(t, receipt, "R1", string(wire.AppendText(nil, "a"+string(r)+"b")))))
		if err != nil {
			t.Fatalf("%U: %v", r, err)
		}
		encoded := message.AppendJSON(nil)
		texts, _ := stringsOf(encoded)
		if !json.Valid(encoded) || !slices.Contains(texts, "a"+string(r)+"b") ||
			strings.ContainsAny(string(encoded), "\u2028\u2029") {
			t.Fatalf("%U: %s", r, encoded)
		}
	}
}

// Nothing of an envelope in JSON is passed over: what is no object of header and document
// is a finding.
func TestEnvelopesOfJSON(t *testing.T) {
	message, err := wire.Parse([]byte("<E>" + header + receipt + "</E>"))
	if err != nil {
		t.Fatal(err)
	}
	both := string(message.AppendJSON(nil))
	for text, want := range map[string]string{
		both: "", "[" + both + "," + both + "]": "", "[" + both + "]": "", "7": wire.RuleNoMessage, "{}": wire.RuleNoMessage,
		"[" + both + ",5]": wire.RuleValue, "[" + both + ",\"x\"]": wire.RuleValue, "[" + both + ",null]": wire.RuleValue,
		"[" + both + ",[" + both + "]]": wire.RuleValue, "[[" + both + "]]": wire.RuleValue,
	} {
		out, err := wire.FromJSON([]byte(text))
		var invalid *wire.Invalid
		switch {
		case want == "" && err == nil:
			if _, err := wire.Parse(out); err != nil || !bytes.HasPrefix(out, []byte("<?xml")) {
				t.Errorf("%s: %v", text, err)
			}
		case !errors.As(err, &invalid) || want == "" || invalid.Findings[0].Rule != want:
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// A JSON text with more mistakes than are collected has that many findings, each of
// which says what was wanted.
func TestFindingsOfJSON(t *testing.T) {
	var members []string
	for i := range wire.FindingsMax + 50 {
		members = append(members, fmt.Sprintf("\"X%d\":1", i))
	}
	text := `{"Document":{"@xmlns":"` + space + `admi.007.001.01","RctAck":{` + strings.Join(members, ",") + `}}}`
	_, err := wire.FromJSON([]byte(text))
	var invalid *wire.Invalid
	if !errors.As(err, &invalid) || len(invalid.Findings) != wire.FindingsMax {
		t.Errorf("%v", err)
	}
	for value, want := range map[string]string{
		`{"RctAck":1}`:                             "not an object",
		`{"RctAck":{"MsgId":"x"}}`:                 "not an object",
		`{"RctAck":{"Rpt":{}}}`:                    "not an array, though it may repeat",
		`{"RctAck":{"MsgId":{"MsgId":{}}}}`:        "not a string",
		`{"RctAck":{"MsgId":{"MsgId":"M"},"N":1}}`: "a key that the schema does not know here",
	} {
		text := `{"Document":{"@xmlns":"` + space + `admi.007.001.01",` + strings.TrimPrefix(value, "{") + `}`
		if _, err := wire.FromJSON([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", value, err, want)
		}
	}
}
