package alipayplus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/reason"
)

// parsed reads a message with a parser that nobody had before.
func parsed(data []byte) (value, error) { return new(parser).parse(data) }

func TestParseStrictRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":            ``,
		"only space":         " \n",
		"two values":         `{} {}`,
		"trailing byte":      `{}x`,
		"duplicate name":     `{"a":1,"b":2,"a":1}`,
		"escaped duplicate":  `{"a":1,"\u0061":2}`,
		"nested duplicate":   `{"x":[{"a":1,"a":2}]}`,
		"invalid UTF-8":      "{\"a\":\"\xff\"}",
		"overlong UTF-8":     "{\"a\":\"\xc0\xaf\"}",
		"lone surrogate":     `{"a":"\ud800"}`,
		"reversed pair":      `{"a":"\udc00\ud800"}`,
		"surrogate and text": `{"a":"\ud800x"}`,
		"NUL escape":         `{"a":"\u0000"}`,
		"control character":  "{\"a\":\"\n\"}",
		"bad escape":         `{"a":"\x"}`,
		"escape at end":      `{"a":"\`,
		"short hex":          `{"a":"\u12"}`,
		"no quote":           `{"a":"b`,
		"bare name":          `{a:1}`,
		"no colon":           `{"a" 1}`,
		"no comma":           `{"a":1 "b":2}`,
		"comma at end":       `{"a":1,}`,
		"comma at start":     `{,"a":1}`,
		"array comma":        `[1,]`,
		"array no comma":     `[1 2]`,
		"open array":         `[1`,
		"open object":        `{"a":1`,
		"leading zero":       `{"a":01}`,
		"plus":               `{"a":+1}`,
		"bare point":         `{"a":1.}`,
		"no whole":           `{"a":.5}`,
		"bare exponent":      `{"a":1e}`,
		"minus alone":        `{"a":-}`,
		"other word":         `{"a":nul}`,
		"upper case":         `{"a":TRUE}`,
		"byte order mark":    "\ufeff{}",
		"comment":            `{/* */}`,
		"too deep":           strings.Repeat(`[`, depthMost+2) + strings.Repeat(`]`, depthMost+2),
		"very deep":          strings.Repeat(`{"a":`, 10000),
		"too many members":   `{` + strings.Join(numbered(membersMost+1), ",") + `}`,
	} {
		if _, err := parsed([]byte(text)); reason.Of(err) != reason.InvalidRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func numbered(count int) []string {
	members := make([]string, count)
	for i := range members {
		members[i] = `"` + strings.Repeat("m", i+1) + `":1`
	}
	return members
}

func TestParseStrictAccepts(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, ` { "a" : [ 1 , -0.5e+3 , true , false , null , "x" ] } `, `"x"`, `0`,
		`{"a":"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t"}`, `{"A":1,"a":2}`,
		strings.Repeat(`[`, depthMost+1) + strings.Repeat(`]`, depthMost+1),
		`{` + strings.Join(numbered(membersMost), ",") + `}`,
	} {
		if _, err := parsed([]byte(text)); err != nil {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func TestParseStrictKeepsWhatWasWritten(t *testing.T) {
	v, err := parsed([]byte(`{"n": 1.50e2, "order": {"b": "x\u0041" , "a":true} ,"t":"\ud83d\ude00"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := v.member("n").text; got != "1.50e2" {
		t.Errorf("number became %q", got)
	}
	if got := string(v.member("order").raw); got != `{"b": "x\u0041" , "a":true}` {
		t.Errorf("object became %q", got)
	}
	if got := v.member("order").member("b").text; got != "xA" {
		t.Errorf("text became %q", got)
	}
	if got := v.member("t").text; got != "😀" {
		t.Errorf("pair became %q", got)
	}
	if v.member("N") != nil {
		t.Error("names are not case sensitive")
	}
}

// Every text that the standard library writes is read, and means the same.
func TestParseStrictReadsWhatOthersWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != 0 && r != '\ufffd' })).Draw(t, "text")
		name := rapid.StringMatching(`[a-zA-Z]{1,10}`).Draw(t, "name")
		data, err := json.Marshal(map[string]any{name: text, name + "2": []string{text}})
		if err != nil {
			t.Fatal(err)
		}
		v, err := parsed(data)
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if v.member(name).text != text || v.member(name + "2").members[0].text != text {
			t.Fatalf("%q was not read back", text)
		}
	})
}

// What the strict parser accepts, every other parser accepts.
func FuzzParseStrict(f *testing.F) {
	f.Add([]byte(`{"a":"\u00e9\ud83d\ude00","b":[1,-0.5e+3,true,null],"c":{}}`))
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Add([]byte("{\"a\":\"\\"))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := parsed(data)
		if err != nil {
			return
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		var want any
		if err := decoder.Decode(&want); err != nil {
			t.Fatalf("%q is not JSON: %v", data, err)
		}
		if difference := cmp.Diff(want, meaning(v)); difference != "" {
			t.Errorf("%q: %s", data, difference)
		}
	})
}

// meaning is a value as the standard library would have it.
func meaning(v value) any {
	switch v.kind {
	case kindNull:
		return nil
	case kindBoolean:
		return v.text == "true"
	case kindNumber:
		return json.Number(v.text)
	case kindString:
		return v.text
	case kindArray:
		items := []any{}
		for _, item := range v.members {
			items = append(items, meaning(item))
		}
		return items
	default:
		members := map[string]any{}
		for _, member := range v.members {
			members[member.name] = meaning(member)
		}
		return members
	}
}

// Objects and arrays in each other are read as what they are, each member at its place and with
// the bytes it came from.
func TestParseStrictKeepsPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data, err := json.Marshal(anything(4).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		v, err := parsed(data)
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		again, err := json.Marshal(meaning(v))
		if err != nil || string(again) != string(data) {
			t.Fatalf("%s became %s, %v", data, again, err)
		}
		sameBytes(t, v)
	})
}

// anything draws a value of at most that depth.
func anything(depth int) *rapid.Generator[any] {
	text := rapid.StringMatching(`[ -~]{0,9}`)
	plain := rapid.OneOf(text.AsAny(), rapid.Bool().AsAny(), rapid.Int32().AsAny(), rapid.Just[any](nil))
	if depth == 0 {
		return plain
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return anything(depth - 1) })
	return rapid.OneOf(plain, rapid.SliceOfN(inner, 0, 5).AsAny(), rapid.MapOfN(text, inner, 0, 5).AsAny())
}

// sameBytes holds a value and all within it against the bytes that each has.
func sameBytes(t *rapid.T, v value) {
	own, err := parsed(v.raw)
	if err != nil {
		t.Fatalf("%s: %v", v.raw, err)
	}
	if difference := cmp.Diff(meaning(v), meaning(own)); difference != "" {
		t.Fatalf("%s: %s", v.raw, difference)
	}
	for _, member := range v.members {
		sameBytes(t, member)
	}
}

// A parser that had other messages before, good and broken ones, reads as a new one does, and
// keeps nothing of them.
func TestParseStrictForgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		used := new(parser)
		for range rapid.IntRange(1, 8).Draw(t, "messages") {
			data, err := json.Marshal(anything(3).Draw(t, "value"))
			if err != nil {
				t.Fatal(err)
			}
			data = data[:rapid.IntRange(len(data)/2, len(data)).Draw(t, "cut")]
			want, wanted := parsed(data)
			got, err := used.parse(data)
			if (err == nil) != (wanted == nil) || err == nil && !cmp.Equal(meaning(want), meaning(got)) {
				t.Fatalf("%s became %v, %v; a new parser says %v, %v", data, meaning(got), err, meaning(want), wanted)
			}
			used.forget()
			for _, v := range slices.Concat(used.open[:cap(used.open)], used.closed[:cap(used.closed)]) {
				if v.kind != 0 || v.text != "" || v.name != "" || v.raw != nil || v.members != nil {
					t.Fatalf("%+v was kept of %s", v, data)
				}
			}
		}
	})
}

// What use keeps of a message stays what it was when the parser has others.
func TestParseStrictStringsStay(t *testing.T) {
	var kept []string
	for i := range 100 {
		err := parseStrict(fmt.Appendf(nil, `{"a":["%d","\u0041%d"]}`, i, i), func(v *value) error {
			kept = append(kept, v.members[0].members[0].text, v.members[0].members[1].text)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		if kept[2*i] != fmt.Sprint(i) || kept[2*i+1] != fmt.Sprint("A", i) {
			t.Errorf("message %d became %q", i, kept[2*i:2*i+2])
		}
	}
}
