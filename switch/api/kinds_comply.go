package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// complyKinds are the changes that compliance staff make.
func complyKinds(config Config) []Kind {
	return []Kind{caseDecide(config.Engine), policySet(), policyPromote()}
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
