package rules_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// loaded keeps the profiles that tests have asked for.
var loaded sync.Map

func load(t testing.TB, name string) *rules.Profile {
	t.Helper()
	if p, ok := loaded.Load(name); ok {
		return p.(*rules.Profile)
	}
	p, err := rules.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	loaded.Store(name, p)
	return p
}

// profileBase returns a message that is right by a profile; those of the switch
// are what the switch writes.
func profileBase(t testing.TB, name string) (data string, profile *rules.Profile) {
	t.Helper()
	of, message, _ := strings.Cut(name, " ")
	path := "testdata/profiles/" + name + ".xml"
	if of == "switch" {
		path = "../testdata/" + message + ".xml"
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content), load(t, of)
}

// TestProfileBreaches: each breach is found as what it is, where it is, on its
// day, and nothing else is; every rule of every profile is broken.
func TestProfileBreaches(t *testing.T) {
	data, err := os.ReadFile("testdata/profile-breaches.txt")
	if err != nil {
		t.Fatal(err)
	}
	broken := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), " | ", 5)
		name, rule, path, on, edits := fields[0], fields[1], fields[2], fields[3], fields[4]
		want := strings.Split(rule, ", ")
		t.Run(rule, func(t *testing.T) {
			at, err := time.Parse(time.DateOnly, on)
			if err != nil {
				t.Fatal(err)
			}
			message, profile := profileBase(t, name)
			found, paths := titles(edit(t, message, edits), rules.Options{Profile: profile, At: at})
			slices.Sort(found)
			slices.Sort(want)
			there := func(p string) bool { return strings.HasSuffix(p, path) }
			if !slices.Equal(found, want) || !slices.ContainsFunc(paths, there) {
				t.Errorf("found %q at %q, want %s at %s", found, paths, rule, path)
			}
		})
		for _, r := range want {
			broken[strings.TrimPrefix(r, "warn ")] = true
		}
	}
	for _, name := range rules.Profiles() {
		for _, rule := range load(t, name).Rules() {
			if !broken[rule.Name] {
				t.Errorf("%s is never broken", rule.Name)
			}
		}
	}
}

// TestProfileBases: what the breaches start from is right, and so is everything
// that the switch writes.
func TestProfileBases(t *testing.T) {
	var names []string
	for folder, prefix := range map[string]string{"testdata/profiles": "", "../testdata": "switch "} {
		files, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if name, isMessage := strings.CutSuffix(file.Name(), ".xml"); isMessage {
				names = append(names, prefix+name)
			}
		}
	}
	if len(names) < 15 {
		t.Errorf("only %d messages", len(names))
	}
	for _, name := range names {
		message, profile := profileBase(t, name)
		if found, paths := titles(message, rules.Options{Profile: profile, At: day(2026, 11, 25)}); len(found) > 0 {
			t.Errorf("%s: %q at %q", name, found, paths)
		}
	}
}

// TestAddressesByDay: what an address may look like changes on the announced
// days.
func TestAddressesByDay(t *testing.T) {
	shapes := map[string]string{
		"structured":   "<PstlAdr><TwnNm>Town</TwnNm><Ctry>HK</Ctry></PstlAdr>",
		"hybrid":       "<PstlAdr><TwnNm>Town</TwnNm><Ctry>HK</Ctry><AdrLine>1</AdrLine></PstlAdr>",
		"unstructured": "<PstlAdr><AdrLine>1</AdrLine><AdrLine>2</AdrLine></PstlAdr>",
	}
	for _, tt := range []struct {
		at      time.Time
		allowed string
	}{
		{day(2025, 11, 21), "structured unstructured"},
		{day(2025, 11, 22), "structured hybrid unstructured"},
		{day(2026, 11, 13), "structured hybrid unstructured"},
		{time.Date(2026, 11, 13, 23, 59, 59, 0, time.UTC), "structured hybrid unstructured"},
		{day(2026, 11, 14), "structured hybrid"},
		{day(2030, 1, 1), "structured hybrid"},
	} {
		for shape, address := range shapes {
			message, profile := profileBase(t, "cbpr+ pacs.008.001.08")
			found, _ := titles(edit(t, message, "{address} => "+address), rules.Options{Profile: profile, At: tt.at})
			if allowed := len(found) == 0; allowed != strings.Contains(" "+tt.allowed+" ", " "+shape+" ") {
				t.Errorf("%s on %s: %q", shape, tt.at.Format(time.DateOnly), found)
			}
		}
	}
}

// TestHeadersOfCopies: the header of a copy names those who get the copy.
func TestHeadersOfCopies(t *testing.T) {
	message, profile := profileBase(t, "cbpr+ pacs.008.001.08")
	copied := edit(t, message, "<To><FIId><FinInstnId><BICFI>BBBB => <To><FIId><FinInstnId><BICFI>CCCC"+
		" ;; </CreDt> +> <CpyDplct>COPY</CpyDplct>")
	if found, _ := titles(copied, rules.Options{Profile: profile, At: day(2026, 11, 25)}); len(found) > 0 {
		t.Errorf("%q", found)
	}
}

func TestDigits(t *testing.T) {
	for amount, good := range map[string]bool{
		"99999999999999": true, "999999999999.99": true, "1000000000000.00": true, "0.30": true, "0": true,
		"00000000000000001": true,
		"100000000000000":   false, "1234567890123.45": false, "100000000000000.00": false,
	} {
		message, profile := profileBase(t, "cbpr+ pacs.008.001.08")
		message = edit(t, message, ">10.50< => >"+amount+"<")
		found, _ := titles(message, rules.Options{Profile: profile, At: day(2026, 11, 25)})
		if (len(found) == 0) != good {
			t.Errorf("%s: %q", amount, found)
		}
	}
}

