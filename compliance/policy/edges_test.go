package policy_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/policy"
)

// TestTwiceIsRefused: encoding/json takes the last of two fields of a name, whatever its
// capitals, and what the first says would not be in force.
func TestTwiceIsRefused(t *testing.T) {
	for name, change := range map[string][2]string{
		"at the top":      {`"review_minutes": 240`, `"review_minutes": 240, "rules": []`},
		"in capitals":     {`"review_minutes": 240`, `"review_minutes": 240, "Rules": []`},
		"in part":         {`"review_minutes": 240`, `"review_minutes": 240, "RULES": []`},
		"escaped":         {`"review_minutes": 240`, `"review_minutes": 240, "r\u0075les": []`},
		"a list":          {`"OWN": 8000`, `"OWN": 8000, "OWN": 10000`},
		"of a corridor":   {`"merchant": "JP"`, `"merchant": "JP", "merchant": "KR"`},
		"of a rule":       {`"then": "HOLD"`, `"then": "HOLD", "when": "false"`},
		"of a limit":      {`"count": 5`, `"count": 5, "count": 500`},
		"of a travel":     {`"above": 100000`, `"above": 100000, "above": 9`},
		"after an object": {`"weak": 1500`, `"weak": 1500, "weak": 5000`},
	} {
		_, err := policy.Parse([]byte(replaced(t, change)))
		if err == nil || !strings.HasPrefix(err.Error(), "policy: field ") || !strings.Contains(err.Error(), "twice") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The same name in two objects is not twice.
	parsed(t, replaced(t, [2]string{`{"payer": "SG"}`, `{"payer": "SG"}, {"payer": "TH"}`}))
}

// TestDocumentAtItsEdges: the last of each limit that is let through, and the first that
// is not.
func TestDocumentAtItsEdges(t *testing.T) {
	scopes := func(n int) string { return `{"product": "AutoDebit"}` + strings.Repeat(`,{}`, n-2) }
	corridors := func(n int) string {
		return strings.Repeat(`{"default": 7000, "weak": 0},`, n-1) + `{"payer": "HK", "merchant": "JP",`
	}
	for name, c := range map[string]struct {
		old, new string
		good     bool
	}{
		"lowest":            {`"default": 7700`, `"default": 5000`, true},
		"below":             {`"default": 7700`, `"default": 4999`, false},
		"highest":           {`"default": 7700`, `"default": 10000`, true},
		"above":             {`"default": 7700`, `"default": 10001`, false},
		"lowest of a list":  {`"OWN": 8000`, `"OWN": 5000`, true},
		"below of a list":   {`"OWN": 8000`, `"OWN": 4999`, false},
		"highest of a list": {`"OWN": 8000`, `"OWN": 10000`, true},
		"highest there":     {`"default": 8500`, `"default": 10000`, true},
		"above there":       {`"default": 8500`, `"default": 10001`, false},
		"weak alike":        {`"weak": 1500`, `"weak": 0`, true},
		"weak at most":      {`"weak": 1500`, `"weak": 5000`, true},
		"weaker":            {`"weak": 1500`, `"weak": 5001`, false},
		"weaker there":      {`"weak": 1000`, `"weak": 5001`, false},
		"a minute":          {`240`, `1`, true},
		"no minute":         {`240`, `0`, false},
		"a week":            {`240`, `10080`, true},
		"a minute more":     {`240`, `10081`, false},
		"a minute less":     {`240`, `-1`, false},
		"many scopes":       {`{"product": "AutoDebit"}`, scopes(200), true},
		"too many":          {`{"product": "AutoDebit"}`, scopes(201), false},
		"many corridors":    {`{"payer": "HK", "merchant": "JP",`, corridors(200), true},
		"too many of them":  {`{"payer": "HK", "merchant": "JP",`, corridors(201), false},
	} {
		p, err := policy.New(1, parsed(t, replaced(t, [2]string{c.old, c.new})))
		if (err == nil) != c.good || (p == nil) == c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
	blanks := strings.Repeat(" ", policy.DocumentMax-len(written))
	if _, err := policy.Parse([]byte(written + blanks)); err != nil {
		t.Errorf("as large as may be: %v", err)
	}
	if _, err := policy.Parse([]byte(written + blanks + " ")); err == nil {
		t.Error("larger")
	}
	for _, text := range []string{"", "null", "[]", `"x"`, "{", strings.Repeat("[", 20_000), "\x00", "\uFEFF" + written} {
		d, err := policy.Parse([]byte(text))
		if err == nil {
			_, err = policy.New(1, d)
		}
		if err == nil || !strings.HasPrefix(err.Error(), "policy: ") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// drawScope draws a scope of few values, so that some fit.
func drawScope(t *rapid.T) policy.Scope {
	of := func(values ...string) string { return rapid.SampledFrom(values).Draw(t, "scope") }
	return policy.Scope{Payer: of("", "HK", "SG"), Merchant: of("", "JP", "TH"), Product: of("", "PaymentCode", "AutoDebit")}
}

// TestScopes: of corridors the first that fits counts and of scopes any, by a model that
// writes out every payment that a scope is for; and a policy is the same after it was
// written and read.
func TestScopes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := policy.Standard()
		for i := range rapid.IntRange(0, 4).Draw(t, "corridors") {
			threshold := policy.Threshold{Default: 6000 + i, Lists: map[string]int{"OWN": 8000 + i}, Weak: i}
			d.Screening.Corridors = append(d.Screening.Corridors, policy.CorridorThreshold{Scope: drawScope(t), Threshold: threshold})
		}
		for range rapid.IntRange(0, 3).Draw(t, "scopes") {
			d.Hold = append(d.Hold, drawScope(t))
		}
		canonical, err := d.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.Parse(canonical)
		if err != nil {
			t.Fatal(err)
		}
		p, err := policy.New(1, again)
		if err != nil {
			t.Fatal(err)
		}
		for _, payer := range []string{"HK", "SG", "US"} {
			for _, merchant := range []string{"JP", "TH", "US"} {
				for _, product := range []string{"PaymentCode", "AutoDebit", "OrderCode"} {
					want, holds := d.Screening.Default, false
					for i := len(d.Screening.Corridors) - 1; i >= 0; i-- {
						if covers(d.Screening.Corridors[i].Scope, payer, merchant, product) {
							want = 6000 + i
						}
					}
					for _, scope := range d.Hold {
						holds = holds || covers(scope, payer, merchant, product)
					}
					got := p.Thresholds(payer, merchant, product)
					if got.Default != want || (want >= 6000 && want < 6010) != (got.Lists["OWN"] == want+2000) ||
						p.Holds(payer, merchant, product) != holds {
						t.Fatalf("%s %s %s: %+v, want %d; holds %v", payer, merchant, product, got, want, holds)
					}
				}
			}
		}
	})
}

// covers compares as text: every part of the scope is a part of the payment or open.
func covers(s policy.Scope, payer, merchant, product string) bool {
	open := func(part, value string) string {
		if part == "" {
			return value
		}
		return part
	}
	return fmt.Sprint(open(s.Payer, payer), open(s.Merchant, merchant), open(s.Product, product)) == fmt.Sprint(payer, merchant, product)
}

// TestHashIsOfTheContents: two policies have one hash exactly when they say the same.
func TestHashIsOfTheContents(t *testing.T) {
	of := func(text string) string {
		p, err := policy.New(1, parsed(t, text))
		if err != nil {
			t.Fatal(err)
		}
		return p.Hash
	}
	var whole any
	if err := json.Unmarshal([]byte(written), &whole); err != nil {
		t.Fatal(err)
	}
	turned, err := json.Marshal(whole) // with the fields in another order
	if err != nil || of(string(turned)) != of(written) {
		t.Errorf("%v: another order is another policy", err)
	}
	for _, change := range [][2]string{
		{`7700`, `7701`}, {`"weak": 1500`, `"weak": 1501`}, {`8000`, `8001`}, {`"SG"`, `"TH"`}, {`240`, `241`}, {`500000`, `500001`},
		{`"HOLD"`, `"REJECT"`}, {`worth > 100000`, `worth > 100001`}, {`"above": 100000`, `"above": 100001`},
	} {
		if of(replaced(t, change)) == of(written) {
			t.Errorf("%v changes nothing", change)
		}
	}
}
