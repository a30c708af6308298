package match_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// lettersIn are the letters of a script.
func lettersIn(script string) []rune {
	var all []rune
	take := func(low, high, stride rune) {
		for r := low; r <= high; r += stride {
			if unicode.IsLetter(r) {
				all = append(all, r)
			}
		}
	}
	table := unicode.Scripts[script]
	for _, part := range table.R16 {
		take(rune(part.Lo), rune(part.Hi), rune(part.Stride))
	}
	for _, part := range table.R32 {
		take(rune(part.Lo), rune(part.Hi), rune(part.Stride))
	}
	return all
}

// TestReadable: names as people have them are read, and letters that only look like them are
// not, alone, inside a word or beside others.
func TestReadable(t *testing.T) {
	for _, name := range append(people, "", " ", "7", "+", "佐々木", "ƏLİYEV", "Əliyev", "ሀይለ ስላሴ", "އިބްރާހީމް", "ສົມພອນ", "བསྟན་འཛིན",
		"អង្គរ", "အောင်ဆန်းစုကြည်", "ʻAkau", "Kwame Ɔsei", "N’Golo", "𝐕𝐢𝐤𝐭𝐨𝐫", "Ⓥⓘⓚⓣⓞⓡ", "王㐀") {
		if !match.Readable(name) {
			t.Errorf("%q is not read", name)
		}
	}
	for _, name := range []string{"ꓦꓲꓗꓔꓳꓣ", "Viktor ꓐꓡꓳꓗ", "Vikꓔor Blok", "Ꭰꭰ", "𐒰𐓓", "ᑕᑎᑕ", "𞤀𞤁", "ꝺꞀ", "㐀㐁", "ь"} {
		if match.Readable(name) {
			t.Errorf("%q is read: %q", name, match.Fold(name))
		}
	}
}

// TestEveryScriptIsReadOrSaidNotToBe: a name of letters of any script of Unicode has words by
// which it is found, or it is not readable; nobody passes in letters of which nothing is left.
func TestEveryScriptIsReadOrSaidNotToBe(t *testing.T) {
	for script := range unicode.Scripts {
		letters := lettersIn(script)
		if len(letters) == 0 {
			continue
		}
		rapid.Check(t, func(t *rapid.T) {
			name := string(rapid.SliceOfN(rapid.SampledFrom(letters), 1, 8).Draw(t, "name"))
			words := match.Fold(name)
			if len(words) == 0 && match.Readable(name) && strings.ContainsFunc(name, isNameLetter) {
				t.Fatalf("%s: %q is readable and has no words", script, name)
			}
			if len(words) == 0 {
				return
			}
			x := index(name, "Filler One")
			if found := x.Search(name, 7_250, 10); match.Readable(name) && len(found) == 0 && !mayBeCut(name) {
				t.Fatalf("%s: %q, %q, does not find itself", script, name, words)
			}
		})
	}
}

// TestReadableHoweverItIsWritten: what makes a name no other one makes it no more and no less
// readable.
func TestReadableHoweverItIsWritten(t *testing.T) {
	names := append(slices.Clone(people), "ꓦꓲꓗꓔꓳꓣ", "Viktor ꓐꓡꓳꓗ", "𞤀𞤁 Blok")
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				name := rapid.SampledFrom(names).Draw(t, "name")
				if changed := c.of(t, name); match.Readable(name) != match.Readable(changed) {
					t.Fatalf("%q and %q: %t", name, changed, match.Readable(changed))
				}
			})
		})
	}
}

// TestDigitsOfEveryScript: a number is the same in the digits of any script, which come in tens.
func TestDigitsOfEveryScript(t *testing.T) {
	var digits []rune
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.Is(unicode.Nd, r) {
			digits = append(digits, r)
		}
	}
	if len(digits)%10 != 0 || len(digits) < 600 {
		t.Fatalf("%d digits", len(digits))
	}
	for i, r := range digits {
		want := "P" + strings.Repeat(string(rune('0'+i%10)), 5)
		if got := match.IdentifierKey("p-" + strings.Repeat(string(r), 5)); got != want {
			t.Errorf("%U: %q, want %q", r, got, want)
		}
	}
	nko, listed := match.Facts{Identifiers: []string{"߁߂߃߄߅߆"}}, match.Facts{Identifiers: []string{"123456"}}
	if score, reasons := match.Qualify(0, nko, listed); score != 10_000 || len(reasons) != 1 {
		t.Errorf("in the digits of N'Ko: %d, %+v", score, reasons)
	}
}

// isNameLetter tells letters from modifiers, which stand for no sound by themselves.
func isNameLetter(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Lm, r) }

// TestMoreLettersAreNoMoreReadable: what cannot be read stays so whatever stands beside it.
func TestMoreLettersAreNoMoreReadable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lisu := rapid.SampledFrom(lettersIn("Lisu")).Draw(t, "letter")
		name := []rune(rapid.SampledFrom(people).Draw(t, "name"))
		at := rapid.IntRange(0, len(name)).Draw(t, "at")
		if spoilt := string(name[:at]) + string(lisu) + string(name[at:]); unicode.IsLetter(lisu) &&
			!unicode.Is(unicode.Lm, lisu) && match.Readable(spoilt) {
			t.Fatalf("%q is read", spoilt)
		}
	})
}
