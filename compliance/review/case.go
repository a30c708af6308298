package review

import (
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// State is where a case is in its life.
type State string

// The states. All but the first are final.
const (
	Open State = "OPEN"
	// Released: the payment may go on.
	Released State = "RELEASED"
	// Refused: the payment is refused.
	Refused State = "REFUSED"
	// Lapsed: nobody decided in time, so the payment is refused.
	Lapsed State = "LAPSED"
	// Moot: the payment was cancelled, so there is nothing to decide.
	Moot State = "MOOT"
)

// States returns all states.
func States() []State { return []State{Open, Released, Refused, Lapsed, Moot} }

// InformedFor is how long a case that holds no payment stays open. Nobody waits for it; 30
// days are time to ask the wallet, and short enough that open cases do not pile up.
const InformedFor = 30 * 24 * time.Hour

// Case is a payment that people must look at.
type Case struct {
	ID        ids.ID
	Region    string
	PaymentID ids.ID
	// DecisionID is the decision that holds the payment, with its findings.
	DecisionID ids.ID
	State      State
	// Version counts the changes of the case; a decision is about one version.
	Version int64
	// Held says that the payment waits for the decision. Otherwise it was refused when the
	// case was opened, because nobody could wait: people find out whether the party is the
	// listed one, and clear it if it is not.
	Held bool
	// AssigneeID is the operator who looks at it; [ids.Nil] is nobody.
	AssigneeID ids.ID
	OpenedAt   time.Time
	// DueAt is when it lapses.
	DueAt time.Time
	// ProposerID and DeciderID are the two who decided, ClosedAt when; zero before.
	ProposerID, DeciderID ids.ID
	ClosedAt              time.Time
}

// Comment is what an operator wrote about a case. It may name people; the audit log
// has only its place.
type Comment struct {
	CaseID   ids.ID
	Number   int64
	AuthorID ids.ID
	At       time.Time
	Text     string
}

// Limits of a case.
const (
	// CommentMax is the most bytes of a comment, CommentsMax how many a case has.
	CommentMax  = 4 << 10
	CommentsMax = 500
)

// chain is the audit log of cases.
const chain = "cases"

// Log is the audit log of everything that happens to cases.
func Log() audit.Log { return audit.NewLog(chain) }

// Decision is what two people decide about a case.
type Decision struct {
	CaseID ids.ID
	// Version is that of the case as both have read it.
	Version int64
	// Release lets the payment go on; otherwise it is refused.
	Release bool
	// Code is why, by the switch's own list of codes, see [Codes].
	Code                  string
	ProposerID, DeciderID ids.ID
	At                    time.Time
}

// codes are the reasons of a decision and whether they release.
var codes = map[string]bool{
	"OTHER_PERSON": true, "OTHER_ENTITY": true, "NO_MATCH_IN_TEXT": true, "LICENCE": true, "RULE_EXPLAINED": true,
	"LISTED": false, "SUSPICION": false, "NO_INFORMATION": false,
}

// Codes returns the reasons to release a payment, or to refuse it, in no order.
func Codes(release bool) []string {
	var list []string
	for code, releases := range codes {
		if releases == release {
			list = append(list, code)
		}
	}
	return list
}

// judge returns why a decision does not hold.
func (d Decision) judge(c Case) error {
	const op = "review.Decide"
	releases, known := codes[d.Code]
	switch {
	case !known || releases != d.Release:
		return reason.New(reason.InvalidRequest, op, "the code is none for this decision")
	case d.ProposerID == ids.Nil || d.DeciderID == ids.Nil || d.ProposerID == d.DeciderID:
		return reason.New(reason.SelfApproval, op, "")
	case c.State != Open:
		return reason.New(reason.ProposalClosed, op, "the case is "+string(c.State))
	case !d.At.Before(c.DueAt):
		return reason.New(reason.ProposalClosed, op, "the time of the case is over")
	case d.Version != c.Version:
		return reason.New(reason.ProposalChanged, op, "the case has changed since it was read")
	}
	return nil
}
