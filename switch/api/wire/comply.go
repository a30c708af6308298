package wire

import (
	"time"

	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/internal/ids"
)

// Names of the kinds of proposals about compliance.
const (
	KindCaseDecide    = "case.decide"
	KindPolicySet     = "policy.set"
	KindPolicyPromote = "policy.promote"
	KindPartyClear    = "party.clear"
	KindListAccept    = "list.accept"
	KindListRetire    = "list.retire"
)

// Case is a payment that people must look at.
type Case struct {
	ID        ids.ID `json:"id"`
	PaymentID ids.ID `json:"payment_id"`
	Region    string `json:"region"`
	State     string `json:"state"`
	Version   int64  `json:"version"`
	// Held is whether the payment waits for the decision; otherwise it was refused already.
	Held       bool      `json:"held"`
	AssigneeID ids.ID    `json:"assignee_id,omitzero"`
	OpenedAt   time.Time `json:"opened_at"`
	DueAt      time.Time `json:"due_at"`
	ProposerID ids.ID    `json:"proposer_id,omitzero"`
	DeciderID  ids.ID    `json:"decider_id,omitzero"`
	ClosedAt   time.Time `json:"closed_at,omitzero"`
}

// Cases is one page of cases, newest first.
type Cases struct {
	Cases []Case `json:"cases"`
	Next  string `json:"next,omitempty"`
}

// NextPage is where the next page starts; empty after the last one.
func (c Cases) NextPage() string { return c.Next }

// Comment is what an operator wrote about a case.
type Comment struct {
	Number   int64     `json:"number"`
	AuthorID ids.ID    `json:"author_id"`
	At       time.Time `json:"at"`
	Text     string    `json:"text"`
}

// CaseFile is a case with what was decided about its payment and what was written.
type CaseFile struct {
	Case      Case       `json:"case"`
	Decisions []Decision `json:"decisions"`
	Comments  []Comment  `json:"comments"`
}

// NewComment adds to a case.
type NewComment struct {
	Text string `json:"text"`
}

// Assignment gives a case to an operator; the nil id to nobody.
type Assignment struct {
	AssigneeID ids.ID `json:"assignee_id"`
}

// CaseDecision decides a case as both people have read it.
type CaseDecision struct {
	CaseID  ids.ID `json:"case_id"`
	Version int64  `json:"version"`
	Release bool   `json:"release"`
	Code    string `json:"code"`
}

// PartyClearance clears the party of a case of a listed entry that it is like, for
// so many days.
type PartyClearance struct {
	CaseID ids.ID `json:"case_id"`
	List   string `json:"list"`
	Entry  string `json:"entry"`
	// Role is which party is cleared, as the hit says it; needed where several are like the
	// entry.
	Role string `json:"role,omitempty"`
	Days int64  `json:"days"`
}

// PolicyChange puts a document in force, or beside the one in force.
type PolicyChange struct {
	// State is LIVE or SHADOW.
	State    string          `json:"state"`
	Document policy.Document `json:"document"`
}

// PolicyPromotion puts the shadow of a version in force.
type PolicyPromotion struct {
	Version int64 `json:"version"`
}

// PolicyTrial asks what the rules of a policy would have done to payments of the past.
type PolicyTrial struct {
	Document policy.Document `json:"document"`
	// Since is the time of the oldest payment to look at, Most how many.
	Since time.Time `json:"since"`
	Most  int       `json:"most"`
}

// TrialChange is how many payments would have had another outcome.
type TrialChange struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Payments int    `json:"payments"`
}

// TrialEffect is what one rule would have done.
type TrialEffect struct {
	Rule     string `json:"rule"`
	Then     string `json:"then"`
	Hits     int    `json:"hits"`
	Failures int    `json:"failures"`
	// Samples are ids of payments.
	Samples []string `json:"samples"`
}

// TrialReport is what the rules of a policy would have done.
type TrialReport struct {
	Payments int           `json:"payments"`
	Changes  []TrialChange `json:"changes"`
	Rules    []TrialEffect `json:"rules"`
}

// PolicyVersion is a version of the policy.
type PolicyVersion struct {
	Version  int64           `json:"version"`
	State    string          `json:"state"`
	Since    time.Time       `json:"since"`
	Document policy.Document `json:"document"`
}

