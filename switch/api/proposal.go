package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// ProposalLife is how long a proposal can be approved.
const ProposalLife = 24 * time.Hour

// ProposalState is where a proposal is in its life.
type ProposalState string

// The states. All but the first are final.
const (
	ProposalOpen     ProposalState = "OPEN"
	ProposalApproved ProposalState = "APPROVED"
	ProposalRejected ProposalState = "REJECTED"
	ProposalExpired  ProposalState = "EXPIRED"
)

// ProposalStates returns all states.
func ProposalStates() []ProposalState {
	return []ProposalState{ProposalOpen, ProposalApproved, ProposalRejected, ProposalExpired}
}

// Proposal is a change that one person proposed and another decides.
type Proposal struct {
	ID   ids.ID
	Kind string
	// Change is canonical JSON: the same change has the same bytes.
	Change []byte
	// ChangeHash binds an approval to this proposal and no other; see
	// [Proposal.Hash].
	ChangeHash []byte
	ProposerID ids.ID
	CreatedAt  time.Time
	ExpiresAt  time.Time
	State      ProposalState
	// DeciderID approved or rejected it; [ids.Nil] if nobody has.
	DeciderID ids.ID
	DecidedAt time.Time
}

// Hash returns the SHA-256 of everything that the approver agrees to: the change
// and its kind, who wants it, and until when; and of the proposal's id, so that
// an approval of one proposal is worth nothing for another with the same change.
func (p Proposal) Hash() []byte {
	text := fmt.Appendf(nil, "causeway-proposal-1\n%s\n%q\n%s\n%d\n%d\n", p.ID, p.Kind, p.ProposerID,
		p.CreatedAt.UnixMicro(), p.ExpiresAt.UnixMicro())
	sum := sha256.Sum256(append(text, p.Change...))
	return sum[:]
}

// at returns the proposal as it is at a time: nobody need visit it to expire.
func (p Proposal) at(now time.Time) Proposal {
	if p.State == ProposalOpen && !now.Before(p.ExpiresAt) {
		p.State = ProposalExpired
	}
	return p
}

// desk is where proposals are made and decided.
type desk struct {
	pool   *db.Pool
	clock  clock.Clock
	logger *slog.Logger
	kinds  map[string]Kind
}

// propose checks a change and keeps it for another person to approve.
func (d *desk) propose(ctx context.Context, by Operator, kindName string, change []byte) (Proposal, error) {
	kind, known := d.kinds[kindName]
	if !known {
		return Proposal{}, refused(reason.InvalidRequest, "no kind of proposal has this name")
	}
	if !by.Has(kind.Propose) {
		return Proposal{}, refused(reason.AccessDenied, "proposing this kind needs another role")
	}
	canonical, err := kind.canonical(change)
	if err != nil {
		return Proposal{}, err
	}
	now := d.clock.Now()
	p := Proposal{
		ID: ids.New(), Kind: kind.Name, Change: canonical, ProposerID: by.ID, CreatedAt: now,
		ExpiresAt: now.Add(ProposalLife), State: ProposalOpen,
	}
	p.ChangeHash = p.Hash()
	err = d.pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := kind.verify(ctx, tx, canonical); err != nil {
			return err
		}
		if err := insertProposal(ctx, tx, p); err != nil {
			return err
		}
		return Record(ctx, tx, p.entry("propose", by, now))
	})
	return p, err
}

// entry is the audit entry of a step of the proposal. It names the change by its
// hash, because the change itself may hold an operator's name.
func (p Proposal) entry(step string, by Operator, at time.Time) audit.Entry {
	return audit.Entry{
		ID: ids.New(), At: at, Actor: by.ID.String(), Action: "proposal." + step, Subject: p.ID.String(),
		Detail: map[string]string{"kind": p.Kind, "change_hash": fmt.Sprintf("%x", p.ChangeHash)},
	}
}

// approve applies the proposal whose hash the approver has read. Approval,
// change and audit entry are one commit.
func (d *desk) approve(ctx context.Context, by Operator, id ids.ID, hash []byte) (Proposal, error) {
	return d.decide(ctx, by, id, ProposalApproved, func(ctx context.Context, tx db.Tx, p Proposal, now time.Time) error {
		if !bytes.Equal(hash, p.ChangeHash) {
			return refused(reason.ProposalChanged, "the approval is for another hash")
		}
		approval := Approval{
			ProposalID: p.ID, ProposerID: p.ProposerID, ApproverID: by.ID, ProposedAt: p.CreatedAt, At: now,
		}
		return d.kinds[p.Kind].apply(ctx, tx, approval, p.Change)
	})
}

