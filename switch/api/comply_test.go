package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/clearance"
	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// follow has the officer follow what the database says, as a hub does.
func (b *bench) follow() {
	b.t.Helper()
	live, shadow, err := policy.Load(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	b.officer.Follow(live, shadow)
}

// holding puts a policy in force under which hits hold payments.
func (b *bench) holding() {
	b.t.Helper()
	d := policy.Standard()
	d.Hold, d.ReviewMinutes = []policy.Scope{{Payer: "HK"}}, 30
	change := wire.PolicyChange{State: "LIVE", Document: d}
	if err := b.agree(wire.KindPolicySet, change, "compliance-1", "compliance-2"); err != nil {
		b.t.Fatal(err)
	}
	b.follow()
}

// held makes a payment that is held and returns its case.
func (b *bench) held(requestID string) wire.Case {
	b.t.Helper()
	paid := b.payAs(requestID, "Viktor Blocksworth")
	file, err := b.as("compliance-1").Case(b.t.Context(), review.CaseOf(paid))
	if err != nil {
		b.t.Fatal(err)
	}
	return file.Case
}

func decision(c wire.Case, release bool) wire.CaseDecision {
	code := "LISTED"
	if release {
		code = "OTHER_PERSON"
	}
	return wire.CaseDecision{CaseID: c.ID, Version: c.Version, Release: release, Code: code}
}

// readsCompliance calls what compliance staff call.
func (b *bench) readsCompliance() {
	t, ctx, c := b.t, b.t.Context(), b.as("compliance-1")
	t.Helper()
	standard, err := c.Policies(ctx)
	if err != nil || len(standard.Versions) != 1 || standard.Versions[0].Version != 0 || standard.Versions[0].State != "LIVE" {
		t.Errorf("%+v, %v", standard, err)
	}
	b.holding()
	opened := b.held("PR-HELD")
	if opened, err = c.Comment(ctx, opened.ID, "asked the wallet"); err != nil || opened.Version != 2 {
		t.Errorf("%+v, %v", opened, err)
	}
	if opened, err = c.Assign(ctx, opened.ID, b.me("compliance-2")); err != nil || opened.AssigneeID != b.me("compliance-2") {
		t.Errorf("%+v, %v", opened, err)
	}
	cases, err := b.as("viewer-1").Cases(ctx, "", client.Page{})
	if err != nil || len(cases.Cases) != 1 || cases.Cases[0] != opened {
		t.Errorf("%+v, %v", cases, err)
	}
	file, err := c.Case(ctx, opened.ID)
	if err != nil || len(file.Comments) != 1 || file.Comments[0].Text != "asked the wallet" || len(file.Decisions) != 1 ||
		file.Decisions[0].Outcome != "HOLD" || file.Decisions[0].PolicyVersion != 1 || len(file.Decisions[0].Hits) != 1 {
		t.Errorf("%+v, %v", file, err)
	}
	if err := b.agree(wire.KindCaseDecide, decision(opened, false), "compliance-1", "compliance-2"); err != nil {
		t.Error(err)
	}
	for _, call := range []func() error{
		func() error {
			_, err := c.TryPolicy(ctx, wire.PolicyTrial{Document: policy.Standard(), Since: b.clock.Now(), Most: 1})
			return err
		},
		func() error { _, err := c.Shadow(ctx); return err }, func() error { _, err := c.Lists(ctx); return err },
	} {
		if err := call(); err != nil {
			t.Error(err)
		}
	}
}

// A held payment goes on when two compliance officers release it, as both have read
// its case, and not otherwise.
func TestCaseByTwoPeople(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.holding()
		c := b.held("PR-1")
		if err := b.agree(wire.KindCaseDecide, decision(c, true), "compliance-1", "compliance-1"); client.ReasonOf(err) != "SelfApproval" {
			t.Errorf("alone: %v", err)
		}
		if err := b.agree(wire.KindCaseDecide, decision(c, true), "treasury-1", "compliance-1"); client.ReasonOf(err) != "AccessDenied" {
			t.Errorf("by treasury: %v", err)
		}
		wrong := decision(c, true)
		wrong.Code = "LISTED"
		if err := b.agree(wire.KindCaseDecide, wrong, "compliance-1", "compliance-2"); client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("released as listed: %v", err)
		}
		p, err := b.as("compliance-1").Propose(t.Context(), wire.KindCaseDecide, decision(c, true))
		if err != nil || !strings.Contains(p.Description, "release the payment of case "+c.ID.String()+" at version 1") {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, err := b.as("compliance-2").Comment(t.Context(), c.ID, "not so fast"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.as("compliance-2").Approve(t.Context(), p.ID, p.ChangeHash); client.ReasonOf(err) != "ProposalChanged" {
			t.Errorf("approved after the case had changed: %v", err)
		}
		c = b.heldAgain(c)
		if err := b.agree(wire.KindCaseDecide, decision(c, true), "compliance-1", "compliance-2"); err != nil {
			t.Fatal(err)
		}
		b.carryOn(c.PaymentID, "POSTED")
		if _, err := b.as("compliance-2").Approve(t.Context(), p.ID, p.ChangeHash); client.ReasonOf(err) != "ProposalClosed" {
			t.Errorf("the old approval again: %v", err)
		}
		if err := b.agree(wire.KindCaseDecide, decision(c, false), "compliance-2", "compliance-1"); client.ReasonOf(err) != "ProposalClosed" {
			t.Errorf("refused after all: %v", err)
		}
		closed, err := b.as("viewer-1").Cases(t.Context(), "RELEASED", client.Page{})
		if err != nil || len(closed.Cases) != 1 || closed.Cases[0].ProposerID != b.me("compliance-1") || closed.Cases[0].DeciderID != b.me("compliance-2") {
			t.Errorf("%+v, %v", closed, err)
		}
		b.chained()
	})
}

