package rules

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// globbed reports by another way than the plans whether a path is one that a
// pattern leads to.
func globbed(p, path []string) bool {
	switch {
	case len(p) == 0:
		return len(path) == 0
	case p[0] == "**":
		return globbed(p[1:], path) || len(path) > 0 && globbed(p, path[1:])
	case len(path) == 0:
		return false
	default:
		return (p[0] == "*" || p[0] == path[0]) && globbed(p[1:], path[1:])
	}
}

// planned returns the rules that the plan has at a path.
func planned(p *profilePlan, t *schema.Type, path []string) []string {
	var names []string
	if p == nil {
		return nil
	}
	if len(path) == 0 {
		for _, r := range p.rules {
			names = append(names, r.name)
		}
		slices.Sort(names)
		return names
	}
	e := t.Find(path[0])
	return planned(p.below[e.Ordinal], e.Type, path[1:])
}

// TestPatterns: a plan has exactly those rules at each place whose patterns lead
// there and whose exceptions do not.
func TestPatterns(t *testing.T) {
	definition := schema.Lookup("pacs.008.001.08")
	step := rapid.SampledFrom([]string{
		"*", "**", "GrpHdr", "CdtTrfTxInf", "Dbtr", "DbtrAgt", "FinInstnId", "PstlAdr", "Nm", "Id", "PmtId",
	})
	draw := rapid.Map(rapid.SliceOfN(step, 0, 4), func(steps []string) pattern { return steps })
	everywhere := &kind{check: always}
	rapid.Check(t, func(t *rapid.T) {
		p := &Profile{}
		for _, name := range []string{"a", "b", "c"} {
			p.rules = append(p.rules, profileRule{
				name: name, kind: everywhere,
				at:     rapid.SliceOfN(draw, 1, 2).Draw(t, "at"),
				except: rapid.SliceOfN(draw, 0, 1).Draw(t, "except"),
			})
		}
		plan := p.planOf(definition)
		body := definition.Body().Type
		for range 20 {
			var path []string
			for at := body; len(at.Elements) > 0 && len(path) < 6 && rapid.IntRange(0, 5).Draw(t, "on") > 0; {
				e := &at.Elements[rapid.IntRange(0, len(at.Elements)-1).Draw(t, "element")]
				path, at = append(path, e.Name), e.Type
			}
			var want []string
			for _, r := range p.rules {
				leads := func(p pattern) bool { return globbed(p, path) }
				if slices.ContainsFunc(r.at, leads) && !slices.ContainsFunc(r.except, leads) {
					want = append(want, r.name)
				}
			}
			if got := planned(plan, body, path); !slices.Equal(got, want) {
				t.Fatalf("at %s: %q, want %q of %+v", strings.Join(path, "/"), got, want, p.rules)
			}
		}
	})
}

func TestShape(t *testing.T) {
	line, town, country := "<AdrLine>1</AdrLine>", "<TwnNm>T</TwnNm>", "<Ctry>HK</Ctry>"
	for address, want := range map[string]string{
		town + country:                        "structured",
		"<StrtNm>S</StrtNm>" + town + country: "structured",
		town:                                  "",
		country:                               "",
		"<StrtNm>S</StrtNm>" + country:        "",
		town + country + line:                 "hybrid",
		town + country + line + line:          "hybrid",
		town + country + line + line + line:   "",
		line:                                  "unstructured",
		line + line + line:                    "unstructured",
		line + line + line + line:             "",
		country + line:                        "unstructured",
		town + line:                           "",
		"<StrtNm>S</StrtNm>" + country + line: "",
	} {
		m := new(wire.Reader).Read([]byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">` +
			`<FIToFICstmrCdtTrf><CdtTrfTxInf><Dbtr><PstlAdr>` + address + `</PstlAdr></Dbtr></CdtTrfTxInf>` +
			`</FIToFICstmrCdtTrf></Document>`))
		if got := shape(m.First("PstlAdr")); got != want {
			t.Errorf("%s is %q, want %q", address, got, want)
		}
	}
}

func TestFormed(t *testing.T) {
	for _, tt := range []struct {
		word, value string
		kind        schema.Kind
		want        bool
	}{
		{"offset", "2026-11-25T10:00:00Z", schema.DateTime, true},
		{"offset", "2026-11-25T10:00:00-05:00", schema.DateTime, true},
		{"offset", "2026-11-25T10:00:00.123+08:00", schema.DateTime, true},
		{"offset", "2026-11-25T10:00:00", schema.DateTime, false},
		{"offset", "2026-11-25", schema.Date, true},
		{"utc", "2026-11-25T10:00:00Z", schema.DateTime, true},
		{"utc", "2026-11-25T10:00:00+00:00", schema.DateTime, true},
		{"utc", "2026-11-25T10:00:00+08:00", schema.DateTime, false},
		{"utc", "2026-11-25T10:00:00", schema.DateTime, false},
		{"utc", "2026-11-25", schema.Date, true},
		{"reference", "A/B-C", schema.Text, true},
		{"reference", "/A", schema.Text, false},
		{"reference", "A/", schema.Text, false},
		{"reference", "A//B", schema.Text, false},
	} {
		if got := formed(tt.word, tt.value, tt.kind); got != tt.want {
			t.Errorf("%s of %s: %v", tt.word, tt.value, got)
		}
	}
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0) }

func TestDays(t *testing.T) {
	rule := profileRule{from: 20251122, until: 20261114}
	for day, want := range map[int]bool{
		0: false, 20251121: false, 20251122: true, 20261113: true, 20261114: false, 99991231: false,
	} {
		if got := rule.inForce(day); got != want {
			t.Errorf("in force on %d: %v", day, got)
		}
	}
	always := profileRule{}
	if !always.inForce(0) || !always.inForce(99991231) {
		t.Error("a rule without days is not always in force")
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64Range(0, 1e10).Draw(t, "a"), rapid.Int64Range(0, 1e10).Draw(t, "b")
		x, y := dayOf(unix(a)), dayOf(unix(b))
		if (x < y) != fromDay(x).Before(fromDay(y)) || dayOf(fromDay(x)) != x || fromDay(x).After(unix(a)) {
			t.Fatalf("days %d and %d of %d and %d", x, y, a, b)
		}
	})
}