// reject closes a proposal without applying it. The proposer may do so, too.
func (d *desk) reject(ctx context.Context, by Operator, id ids.ID) (Proposal, error) {
	return d.decide(ctx, by, id, ProposalRejected, func(context.Context, db.Tx, Proposal, time.Time) error { return nil })
}

var steps = map[ProposalState]string{ProposalApproved: "approve", ProposalRejected: "reject"}

// decide closes a proposal with a decision and whatever carries it out.
func (d *desk) decide(ctx context.Context, by Operator, id ids.ID, decision ProposalState,
	carryOut func(ctx context.Context, tx db.Tx, p Proposal, now time.Time) error) (Proposal, error) {
	now := d.clock.Now()
	var p Proposal
	err := d.pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		var err error
		if p, err = findProposal(ctx, tx, id); err != nil {
			return err
		}
		if err := d.judge(ctx, tx, by, p, decision, now); err != nil {
			return err
		}
		if err := closeProposal(ctx, tx, p, decision, by.ID, now); err != nil {
			return err
		}
		if err := carryOut(ctx, tx, p, now); err != nil {
			return err
		}
		return Record(ctx, tx, p.entry(steps[decision], by, now))
	})
	if err != nil {
		d.recordRefusal(ctx, by, p, decision, err, now)
		return Proposal{}, err
	}
	p.State, p.DeciderID, p.DecidedAt = decision, by.ID, now
	return p, nil
}

// judge returns why the operator may not take the decision. The operator and the
// proposer are read again: both must still be who they were.
func (d *desk) judge(ctx context.Context, tx db.Tx, by Operator, p Proposal, decision ProposalState,
	now time.Time) error {
	kind, known := d.kinds[p.Kind]
	if !known || !bytes.Equal(p.Hash(), p.ChangeHash) {
		return refused(reason.ProposalChanged, "the stored proposal does not fit its hash")
	}
	by, err := findOperator(ctx, tx, selectOperator, by.ID)
	if err != nil {
		return err
	}
	withdrawal := decision == ProposalRejected && by.ID == p.ProposerID
	switch {
	case !by.Active, !withdrawal && !by.Has(kind.Approve):
		return refused(reason.AccessDenied, "deciding this kind needs another role")
	case by.ID == p.ProposerID && !withdrawal:
		return refused(reason.SelfApproval, "")
	case p.State != ProposalOpen:
		return refused(reason.ProposalClosed, "it is "+string(p.State))
	case p.at(now).State == ProposalExpired:
		return refused(reason.ProposalClosed, "it is "+string(ProposalExpired))
	case decision == ProposalApproved:
		return d.judgeProposer(ctx, tx, p, kind)
	default:
		return nil
	}
}

// judgeProposer refuses the proposal of somebody who could not make it today.
func (d *desk) judgeProposer(ctx context.Context, tx db.Tx, p Proposal, kind Kind) error {
	proposer, err := findOperator(ctx, tx, selectOperator, p.ProposerID)
	if err != nil {
		return err
	}
	if !proposer.Active || !proposer.Has(kind.Propose) {
		return refused(reason.ProposalClosed, "the proposer may not propose this any more")
	}
	return nil
}

// recordRefusal notes an attempt that was refused and closes a proposal that has
// expired. The refusal stands whether or not it could be noted.
func (d *desk) recordRefusal(ctx context.Context, by Operator, p Proposal, decision ProposalState, why error,
	at time.Time) {
	var known *reason.Error
	if p.ID == ids.Nil || !errors.As(why, &known) {
		return
	}
	entry := p.entry(steps[decision]+".refused", by, at)
	entry.Detail["reason"] = known.Kind.String()
	expiry := p.entry("expire", by, at)
	expiry.Actor = audit.System("expiry")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	err := d.pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if p.State == ProposalOpen && p.at(at).State == ProposalExpired {
			closed, err := expireProposal(ctx, tx, p.ID, at)
			if err != nil {
				return err
			}
			if closed {
				if err := Record(ctx, tx, expiry); err != nil {
					return err
				}
			}
		}
		return Record(ctx, tx, entry)
	})
	if err != nil {
		d.logger.LogAttrs(ctx, slog.LevelError, "refusal not recorded", slog.String("proposal", p.ID.String()),
			slog.Any("error", err))
	}
}

// register collects kinds by name.
func register(kinds []Kind) (map[string]Kind, error) {
	byName := map[string]Kind{}
	for _, kind := range kinds {
		if _, twice := byName[kind.Name]; twice || kind.apply == nil || slices.Contains(kind.Approve, Viewer) {
			return nil, fmt.Errorf("api: kind %q is defined twice, without Definition, or for viewers", kind.Name)
		}
		byName[kind.Name] = kind
	}
	return byName, nil
}