func TestLoad(t *testing.T) {
	for _, name := range []string{"", "cbpr", "../external-codes", "CBPR+"} {
		if _, err := rules.Load(name); !errors.Is(err, rules.ErrProfile) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range rules.Profiles() {
		p := load(t, name)
		if p.Name != name || p.Title == "" || p.Source == "" || p.Answer == "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestRules(t *testing.T) {
	for _, rule := range load(t, "cbpr+").Rules() {
		if rule.Name == "cbpr+/address-2025" {
			if !rule.From.Equal(day(2025, 11, 22)) || !rule.Until.Equal(day(2026, 11, 14)) || rule.Warn ||
				!slices.Contains(rule.Families, "pacs.008") || rule.Code != "CH16" {
				t.Errorf("%+v", rule)
			}
			return
		}
	}
	t.Error("cbpr+/address-2025 is not there")
}

func manyRules(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "rule r%d\ntext t\ncode FF01\nheaded\n", i)
	}
	return b.String()
}

const tiny = `# A profile.
profile p
title   T
source  S
set     few abc space
set     more with few d

rule       r
text       t
code       FF01
at         **
characters more
`

func TestParseProfile(t *testing.T) {
	p, err := rules.ParseProfile(tiny)
	if err != nil {
		t.Fatal(err)
	}
	m := new(wire.Reader).Read([]byte(base(t, "acmt.024.001.02")))
	findings := rules.Check(m, rules.Options{Profile: p})
	if len(findings) == 0 || findings[0].Rule != "p/r" || findings[0].Layer != wire.Profile {
		t.Errorf("%v", findings)
	}
	for what, edits := range map[string]string{
		"answer unknown":     "title   T => title T\nanswer pacs.002.001.99",
		"answer is none":     "title   T => title T\nanswer pacs.008.001.13",
		"two answers":        "title   T => title T\nanswer pacs.002.001.15 pacs.002.001.10",
		"two names":          "profile p => profile p q",
		"two codes":          "FF01 => FF01 FF02",
		"two rules":          "rule       r => rule r s",
		"two days":           "at         ** => from 2026-01-01 2026-01-02",
		"two ends":           "at         ** => until 2026-01-01 2026-01-02",
		"two severities":     "at         ** => severity warn refuse",
		"two sets":           "characters more => characters more few",
		"two forms":          "characters more => form offset utc",
		"two headers":        "characters more => header Fr To",
		"two numbers":        "characters more => digits 1 2",
		"area":               "at         ** => for pacs",
		"family unknown":     "at         ** => for pacs.008 pacs.099",
		"message unknown":    "at         ** => for pacs.008.001.99",
		"codes unknown":      "characters more => codes ExternalPurpose1Code ExternalPurpose2Code",
		"no name":            "profile p => # none",
		"no title":           "title   T => # none",
		"unknown key":        "title => titel",
		"unknown rule key":   "text       t => txet t",
		"twice":              "title   T => title T\ntitle T",
		"twice in a rule":    "code       FF01 => code FF01\ncode FF01",
		"no code":            "code       FF01 => # none",
		"no reason code":     "FF01 => QQQQ",
		"no demand":          "characters more => # none",
		"two demands":        "characters more => characters more\nrequire A",
		"unknown set":        "characters more => characters most",
		"set twice":          "set     more => set few",
		"set beyond ASCII":   "few abc => few ä",
		"unknown in a set":   "more with few => more with most",
		"with nothing":       "more with few d => more with",
		"empty set":          "more with few d => more",
		"no words":           "at         ** => at",
		"no day":             "at         ** => from 2026-13-01",
		"ends before":        "at         ** => from 2026-01-02\nuntil 2026-01-02",
		"severity":           "at         ** => severity maybe",
		"condition":          "at         ** => when A B",
		"no path":            "characters more => most 1",
		"no number":          "characters more => most A B",
		"negative":           "characters more => digits -1",
		"two paths":          "characters more => most 1 A B",
		"unknown form":       "characters more => form round",
		"unknown shape":      "characters more => address round",
		"too much":           "characters more => headed twice",
		"rule twice":         "characters more => characters more\nrule r\ntext t\ncode FF01\nheaded",
		"nothing":            tiny + " => # none",
		"too many places":    "at         ** => at" + strings.Repeat(" A", 17),
		"too many steps":     "at         ** => at A" + strings.Repeat("/A", 16),
		"too often anywhere": "at         ** => at **/A/**/B/**",
		"too many rules":     "rule       r => " + manyRules(500) + "rule r",
		"too long":           "# => #" + strings.Repeat("#", 256<<10),
		"head within a rule": "characters more => title more",
	} {
		message := tiny
		old, new, _ := strings.Cut(edits, " => ")
		if message = strings.Replace(message, old, new, 1); message == tiny {
			t.Fatalf("%s changes nothing", what)
		}
		if p, err := rules.ParseProfile(message); !errors.Is(err, rules.ErrProfile) {
			t.Errorf("%s: %v, %v", what, p, err)
		}
	}
}

// FuzzParseProfile: a profile is read or refused, whatever it is.
func FuzzParseProfile(f *testing.F) {
	f.Add(tiny)
	for _, name := range rules.Profiles() {
		data, err := os.ReadFile("profiles/" + name + ".txt")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	message := new(wire.Reader).Read([]byte(base(f, "pacs.008.001.09")))
	f.Fuzz(func(t *testing.T, text string) {
		p, err := rules.ParseProfile(text)
		if (p == nil) == (err == nil) {
			t.Fatalf("%v, %v", p, err)
		}
		if p != nil {
			rules.Check(message, rules.Options{Profile: p, At: day(2026, 11, 25), Warn: func(wire.Finding) {}})
		}
	})
}