func (b *bench) heldAgain(c wire.Case) wire.Case {
	b.t.Helper()
	file, err := b.as("compliance-1").Case(b.t.Context(), c.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return file.Case
}

// carryOn runs the duty worker until a payment has a state.
func (b *bench) carryOn(id ids.ID, state string) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { b.engine.RunDuties(ctx); close(done) }()
	defer func() { cancel(); <-done }()
	b.until(id, state)
}

// chained fails unless both audit logs hold.
func (b *bench) chained() {
	b.t.Helper()
	heads, err := audit.Heads(b.t.Context(), b.pool)
	if err != nil || len(heads) != 2 {
		b.t.Fatalf("%v, %v", heads, err)
	}
	for _, head := range heads {
		if report, err := audit.Verify(b.t.Context(), b.pool, head, nil); err != nil || len(report.Breaks) != 0 || report.Rows == 0 {
			b.t.Errorf("%+v, %v", report, err)
		}
	}
}

// A policy runs beside the one in force, says what it would do, and takes its place.
func TestPolicyShadow(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		d := policy.Standard()
		d.Screening.Lists = map[string]int{"OFAC-SDN": 8000}
		d.Rules = []rules.Rule{{Name: "all", When: "worth > 0", Then: rules.Reject}}
		broken := d
		broken.Rules = []rules.Rule{{Name: "all", When: "worth >", Then: rules.Reject}}
		for want, change := range map[string]wire.PolicyChange{
			"state is LIVE": {State: "RETIRED", Document: d}, "Syntax error": {State: "SHADOW", Document: broken},
		} {
			err := b.agree(wire.KindPolicySet, change, "compliance-1", "compliance-2")
			if client.ReasonOf(err) != "InvalidRequest" || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		if err := b.agree(wire.KindPolicySet, wire.PolicyChange{State: "SHADOW", Document: d}, "compliance-1", "compliance-2"); err != nil {
			t.Fatal(err)
		}
		b.follow()
		b.pay("PR-1")
		report, err := b.as("viewer-1").Shadow(t.Context())
		if err != nil || report.Version != 1 || len(report.Counts) != 1 || report.Counts[0] != (wire.ShadowCount{Outcome: "PASS", Shadow: "REJECT", Decisions: 1}) {
			t.Errorf("%+v, %v", report, err)
		}
		if err := b.agree(wire.KindPolicyPromote, wire.PolicyPromotion{Version: 7}, "compliance-1", "compliance-2"); client.ReasonOf(err) != "Missing" {
			t.Errorf("another version: %v", err)
		}
		if err := b.agree(wire.KindPolicyPromote, wire.PolicyPromotion{Version: 1}, "compliance-1", "compliance-2"); err != nil {
			t.Fatal(err)
		}
		b.follow()
		refused := b.pay("PR-2")
		file, err := b.as("compliance-1").Payment(t.Context(), refused)
		if err != nil || file.Payment.State != "REJECTED" || file.Payment.Reason != "RiskRejected" ||
			len(file.Decisions) != 1 || len(file.Decisions[0].Rules) != 1 || file.Decisions[0].Rules[0] != "all" {
			t.Errorf("%+v, %v", file, err)
		}
		policies, err := b.as("viewer-1").Policies(t.Context())
		if err != nil || len(policies.Versions) != 1 || policies.Versions[0].State != "LIVE" || policies.Versions[0].Document.Rules[0].When != "worth > 0" {
			t.Errorf("%+v, %v", policies, err)
		}
	})
}

