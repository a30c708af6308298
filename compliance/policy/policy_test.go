package policy_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// written is a policy as people write it.
const written = `{
  "screening": {"default": 7700, "weak": 1500, "lists": {"OWN": 8000},
    "corridors": [{"payer": "HK", "merchant": "JP", "default": 8500, "weak": 1000}]},
  "hold": [{"product": "AutoDebit"}, {"payer": "SG"}],
  "review_minutes": 240,
  "limits": [
    {"name": "payer a day", "scope": "payer", "period": "day", "zone": "Asia/Tokyo", "amount": 500000},
    {"name": "device", "scope": "device", "period": "rolling", "within_minutes": 10, "count": 5}],
  "rules": [{"name": "large", "when": "worth > 100000", "then": "HOLD"}],
  "travel": [{"name": "above", "above": 100000, "need": [["debtor.name"], ["debtor.birth", "debtor.identifier"]]}]
}`

func parsed(t testing.TB, text string) policy.Document {
	t.Helper()
	d, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDocument(t *testing.T) {
	d := parsed(t, written)
	p, err := policy.New(3, d)
	if err != nil {
		t.Fatal(err)
	}
	if p.Version != 3 || len(p.Hash) != 64 || p.Review() != 4*time.Hour || len(p.RuleSet().Rules()) != 1 {
		t.Errorf("%+v", p)
	}
	canonical, err := d.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	again, err := parsed(t, string(canonical)).Canonical()
	if err != nil || !bytes.Equal(canonical, again) {
		t.Errorf("%s\n%s", canonical, again)
	}
	for _, c := range []struct {
		payer, merchant, product string
		holds                    bool
		threshold                int
	}{
		{"HK", "JP", "PaymentCode", false, 8500}, {"HK", "TH", "PaymentCode", false, 7700},
		{"HK", "JP", "AutoDebit", true, 8500}, {"SG", "JP", "PaymentCode", true, 7700},
	} {
		got := p.Thresholds(c.payer, c.merchant, c.product)
		if p.Holds(c.payer, c.merchant, c.product) != c.holds || got.Default != c.threshold {
			t.Errorf("%+v: %+v", c, got)
		}
	}
	standard, err := policy.New(0, policy.Standard())
	if err != nil || standard.Holds("HK", "JP", "PaymentCode") ||
		standard.Thresholds("HK", "JP", "").Default != match.DefaultPolicy.Default {
		t.Errorf("%+v, %v", standard, err)
	}
}

// A document that could be read in two ways, or not at all, is none.
func TestRefused(t *testing.T) {
	for name, change := range map[string][2]string{
		"unknown field": {`"hold"`, `"holds"`},
		"not JSON":      {`"review_minutes": 240,`, `"review_minutes": 240`},
		"two documents": {"\n}", "\n} {}"},
		"another type":  {`"review_minutes": 240`, `"review_minutes": "240"`},
		"too large":     {`"HK"`, `"` + strings.Repeat("H", policy.DocumentMax) + `"`},
	} {
		if _, err := policy.Parse([]byte(replaced(t, change))); err == nil || !strings.HasPrefix(err.Error(), "policy: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for want, change := range map[string][2]string{
		"a threshold is":      {`"default": 7700`, `"default": 77`},
		"threshold is 5000":   {`"OWN": 8000`, `"OWN": 10001`},
		"corridor 1":          {`"default": 8500`, `"default": 1`},
		"weak is":             {`"weak": 1500`, `"weak": -1`},
		"review_minutes is 1": {`240`, `0`},
		"limits: rule 2":      {`"count": 5`, `"count": 0`},
		"rules: large":        {`worth > 100000`, `worth >> 1`},
		"travel: above":       {`"debtor.name"`, `"debtor.shoe"`},
		"more than 200":       {`{"product": "AutoDebit"}`, strings.Repeat(`{},`, 200) + `{}`},
	} {
		_, err := policy.New(1, parsed(t, replaced(t, change)))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "policy: ") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func replaced(t *testing.T, change [2]string) string {
	t.Helper()
	if !strings.Contains(written, change[0]) {
		t.Fatalf("%q is not in the document", change[0])
	}
	return strings.Replace(written, change[0], change[1], 1)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(written))
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"screening":{"default":7700,"weak":0},"review_minutes":1,"rules":[{"name":"x","when":"at > at","then":"HOLD"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := policy.Parse(data)
		if err != nil {
			return
		}
		p, err := policy.New(1, d)
		if err != nil {
			return
		}
		canonical, err := p.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.Parse(canonical)
		if err != nil {
			t.Fatalf("%v: %s", err, canonical)
		}
		if q, err := policy.New(1, again); err != nil || q.Hash != p.Hash {
			t.Errorf("%v: %s", err, canonical)
		}
		p.RuleSet().Apply(t.Context(), rules.Facts{})
	})
}

func TestVersions(t *testing.T) {
	steps, err := policy.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		minute := 0
		in := func(step func(ctx context.Context, tx db.Tx, at time.Time) error) {
			t.Helper()
			minute++
			at := noon.Add(time.Duration(minute) * time.Minute)
			if err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return step(ctx, tx, at) }); err != nil {
				t.Fatal(err)
			}
		}
		add := func(state policy.State, reviewMinutes int64) {
			t.Helper()
			d := policy.Standard()
			d.ReviewMinutes = reviewMinutes
			in(func(ctx context.Context, tx db.Tx, at time.Time) error {
				_, err := policy.Add(ctx, tx, d, state, at)
				return err
			})
		}
		expect := func(live, shadow int64, states string) {
			t.Helper()
			l, s, err := policy.Load(t.Context(), pool)
			if err != nil || l.ReviewMinutes != live || (s == nil) != (shadow == 0) || s != nil && s.ReviewMinutes != shadow {
				t.Errorf("live %+v, shadow %+v, %v", l, s, err)
			}
			all, err := policy.Versions(t.Context(), pool, 10)
			got := ""
			for _, v := range all {
				got += fmt.Sprintf("%d %s ", v.Version, v.State)
			}
			if err != nil || got != states {
				t.Errorf("%q, want %q, %v", got, states, err)
			}
		}
		expect(60, 0, "")
		add(policy.Live, 61)
		add(policy.Shadow, 62)
		expect(61, 62, "2 SHADOW 1 LIVE ")
		add(policy.Shadow, 63)
		expect(61, 63, "3 SHADOW 2 RETIRED 1 LIVE ")
		in(func(ctx context.Context, tx db.Tx, at time.Time) error {
			ok, err := policy.Promote(ctx, tx, 3, at)
			if !ok {
				t.Error("the shadow was not promoted")
			}
			return err
		})
		expect(63, 0, "3 LIVE 2 RETIRED 1 RETIRED ")
		add(policy.Shadow, 64)
		in(func(ctx context.Context, tx db.Tx, at time.Time) error { return policy.Drop(ctx, tx, at) })
		expect(63, 0, "4 RETIRED 3 LIVE 2 RETIRED 1 RETIRED ")
	}, steps)
}

// Promoting what is not the shadow changes nothing.
func TestPromoteAnother(t *testing.T) {
	steps, err := policy.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	pool := dbtest.Migrated(t, steps)
	err = pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		if _, err := policy.Add(ctx, tx, policy.Standard(), policy.Live, noon); err != nil {
			return err
		}
		for _, version := range []int64{1, 2} {
			if ok, err := policy.Promote(ctx, tx, version, noon); ok || err != nil {
				t.Errorf("%d was promoted, %v", version, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if live, _, err := policy.Load(t.Context(), pool); err != nil || live.Version != 1 {
		t.Errorf("in force: %+v, %v", live, err)
	}
}
