package compliance_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/compliance/travel"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/reason"
)

// TestListAge: lists are good up to their age and no moment longer, and a clock that goes
// back does not make them old.
func TestListAge(t *testing.T) {
	list := own(t, "7,Viktor Blocksworth\n")
	for name, c := range map[string]struct {
		age, since time.Duration
		want       error
	}{
		"just confirmed":      {time.Hour, 0, nil},
		"as old as may be":    {time.Hour, time.Hour, nil},
		"older":               {time.Hour, time.Hour + 1, compliance.ErrStale},
		"confirmed later":     {time.Hour, -time.Hour, nil},
		"without end":         {0, 1_000_000 * time.Hour, nil},
		"never confirmed yet": {time.Hour, 1_000_000 * time.Hour, compliance.ErrStale},
	} {
		o, err := compliance.NewOfficer(&clock.Fixed{At: now}, c.age)
		if err != nil {
			t.Fatal(err)
		}
		o.Watch(list, now.Add(-c.since))
		if err := o.Ready(); !errors.Is(err, c.want) {
			t.Errorf("%s: ready: %v", name, err)
		}
		d, err := o.Decide(t.Context(), tea("Mei Lantern", "Tea House"))
		if !errors.Is(err, c.want) || (d.Outcome == compliance.Pass) != (c.want == nil) {
			t.Errorf("%s: %s, %v", name, d.Outcome, err)
		}
	}
}