// What is wrong with a call about a case says so, and changes nothing.
func TestCaseRefusals(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.holding()
		c := b.held("PR-1")
		as := b.as("compliance-1")
		for name, err := range map[string]error{
			"Missing":        func() error { _, err := as.Case(t.Context(), ids.New()); return err }(),
			"InvalidRequest": func() error { _, err := as.Comment(t.Context(), c.ID, strings.Repeat("x", 5000)); return err }(),
		} {
			if client.ReasonOf(err) != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := as.Assign(t.Context(), c.ID, ids.New()); client.ReasonOf(err) != "Missing" {
			t.Errorf("assigned to nobody who is there: %v", err)
		}
		if _, err := as.Cases(t.Context(), "LOST", client.Page{}); client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("no such state: %v", err)
		}
		if now := b.heldAgain(c); now != c {
			t.Errorf("%+v became %+v", c, now)
		}
		b.clock.Advance(31 * time.Minute)
		if err := b.agree(wire.KindCaseDecide, decision(c, true), "compliance-1", "compliance-2"); client.ReasonOf(err) != "ProposalClosed" {
			t.Errorf("after its time: %v", err)
		}
		b.carryOn(c.PaymentID, "REJECTED")
	})
}

// Rules are tried on payments of the past before anybody proposes them.
func TestTryPolicy(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		paid := b.pay("PR-1")
		b.payAs("PR-2", "Viktor Blocksworth")
		d := policy.Standard()
		d.Rules = []rules.Rule{
			{Name: "paid", When: `amount == 1500 && iso.CdtTrfTxInf[0].Cdtr.Nm == "Ginza Tea House"`, Then: rules.Hold},
			{Name: "none", When: `amount > 1500`, Then: rules.Reject},
		}
		trial := wire.PolicyTrial{Document: d, Since: b.clock.Now().Add(-time.Hour), Most: 100}
		report, err := b.as("compliance-1").TryPolicy(t.Context(), trial)
		if err != nil || report.Payments != 2 || len(report.Changes) != 1 || report.Changes[0] != (wire.TrialChange{From: "PASS", To: "HOLD", Payments: 2}) ||
			report.Rules[0].Hits != 2 || report.Rules[0].Failures != 0 || report.Rules[1].Hits != 0 || report.Rules[0].Samples[1] != paid.String() {
			t.Errorf("%+v, %v", report, err)
		}
		trial.Most = 1
		if report, err := b.as("compliance-1").TryPolicy(t.Context(), trial); err != nil || report.Payments != 1 {
			t.Errorf("the newest: %+v, %v", report, err)
		}
		trial.Most, trial.Since = 100, b.clock.Now().Add(time.Hour)
		if report, err := b.as("compliance-1").TryPolicy(t.Context(), trial); err != nil || report.Payments != 0 {
			t.Errorf("from the future: %+v, %v", report, err)
		}
		trial.Most = 10_001
		if _, err := b.as("compliance-1").TryPolicy(t.Context(), trial); client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("too many: %v", err)
		}
	})
}

// A party that two people have cleared of an entry is not held for it any more.
func TestPartyClear(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.holding()
		c := b.held("PR-1")
		change := wire.PartyClearance{CaseID: c.ID, List: "OWN", Entry: "7", Days: 30}
		for want, spoil := range map[string]func(p *wire.PartyClearance){
			"InvalidRequest": func(p *wire.PartyClearance) { p.Days = 731 },
			"Missing":        func(p *wire.PartyClearance) { p.Entry = "8" },
		} {
			bad := change
			spoil(&bad)
			if err := b.agree(wire.KindPartyClear, bad, "compliance-1", "compliance-2"); client.ReasonOf(err) != want {
				t.Errorf("%s: %v", want, err)
			}
		}
		if err := b.agree(wire.KindPartyClear, change, "compliance-1", "compliance-2"); err != nil {
			t.Fatal(err)
		}
		for days, outcome := range map[int]string{29: "PASS", 31: "HOLD"} {
			cleared, err := clearance.Load(t.Context(), b.pool, b.clock.Now().AddDate(0, 0, days))
			if err != nil {
				t.Fatal(err)
			}
			b.officer.Clear(cleared)
			file, err := b.as("compliance-1").Payment(t.Context(), b.payAs("PR-"+outcome, "Viktor Blocksworth"))
			if err != nil || file.Decisions[0].Outcome != outcome {
				t.Errorf("after %d days: %+v, %v", days, file.Decisions, err)
			}
		}
	})
}