// Policies are the newest versions of the policy, newest first; version 0 is the
// standard one, which is in force while none was approved.
type Policies struct {
	Versions []PolicyVersion `json:"versions"`
}

// ShadowCount is how many decisions the shadow would have made so.
type ShadowCount struct {
	Outcome   string `json:"outcome"`
	Shadow    string `json:"shadow"`
	Decisions int64  `json:"decisions"`
}

// ShadowReport is what the shadow would have decided; version 0 if there is none.
type ShadowReport struct {
	Version int64         `json:"version"`
	Counts  []ShadowCount `json:"counts"`
}

// ListVersion is a version of a sanctions list.
type ListVersion struct {
	List        string    `json:"list"`
	Version     string    `json:"version"`
	FetchedAt   time.Time `json:"fetched_at"`
	Entries     int64     `json:"entries"`
	Added       int64     `json:"added"`
	Changed     int64     `json:"changed"`
	Removed     int64     `json:"removed"`
	Active      bool      `json:"active"`
	ConfirmedAt time.Time `json:"confirmed_at"`
}

// RefusedList is the version of a list that differed by too much from the one in force
// when it was fetched last: counts of entries, and what is against it.
type RefusedList struct {
	List    string    `json:"list"`
	Version string    `json:"version"`
	SeenAt  time.Time `json:"seen_at"`
	Entries int64     `json:"entries"`
	Added   int64     `json:"added"`
	Changed int64     `json:"changed"`
	Removed int64     `json:"removed"`
	Problem string    `json:"problem"`
	// Accepted says that two people have accepted it and a hub is about to fetch it again.
	Accepted bool `json:"accepted"`
}

// ListVersions are the newest versions of all lists, newest first, and what was refused.
type ListVersions struct {
	Versions []ListVersion `json:"versions"`
	Refused  []RefusedList `json:"refused"`
}

// ListChanges is what a version of a list changed as against the one that was in force, and
// one page of its entries: those that were removed before those that changed and came.
type ListChanges struct {
	List    string `json:"list"`
	Version string `json:"version"`
	// Previous is the version that was in force; it is absent if there was none or if it is
	// not on record.
	Previous string `json:"previous,omitempty"`
	// Added, Changed and Removed count all entries, NotKept those of them that no page has.
	Added       int64            `json:"added"`
	Changed     int64            `json:"changed"`
	Removed     int64            `json:"removed"`
	NotKept     int64            `json:"not_kept"`
	Differences []ListDifference `json:"differences"`
	Next        string           `json:"next,omitempty"`
}

// NextPage is where the next page starts; empty after the last one.
func (c ListChanges) NextPage() string { return c.Next }

// ListDifference is an entry that was removed, changed or added.
type ListDifference struct {
	Fate       string     `json:"fate"`
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Programmes []string   `json:"programmes,omitempty"`
	Parts      []ListPart `json:"parts,omitempty"`
}

// ListPart is a part of an entry that changed, such as names or births, with what it has
// no more and what it did not have.
type ListPart struct {
	Name   string   `json:"name"`
	Lost   []string `json:"lost,omitempty"`
	Gained []string `json:"gained,omitempty"`
}

// ListEntry is all that a version of a list says of an entry.
type ListEntry struct {
	List        string           `json:"list"`
	Version     string           `json:"version"`
	ID          string           `json:"id"`
	Kind        string           `json:"kind"`
	Programmes  []string         `json:"programmes"`
	Names       []ListName       `json:"names"`
	Births      []string         `json:"births"`
	Identifiers []ListIdentifier `json:"identifiers"`
	Addresses   []string         `json:"addresses"`
}

// ListName is a name with its quality: primary, strong or weak.
type ListName struct {
	Text    string `json:"text"`
	Quality string `json:"quality"`
}

// ListIdentifier is a number that identifies, as the list writes it.
type ListIdentifier struct {
	Type    string `json:"type"`
	Value   string `json:"value"`
	Country string `json:"country"`
}

// ListAcceptance lets the version of a list that was refused take its place.
type ListAcceptance struct {
	List    string `json:"list"`
	Version string `json:"version"`
}

// ListRetirement takes a list out of force that no hub fetches any more.
type ListRetirement struct {
	List string `json:"list"`
}
