package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/clearance"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// complyKinds are the changes that compliance staff make.
func complyKinds(config Config) []Kind {
	return []Kind{
		caseDecide(config.Engine), policySet(), policyPromote(), partyClear(config.Clock), listAccept(), listRetire(config.Clock),
	}
}

func caseDecide(e Engine) Kind {
	return Definition[wire.CaseDecision]{
		Name: wire.KindCaseDecide, Propose: []Role{Compliance}, Approve: []Role{Compliance},
		Check: func(change *wire.CaseDecision) error {
			codes := review.Codes(change.Release)
			if !slices.Contains(codes, change.Code) {
				slices.Sort(codes)
				return refused(reason.InvalidRequest, "code is one of "+strings.Join(codes, ", "))
			}
			return nil
		},
		Verify: func(ctx context.Context, reader db.Reader, change wire.CaseDecision) error {
			c, err := review.Find(ctx, reader, change.CaseID)
			switch {
			case err != nil:
				return err
			case c.State != review.Open:
				return refused(reason.ProposalClosed, "the case is "+string(c.State))
			case c.Version != change.Version:
				return refused(reason.ProposalChanged, "the case has changed since it was read")
			}
			return nil
		},
		Describe: func(change wire.CaseDecision) string {
			verb := "refuse"
			if change.Release {
				verb = "release"
			}
			return fmt.Sprintf("%s the payment of case %s at version %d: %s", verb, change.CaseID, change.Version, change.Code)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.CaseDecision) error {
			return e.Review(ctx, tx, review.Decision{
				CaseID: change.CaseID, Version: change.Version, Release: change.Release, Code: change.Code,
				ProposerID: approval.ProposerID, DeciderID: approval.ApproverID, At: approval.At,
			})
		},
	}.Kind()
}

func policySet() Kind {
	return Definition[wire.PolicyChange]{
		Name: wire.KindPolicySet, Propose: []Role{Compliance}, Approve: []Role{Compliance}, Reload: true,
		Check: func(change *wire.PolicyChange) error {
			if state := policy.State(change.State); state != policy.Live && state != policy.Shadow {
				return refused(reason.InvalidRequest, "state is LIVE or SHADOW")
			}
			if _, err := policy.New(0, change.Document); err != nil {
				return refused(reason.InvalidRequest, err.Error())
			}
			return nil
		},
		Describe: func(change wire.PolicyChange) string {
			d := change.Document
			return fmt.Sprintf("make a policy %s: threshold %d, %d rules, %d limits, %d rules of the travel rule, %d scopes to hold",
				change.State, d.Screening.Default, len(d.Rules), len(d.Limits), len(d.Travel), len(d.Hold))
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.PolicyChange) error {
			_, err := policy.Add(ctx, tx, change.Document, policy.State(change.State), approval.At)
			return err
		},
	}.Kind()
}

func policyPromote() Kind {
	return Definition[wire.PolicyPromotion]{
		Name: wire.KindPolicyPromote, Propose: []Role{Compliance}, Approve: []Role{Compliance}, Reload: true,
		Check: func(*wire.PolicyPromotion) error { return nil },
		Verify: func(ctx context.Context, reader db.Reader, change wire.PolicyPromotion) error {
			_, shadow, err := policy.Load(ctx, reader)
			if err == nil && (shadow == nil || shadow.Version != change.Version) {
				err = refused(reason.Missing, "")
			}
			return err
		},
		Describe: func(change wire.PolicyPromotion) string {
			return fmt.Sprintf("put version %d of the policy in force", change.Version)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.PolicyPromotion) error {
			promoted, err := policy.Promote(ctx, tx, change.Version, approval.At)
			if err == nil && !promoted {
				err = refused(reason.ProposalClosed, "that version does not run beside the policy in force any more")
			}
			return err
		},
	}.Kind()
}

// hitOf returns the hit of a party of a case's payment with an entry, by the newest decision
// until a time that has one.
func hitOf(ctx context.Context, reader db.Reader, change wire.PartyClearance, until time.Time) (watchlist.Hit, error) {
	c, err := review.Find(ctx, reader, change.CaseID)
	if err != nil {
		return watchlist.Hit{}, err
	}
	decisions, err := compliance.DecisionsOf(ctx, reader, c.PaymentID)
	if err != nil {
		return watchlist.Hit{}, err
	}
	for _, d := range slices.Backward(decisions) {
		if d.DecidedAt.After(until) {
			continue
		}
		var found []watchlist.Hit
		for _, hit := range d.Findings.Hits {
			if hit.List == change.List && hit.Entry == change.Entry && (change.Role == "" || change.Role == hit.Role) {
				found = append(found, hit)
			}
		}
		if len(found) > 0 {
			return onlyParty(found)
		}
	}
	return watchlist.Hit{}, refused(reason.Missing, "")
}

// onlyParty returns the first of hits with one entry, unless they are of several parties:
// who of them was meant nobody knows.
func onlyParty(hits []watchlist.Hit) (watchlist.Hit, error) {
	roles, several := map[string]bool{}, false
	for _, hit := range hits {
		roles[hit.Role] = true
		several = several || hit.Party != hits[0].Party
	}
	if several {
		names := slices.Sorted(maps.Keys(roles))
		return watchlist.Hit{}, refused(reason.InvalidRequest, "several are like it; role is one of "+strings.Join(names, ", "))
	}
	return hits[0], nil
}

// clearable returns the hit that two people clear: what the proposer had read, if it is so
// still.
func clearable(ctx context.Context, tx db.Tx, change wire.PartyClearance, approval Approval) (watchlist.Hit, error) {
	hit, err := hitOf(ctx, tx, change, approval.At)
	if err != nil {
		return hit, err
	}
	read, err := hitOf(ctx, tx, change, approval.ProposedAt)
	if err == nil && (read.Party != hit.Party || read.EntryVersion != hit.EntryVersion) {
		err = refused(reason.ProposalChanged, "the entry has changed since the case was read")
	}
	return hit, err
}

func partyClear(now clock.Clock) Kind {
	return Definition[wire.PartyClearance]{
		Name: wire.KindPartyClear, Propose: []Role{Compliance}, Approve: []Role{Compliance}, Reload: true,
		Check: func(change *wire.PartyClearance) error {
			if change.Days < 1 || change.Days > clearance.DaysMax {
				return refused(reason.InvalidRequest, fmt.Sprintf("days is 1 to %d", clearance.DaysMax))
			}
			return nil
		},
		Verify: func(ctx context.Context, reader db.Reader, change wire.PartyClearance) error {
			_, err := hitOf(ctx, reader, change, now.Now())
			return err
		},
		Describe: func(change wire.PartyClearance) string {
			return fmt.Sprintf("clear the %s of case %s of %s %s for %d days", cmp.Or(change.Role, "party"), change.CaseID,
				change.List, change.Entry, change.Days)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.PartyClearance) error {
			hit, err := clearable(ctx, tx, change, approval)
			if err != nil {
				return err
			}
			return clearance.Grant(ctx, tx, clearance.Clearance{
				GoodGuy:   match.GoodGuy{Party: hit.Party, List: hit.List, Entry: hit.Entry, Version: hit.EntryVersion},
				ClearedAt: approval.At, ExpiresAt: approval.At.AddDate(0, 0, int(change.Days)),
				ProposerID: approval.ProposerID, DeciderID: approval.ApproverID,
			})
		},
	}.Kind()
}