// decideAgain puts another decision about a payment on record, as a change of the lists does.
func (b *bench) decideAgain(paymentID ids.ID, change func(hits []watchlist.Hit) []watchlist.Hit) {
	b.t.Helper()
	err := b.pool.InTx(b.t.Context(), func(ctx context.Context, tx db.Tx) error {
		all, err := compliance.DecisionsOf(ctx, tx, paymentID)
		if err != nil {
			return err
		}
		d := all[len(all)-1]
		d.ID, d.DecidedAt = ids.New(), b.clock.Now()
		d.Findings.Hits = change(d.Findings.Hits)
		if err := compliance.InsertDecisions(ctx, tx, []compliance.Decision{d}); err != nil {
			return err
		}
		return review.Amend(ctx, tx, paymentID, d.ID, d.DecidedAt)
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// A clearance is of the entry that its proposer has read: if the entry has changed since,
// such as by the birth date that makes the party the listed one, nobody approves it.
func TestPartyClearOfAnEntryThatChanged(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.holding()
		c := b.held("PR-1")
		change := wire.PartyClearance{CaseID: c.ID, List: "OWN", Entry: "7", Days: 30}
		propose := func() wire.Proposal {
			b.clock.Advance(time.Second)
			p, err := b.as("compliance-1").Propose(t.Context(), wire.KindPartyClear, change)
			if err != nil {
				t.Fatal(err)
			}
			b.clock.Advance(time.Second)
			return p
		}
		early := propose()
		b.decideAgain(c.PaymentID, func(hits []watchlist.Hit) []watchlist.Hit {
			hits[0].EntryVersion = "another"
			return hits
		})
		if _, err := b.as("compliance-2").Approve(t.Context(), early.ID, early.ChangeHash); client.ReasonOf(err) != "ProposalChanged" {
			t.Errorf("the entry has changed: %v", err)
		}
		late := propose()
		b.decideAgain(c.PaymentID, func(hits []watchlist.Hit) []watchlist.Hit { return hits })
		if _, err := b.as("compliance-2").Approve(t.Context(), late.ID, late.ChangeHash); err != nil {
			t.Errorf("looked at again, with nothing new: %v", err)
		}
	})
}

// Where two parties are like one entry, people say which of them is cleared.
func TestPartyClearOfOneOfTwo(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.holding()
		c := b.held("PR-1")
		payer := ""
		b.clock.Advance(time.Second)
		b.decideAgain(c.PaymentID, func(hits []watchlist.Hit) []watchlist.Hit {
			payer = hits[0].Party
			merchant := hits[0]
			merchant.Role, merchant.Party = "merchant", "of the merchant"
			return append(hits, merchant)
		})
		change := wire.PartyClearance{CaseID: c.ID, List: "OWN", Entry: "7", Days: 30}
		for role, want := range map[string]string{"": "InvalidRequest", "acquirer": "Missing"} {
			change.Role = role
			if err := b.agree(wire.KindPartyClear, change, "compliance-1", "compliance-2"); client.ReasonOf(err) != want {
				t.Errorf("%q: %v", role, err)
			}
		}
		change.Role = "merchant"
		p, err := b.as("compliance-1").Propose(t.Context(), wire.KindPartyClear, change)
		if err != nil || !strings.Contains(p.Description, "clear the merchant of case") {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, err := b.as("compliance-2").Approve(t.Context(), p.ID, p.ChangeHash); err != nil {
			t.Fatal(err)
		}
		cleared, err := clearance.Load(t.Context(), b.pool, b.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		parties := map[string]bool{}
		for g := range cleared {
			parties[g.Party] = true
		}
		if !parties["of the merchant"] || parties[payer] {
			t.Errorf("%v", parties)
		}
	})
}
