package rules_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// oneRule is a profile with one rule of those lines.
func oneRule(t testing.TB, lines string) *rules.Profile {
	t.Helper()
	p, err := rules.ParseProfile("profile p\ntitle T\nsource S\nset letters abc xyz space\nrule r\ntext t\ncode FF01\n" + lines)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// breaks returns where a message breaks the one rule of a profile: paths from the
// body, "." for the body itself, sorted, each place once.
func breaks(p *rules.Profile, message string) string {
	m := new(wire.Reader).Read([]byte(message))
	var places []string
	for _, f := range rules.Check(m, rules.Options{Profile: p, At: day(2026, 11, 25)}) {
		if f.Layer == wire.Profile {
			_, place, inside := strings.Cut(strings.TrimPrefix(f.Path, "Document/"), "/")
			if !inside {
				place = "."
			}
			places = append(places, place)
		}
	}
	slices.Sort(places)
	return strings.Join(slices.Compact(places), " ")
}

// TestKinds: each kind of rule at both sides of where it changes its mind.
func TestKinds(t *testing.T) {
	plain := base(t, "pacs.008.001.09")
	headed, _ := profileBase(t, "cbpr+ pacs.008.001.08")
	one, two := "CdtTrfTxInf[1]", "CdtTrfTxInf[2]"
	for _, tt := range []struct{ message, lines, want string }{
		{plain, "messages pacs.008.001.09", ""},
		{plain, "messages pacs.008.001.08 pacs.008.001.10", "."},
		{plain, "require GrpHdr/CtrlSum", ""},
		{plain, "require GrpHdr/BtchBookg", "GrpHdr/BtchBookg"},
		{plain, "require GrpHdr/BtchBookg GrpHdr/CtrlSum", ""},
		{plain, "require SplmtryData GrpHdr/BtchBookg", "SplmtryData"},
		{plain, "at CdtTrfTxInf\nrequire PmtTpInf", one + "/PmtTpInf " + two + "/PmtTpInf"},
		{plain, "forbid GrpHdr/BtchBookg", ""},
		{plain, "forbid GrpHdr/CtrlSum GrpHdr/NbOfTxs", "GrpHdr/CtrlSum GrpHdr/NbOfTxs"},
		{plain, "most 2 CdtTrfTxInf", ""},
		{plain, "most 1 CdtTrfTxInf", one},
		{plain, "most 0 GrpHdr/CtrlSum", "GrpHdr/CtrlSum"},
		{plain, "least 2 CdtTrfTxInf", ""},
		{plain, "least 3 CdtTrfTxInf", "CdtTrfTxInf"},
		{plain, "least 1 GrpHdr/BtchBookg", "GrpHdr/BtchBookg"},
		{plain, "at GrpHdr/NbOfTxs\nvalues 1 2", ""},
		{plain, "at GrpHdr/NbOfTxs\nvalues 1 22", "GrpHdr/NbOfTxs"},
		{plain, "at GrpHdr/MsgId\nbegins M-", ""},
		{plain, "at GrpHdr/MsgId\nbegins M-1", ""},
		{plain, "at GrpHdr/MsgId\nbegins M-11 N", "GrpHdr/MsgId"},
		{plain, "at GrpHdr\nvalues X", ""},
		{plain, "headed", "."},
		{headed, "for pacs.008\nheaded", ""},
		{headed, "at GrpHdr/MsgId\nheader BizMsgIdr", ""},
		{headed, "at GrpHdr/MsgId\nheader MsgDefIdr", "GrpHdr/MsgId"},
		{headed, "at GrpHdr/MsgId\nheader Prty", ""},
		{plain, "at GrpHdr/MsgId\nheader MsgDefIdr", ""},
		{headed, "for head.001\nat MsgDefIdr\ndefinition", ""},
		{headed, "for head.001\nat BizMsgIdr\ndefinition", "BizMsgIdr"},
		{plain, "for pacs.009\nforbid GrpHdr", ""},
		{plain, "for pacs.008.001.09\nforbid GrpHdr/CtrlSum", "GrpHdr/CtrlSum"},
		{plain, "for pacs.008.001.08\nforbid GrpHdr/CtrlSum", ""},
		{plain, "when GrpHdr/CtrlSum\nforbid GrpHdr/NbOfTxs", "GrpHdr/NbOfTxs"},
		{plain, "when GrpHdr/BtchBookg\nforbid GrpHdr/NbOfTxs", ""},
		{plain, "unless GrpHdr/BtchBookg\nforbid GrpHdr/NbOfTxs", "GrpHdr/NbOfTxs"},
		{plain, "unless GrpHdr/CtrlSum\nforbid GrpHdr/NbOfTxs", ""},
		{plain, "when GrpHdr/MsgId = M-0 M-1\nforbid GrpHdr/NbOfTxs", "GrpHdr/NbOfTxs"},
		{plain, "when GrpHdr/MsgId = M-0 M-11\nforbid GrpHdr/NbOfTxs", ""},
		{plain, "when GrpHdr/MsgId = M-1\nwhen GrpHdr/BtchBookg\nforbid GrpHdr/NbOfTxs", ""},
		{plain, "at **\nexcept ** \nvalues nothing", ""},
		{plain, "at GrpHdr/*\nexcept GrpHdr/NbOfTxs GrpHdr/CreDtTm GrpHdr/MsgId\nbegins 30 2026", ""},
	} {
		if got := breaks(oneRule(t, tt.lines), tt.message); got != tt.want {
			t.Errorf("%q breaks at %q, want %q", tt.lines, got, tt.want)
		}
	}
}

// named is a message whose party has a name.
func named(name string) string {
	return strings.Replace(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:acmt.023.001.02"><IdVrfctnReq>
<Assgnmt><MsgId>M</MsgId><CreDtTm>2026-11-25T10:00:00Z</CreDtTm>
<Assgnr><Pty><Nm>{}</Nm></Pty></Assgnr><Assgne><Pty><Nm>a</Nm></Pty></Assgne></Assgnmt>
<Vrfctn><Id>a</Id><PtyAndAcctId/></Vrfctn></IdVrfctnReq></Document>`, "{}", name, 1)
}

// TestEachCharacter: of all characters that XML can carry in two planes exactly
// those of the set pass, however they are written.
func TestEachCharacter(t *testing.T) {
	p := oneRule(t, "at Assgnmt/Assgnr/Pty/Nm\ncharacters letters\n")
	const set = "abcxyz "
	tried := 0
	for c := rune(0x20); c < 0x2100; c++ {
		if c >= 0x7F && c < 0xA0 && c != 0x85 {
			continue
		}
		tried++
		for _, written := range []string{fmt.Sprintf("a&#%d;b", c), fmt.Sprintf("a&#x%X;b", c)} {
			want := "Assgnmt/Assgnr/Pty/Nm"
			if strings.ContainsRune(set, c) {
				want = ""
			}
			if got := breaks(p, named(written)); got != want {
				t.Fatalf("U+%04X written %s breaks at %q, want %q", c, written, got, want)
			}
		}
	}
	if tried < 8000 {
		t.Errorf("only %d characters", tried)
	}
}

// TestSetsOfCBPR: the two character sets are those of the public descriptions,
// character by character.
func TestSetsOfCBPR(t *testing.T) {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	finX := "0123456789" + letters + strings.ToUpper(letters) + "/-?:().,'+ "
	extended := finX + "!#$%&*=^_`{|}~\";<>@[\\]"
	profile := load(t, "cbpr+")
	for c := rune(0x21); c < 0x180; c++ {
		if c >= 0x7F && c < 0xA0 {
			continue
		}
		written := fmt.Sprintf("I&#%d;1", c)
		for _, tt := range []struct{ edits, rule, set string }{
			{"<EndToEndId>E-1 => <EndToEndId>" + written, "cbpr+/characters", finX},
			{"<Dbtr><Nm>Payer => <Dbtr><Nm>" + written, "cbpr+/characters-extended", extended},
		} {
			message, _ := profileBase(t, "cbpr+ pacs.008.001.08")
			found, _ := titles(edit(t, message, tt.edits), rules.Options{Profile: profile, At: day(2026, 11, 25)})
			if good := strings.ContainsRune(tt.set, c); good != (len(found) == 0) || !good && found[0] != tt.rule {
				t.Errorf("U+%04X by %s: %q", c, tt.rule, found)
			}
		}
	}
}

// TestDigitsAgainstAnotherReading: the digits that count are those of the number
// without leading zeros, and without zeros at the end behind the point.
func TestDigitsAgainstAnotherReading(t *testing.T) {
	profiles := make([]*rules.Profile, 19)
	for n := range profiles {
		profiles[n] = oneRule(t, fmt.Sprintf("at CdtTrfTxInf/IntrBkSttlmAmt\ndigits %d\n", n))
	}
	message := edit(t, base(t, "pacs.008.001.09"), "10.50</IntrBkSttlmAmt> => {}</IntrBkSttlmAmt>")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9]{1,13}(\.[0-9]{1,5})?`).Draw(t, "amount")
		n := rapid.IntRange(0, 18).Draw(t, "digits")
		value, _ := new(big.Rat).SetString(text)
		counted := strings.TrimRight(value.FloatString(5), "0")
		counted = strings.TrimLeft(strings.Replace(counted, ".", "", 1), "0")
		if value.Cmp(big.NewRat(1, 1)) < 0 {
			// Behind the point zeros count.
			counted = strings.TrimPrefix(strings.TrimRight(value.FloatString(5), "0"), "0.")
		}
		want := ""
		if len(counted) > n {
			want = "CdtTrfTxInf[1]/IntrBkSttlmAmt"
		}
		got := strings.Fields(breaks(profiles[n], strings.Replace(message, "{}", text, 1)) + " ")
		first := slices.Contains(got, "CdtTrfTxInf[1]/IntrBkSttlmAmt")
		if first != (want != "") {
			t.Fatalf("%s with %d digits breaks at %q: counted %q", text, n, got, counted)
		}
	})
}

// TestDaysOfARule: a rule is in force from the first moment of its first day until the
// last before the day that it ends on, in UTC, whatever the zone of the clock.
func TestDaysOfARule(t *testing.T) {
	from, until := day(2026, 3, 1), day(2026, 3, 29)
	east, west := time.FixedZone("", 14*3600), time.FixedZone("", -12*3600)
	for _, tt := range []struct{ lines, name string }{
		{"from 2026-03-01\n", "from"}, {"until 2026-03-29\n", "until"},
		{"from 2026-03-01\nuntil 2026-03-29\n", "both"}, {"", "always"},
	} {
		p := oneRule(t, tt.lines+"forbid GrpHdr/NbOfTxs\n")
		m := new(wire.Reader).Read([]byte(base(t, "pacs.008.001.09")))
		for at := day(2026, 2, 26).Add(time.Nanosecond); at.Before(day(2026, 4, 2)); at = at.Add(6 * time.Hour) {
			inForce := (tt.name == "until" || tt.name == "always" || !at.Before(from)) &&
				(tt.name == "from" || tt.name == "always" || at.Before(until))
			for _, clock := range []time.Time{at, at.In(east), at.In(west)} {
				findings := rules.Check(m, rules.Options{Profile: p, At: clock})
				if (len(findings) == 1) != inForce {
					t.Fatalf("%s at %s: %v", tt.name, clock, findings)
				}
			}
		}
		for _, edge := range []time.Time{from, until} {
			before, on := rules.Options{Profile: p, At: edge.Add(-1)}, rules.Options{Profile: p, At: edge}
			changes := len(rules.Check(m, before)) != len(rules.Check(m, on))
			if want := tt.name == "both" || tt.name == "from" && edge.Equal(from) || tt.name == "until" && edge.Equal(until); changes != want {
				t.Errorf("%s changes at %s: %v", tt.name, edge, changes)
			}
		}
		if zero := len(rules.Check(m, rules.Options{Profile: p})); (zero == 1) != (tt.name == "until" || tt.name == "always") {
			t.Errorf("%s at the zero time: %d", tt.name, zero)
		}
	}
}

// TestDatedRulesOfEachProfile: every dated rule of every profile is broken by its
// case on its first and last day, and by none on the days around.
func TestDatedRulesOfEachProfile(t *testing.T) {
	dated := 0
	for _, name := range rules.Profiles() {
		for _, rule := range load(t, name).Rules() {
			for _, edge := range []struct {
				at     time.Time
				inside bool
			}{{rule.From, true}, {rule.From.AddDate(0, 0, -1), false}, {rule.Until, false}, {rule.Until.AddDate(0, 0, -1), true}} {
				if edge.at.Year() < 1900 {
					continue
				}
				dated++
				if broken := brokenOn(t, rule.Name, edge.at); broken != edge.inside {
					t.Errorf("%s on %s: broken %v", rule.Name, edge.at.Format(time.DateOnly), broken)
				}
			}
		}
	}
	if dated < 12 {
		t.Errorf("only %d days", dated)
	}
}

// brokenOn reports whether a case of profile-breaches.txt breaks a rule on a day.
func brokenOn(t *testing.T, rule string, at time.Time) bool {
	t.Helper()
	for line := range strings.Lines(testdata(t, "profile-breaches.txt")) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), " | ", 5)
		if len(fields) < 5 || !slices.Contains(strings.Split(strings.ReplaceAll(fields[1], "warn ", ""), ", "), rule) {
			continue
		}
		message, profile := profileBase(t, fields[0])
		found, _ := titles(edit(t, message, fields[4]), rules.Options{Profile: profile, At: at})
		if slices.Contains(found, rule) || slices.Contains(found, "warn "+rule) {
			return true
		}
	}
	return false
}

// TestMalformedProfiles: each malformed line is refused with its number.
func TestMalformedProfiles(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(tiny, "\n"), "\n")
	for i, line := range lines {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		for what, wrong := range map[string]string{
			"unknown": "X" + line, "alone": strings.Fields(line)[0], "twice": line + "\n" + line, "control": "\x00" + line,
		} {
			changed := slices.Clone(lines)
			changed[i] = wrong
			at := i + 1
			if what == "twice" {
				at++
			}
			_, err := rules.ParseProfile(strings.Join(changed, "\n"))
			if !errors.Is(err, rules.ErrProfile) || !strings.Contains(err.Error(), fmt.Sprintf("line %d:", at)) {
				t.Errorf("line %d %s: %v", at, what, err)
			}
		}
		without := slices.Delete(slices.Clone(lines), i, i+1)
		p, err := rules.ParseProfile(strings.Join(without, "\n"))
		optional := strings.HasPrefix(line, "at ")
		if optional != (err == nil) || optional != (p != nil) {
			t.Errorf("without %q: %v", line, err)
		}
	}
}
