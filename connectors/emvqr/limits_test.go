package emvqr_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/causeway-pay/causeway/connectors/emvqr"
)

// broke reports whether findings name a rule.
func broke(findings []emvqr.Finding, rule string) bool {
	return slices.ContainsFunc(findings, func(f emvqr.Finding) bool { return f.Rule == rule })
}

// A code of 512 bytes is looked at, one of 513 is too large, of whatever kind it is.
func TestTheLargestCode(t *testing.T) {
	reads := map[string]func(string) []emvqr.Finding{
		"merchant": func(text string) []emvqr.Finding { _, f := emvqr.ReadMerchant(text); return f },
		"link":     func(text string) []emvqr.Finding { _, f := emvqr.ReadLink(text); return f },
	}
	for name, read := range reads {
		for text, want := range map[string]bool{
			"upi://pay?" + strings.Repeat("a", emvqr.SizeMax-len("upi://pay?")):   false,
			"upi://pay?" + strings.Repeat("a", emvqr.SizeMax+1-len("upi://pay?")): true,
			strings.Repeat("é", emvqr.SizeMax/2):                                  false,
			strings.Repeat("é", emvqr.SizeMax/2) + "a":                            true,
		} {
			if findings := read(text); broke(findings, "size") != want {
				t.Errorf("%s of %d bytes: %v", name, len(text), findings)
			}
		}
	}
}

// No character is read that a payer would not see, or that turns the direction of what
// stands behind it: an amount would be shown as another.
func TestCharactersThatAreNotSeen(t *testing.T) {
	// A mark alone says of which direction it is itself, and turns nothing else.
	marks := []rune{'\u061c', '\u200e', '\u200f'}
	for r := range rune(0x3000) {
		want := unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) && !slices.Contains(marks, r)
		text := "0002015904a" + string(r) + "bc"
		if _, findings := emvqr.ReadMerchant(text); broke(findings, "characters") != want {
			t.Fatalf("%U: %v", r, findings)
		}
	}
	for _, text := range []string{"\xff", "0002\xc3", "\xed\xa0\x80"} {
		if _, findings := emvqr.ReadMerchant(text); !broke(findings, "characters") {
			t.Errorf("%q: %v", text, findings)
		}
	}
}

// A parameter that cannot be read is shown where it begins.
func TestWhereALinkIsWrong(t *testing.T) {
	const good = "upi://pay?pa=shop@bank&pn=Tea"
	for _, wrong := range []string{"&am=%zz", "&=1", "&tn=a%00"} {
		_, findings := emvqr.ReadLink(good + wrong)
		if len(findings) != 1 || findings[0].Rule != "parameter" || findings[0].Offset != len(good)+1 {
			t.Errorf("%s: %+v", wrong, findings)
		}
	}
}

// A code may be paid again and again if it says so, or says nothing and asks for no amount.
func TestStatic(t *testing.T) {
	for _, c := range []struct {
		initiation, amount string
		static, dynamic    bool
	}{
		{"010211", "", true, false}, {"010211", "54041.00", true, false}, {"010212", "", false, true},
		{"010212", "54041.00", false, true}, {"", "", true, false}, {"", "54041.00", false, false},
	} {
		m, _ := emvqr.ReadMerchant("000201" + c.initiation + "5303764" + c.amount + "5802TH63040000")
		if m.Static() != c.static || m.Dynamic() != c.dynamic {
			t.Errorf("%q with %q: static %v, dynamic %v", c.initiation, c.amount, m.Static(), m.Dynamic())
		}
	}
}
