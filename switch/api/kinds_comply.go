package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/clearance"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// complyKinds are the changes that compliance staff make.
func complyKinds(config Config) []Kind {
	return []Kind{
		caseDecide(config.Engine), policySet(), policyPromote(), partyClear(), listAccept(), listRetire(config.Clock),
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

// hitOf returns the newest hit of a case's payment with an entry.
func hitOf(ctx context.Context, reader db.Reader, change wire.PartyClearance) (watchlist.Hit, error) {
	c, err := review.Find(ctx, reader, change.CaseID)
	if err != nil {
		return watchlist.Hit{}, err
	}
	decisions, err := compliance.DecisionsOf(ctx, reader, c.PaymentID)
	if err != nil {
		return watchlist.Hit{}, err
	}
	for _, d := range slices.Backward(decisions) {
		for _, hit := range d.Findings.Hits {
			if hit.List == change.List && hit.Entry == change.Entry {
				return hit, nil
			}
		}
	}
	return watchlist.Hit{}, refused(reason.Missing, "")
}

func partyClear() Kind {
	return Definition[wire.PartyClearance]{
		Name: wire.KindPartyClear, Propose: []Role{Compliance}, Approve: []Role{Compliance}, Reload: true,
		Check: func(change *wire.PartyClearance) error {
			if change.Days < 1 || change.Days > clearance.DaysMax {
				return refused(reason.InvalidRequest, fmt.Sprintf("days is 1 to %d", clearance.DaysMax))
			}
			return nil
		},
		Verify: func(ctx context.Context, reader db.Reader, change wire.PartyClearance) error {
			_, err := hitOf(ctx, reader, change)
			return err
		},
		Describe: func(change wire.PartyClearance) string {
			return fmt.Sprintf("clear the party of case %s of %s %s for %d days", change.CaseID, change.List, change.Entry, change.Days)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.PartyClearance) error {
			hit, err := hitOf(ctx, tx, change)
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