// TestUnusableListsStillRefuse: without usable lists a payment that can wait is held, and
// refused where the policy says so without them; nothing beside is tried.
func TestUnusableListsStillRefuse(t *testing.T) {
	o := newOfficer(t, own(t, "7,Mei Lantern\n"), time.Minute)
	holding := func(d *policy.Document) {
		d.Hold = []policy.Scope{{Product: "PaymentCode"}}
		d.Rules = []rules.Rule{{Name: "large", When: "worth > 1000", Then: rules.Reject, Reason: "AmountLimit"}}
		d.Limits = limits.Rules{{Name: "day", Scope: limits.Payer, Period: limits.Day, Count: 3}}
	}
	o.Follow(follow(t, 1, holding), follow(t, 2, func(*policy.Document) {}))
	p := tea("Mei Lantern", "Tea House")
	d := decide(t, o, p)
	if d.Outcome != compliance.Hold || d.Reason != reason.InProcess || d.Findings.Limit == "" || d.Findings.Hits != nil ||
		d.ShadowVersion != 0 || len(d.Uses) != 1 || !d.ReviewBy.Equal(now.Add(time.Hour)) {
		t.Errorf("%+v", d)
	}
	p.Worth.Minor = 1001
	if d := decide(t, o, p); d.Outcome != compliance.Reject || d.Reason != reason.AmountLimit || !d.ReviewBy.IsZero() {
		t.Errorf("%+v", d)
	}
	p.Product = "OrderCode"
	if d, err := o.Decide(t.Context(), p); !errors.Is(err, compliance.ErrStale) || !cmp.Equal(d, compliance.Decision{}) {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestEveryPartyCounts: each party is screened by name, by text and by number, and what
// nobody has said is not compared.
func TestEveryPartyCounts(t *testing.T) {
	o := newOfficer(t, own(t, "7,Viktor Blocksworth\n8,Ocean Lantern Shipping\n"), 0)
	roles := []string{"debtor", "ultimate debtor", "creditor", "wallet", "acquirer", "remittance"}
	for at, role := range roles {
		p := tea("", "")
		p.Parties = nil
		for i, other := range roles {
			party := watchlist.Party{Role: other, Name: []string{"", "Mei Lantern"}[i%2]}
			if i == at {
				party = watchlist.Party{Role: role, Name: "for Viktor Blocksworth, May", Text: true}
			}
			p.Parties = append(p.Parties, party)
		}
		d := decide(t, o, p)
		if d.Outcome != compliance.Reject || len(d.Findings.Hits) != 1 || d.Findings.Hits[0].Role != role {
			t.Errorf("%s: %+v", role, d.Findings.Hits)
		}
	}
}

// finding is something that may stand against a payment, in the order in which it is
// looked for.
type finding struct {
	there   bool
	outcome compliance.Outcome
	reason  reason.Kind
}

// TestStrictestCounts: whatever comes together, the strictest finding decides, the first
// of those with its reason, and beside it nothing else is different; by a model that sorts
// the findings. What runs beside decides the same where it says the same.
func TestStrictestCounts(t *testing.T) {
	list := own(t, "7,Viktor Blocksworth\n")
	rapid.Check(t, func(t *rapid.T) {
		is := func(what string) bool { return rapid.Bool().Draw(t, what) }
		hit, waits, held, refused, above, unknown := is("hit"), is("waits"), is("held"), is("refused"), is("above"), is("unknown")
		document := policy.Standard()
		if waits {
			document.Hold = []policy.Scope{{Payer: "HK"}}
		}
		if held {
			document.Rules = append(document.Rules, rules.Rule{Name: "held", When: "true", Then: rules.Hold})
		}
		if refused {
			document.Rules = append(document.Rules, rules.Rule{Name: "refused", When: "true", Then: rules.Reject, Reason: "AmountLimit"})
		}
		if above {
			document.Limits = limits.Rules{{Name: "one", Scope: limits.Payer, Period: limits.Once, Amount: 1}}
		}
		if unknown {
			document.Travel = travel.Rules{{Name: "all", Need: [][]travel.Item{{travel.DebtorName}}}}
		}
		live, err := policy.New(1, document)
		if err != nil {
			t.Fatal(err)
		}
		o, err := compliance.NewOfficer(&clock.Fixed{At: now}, 0)
		if err != nil {
			t.Fatal(err)
		}
		o.Watch(list, now)
		o.Follow(live, live)
		p := tea("Mei Lantern", "Tea House")
		if hit {
			p.Parties[0].Name = "Viktor Blocksworth"
		}
		d, err := o.Decide(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		want := finding{outcome: compliance.Pass}
		for _, strictness := range []compliance.Outcome{compliance.Hold, compliance.Reject} {
			found := false
			for _, f := range []finding{
				{hit && waits, compliance.Hold, reason.InProcess}, {hit && !waits, compliance.Reject, reason.Regulation},
				{held, compliance.Hold, reason.RiskRejected}, {refused, compliance.Reject, reason.AmountLimit},
				{above, compliance.Reject, reason.PayerLimit}, {unknown, compliance.Reject, reason.DebtorMissing},
			} {
				if f.there && f.outcome == strictness && !found {
					want, found = f, true
				}
			}
		}
		if d.Outcome != want.outcome || d.Reason != want.reason || d.ShadowOutcome != d.Outcome || d.ShadowVersion != 1 {
			t.Fatalf("%s %s, beside %s; want %+v: %+v", d.Outcome, d.Reason, d.ShadowOutcome, want, d.Findings)
		}
		if (d.Outcome == compliance.Hold) == d.ReviewBy.IsZero() {
			t.Fatalf("%s until %s", d.Outcome, d.ReviewBy)
		}
	})
}

// A name in letters that nothing reads is like nobody, so it is not passed: people look at it
// where the policy holds, and elsewhere it is missing. A text in such letters is no name.
func TestUnreadableNames(t *testing.T) {
	o := newOfficer(t, own(t, "7,Viktor Blocksworth\n"), 0)
	lisu := "ꓦꓲꓗꓔꓳꓣ ꓐꓡꓳꓚꓗꓢꓪꓳꓣꓔꓧ"
	for name, c := range map[string]struct {
		party   watchlist.Party
		outcome compliance.Outcome
		reason  reason.Kind
	}{
		"a payer":         {watchlist.Party{Role: "payer", Name: lisu}, compliance.Reject, reason.DebtorMissing},
		"half of a payer": {watchlist.Party{Role: "buyer", Name: "Viktor ꓐꓡꓳꓚꓗꓢꓪꓳꓣꓔꓧ"}, compliance.Reject, reason.DebtorMissing},
		"a merchant":      {watchlist.Party{Role: "merchant", Name: lisu}, compliance.Reject, reason.CreditorMissing},
		"a text":          {watchlist.Party{Role: "purpose", Name: lisu, Text: true}, compliance.Pass, reason.None},
		"and a hit":       {watchlist.Party{Role: "payer", Name: "Viktor Blocksworth ꓐ"}, compliance.Reject, reason.Regulation},
	} {
		p := tea("Mei Lantern", "")
		p.Parties = append(p.Parties, c.party)
		if d := decide(t, o, p); d.Outcome != c.outcome || d.Reason != c.reason || (len(d.Findings.Unreadable) > 0) == c.party.Text {
			t.Errorf("%s: %s, %s, %v", name, d.Outcome, d.Reason, d.Findings.Unreadable)
		}
	}
	document := policy.Standard()
	document.Hold = []policy.Scope{{}}
	live, err := policy.New(1, document)
	if err != nil {
		t.Fatal(err)
	}
	o.Follow(live, nil)
	if d := decide(t, o, tea(lisu, "")); d.Outcome != compliance.Hold || d.Reason != reason.InProcess {
		t.Errorf("where it is held: %s, %s", d.Outcome, d.Reason)
	}
}
