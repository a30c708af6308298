package wire

import (
	"encoding/json"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// Problem is an error as RFC 9457 describes it, with the media type
// application/problem+json.
type Problem struct {
	// Type names the reason as a URI: "urn:causeway:reason:Missing".
	Type string `json:"type"`
	// Title says the reason in words.
	Title  string `json:"title"`
	Status int    `json:"status"`
	// Reason is the stable name of the reason.
	Reason string `json:"reason"`
	// Detail says what was wrong this time.
	Detail string `json:"detail,omitempty"`
	// TraceID leads to the logs and traces of the request.
	TraceID string `json:"trace_id"`
}

// Operator is a person with access.
type Operator struct {
	ID        ids.ID    `json:"id"`
	Name      string    `json:"name"`
	Roles     []string  `json:"roles"`
	Active    bool      `json:"active"`
	CreatedAt time.Time `json:"created_at"`
}

// Operators are all persons who have or had access.
type Operators struct {
	Operators []Operator `json:"operators"`
}

// Participant is an institution connected to the switch.
type Participant struct {
	ID             string `json:"id"`
	Role           string `json:"role"`
	Name           string `json:"name"`
	Region         string `json:"region"`
	Country        string `json:"country"`
	Currency       string `json:"currency"`
	ClientID       string `json:"client_id"`
	Endpoint       string `json:"endpoint"`
	Connector      string `json:"connector"`
	CodePrefix     string `json:"code_prefix,omitempty"`
	FeeBasisPoints int64  `json:"fee_basis_points"`
	KeyVersions    []int  `json:"key_versions"`
	Suspended      bool   `json:"suspended"`
	// Registration and Notices are what an acquirer's contract says about its merchants
	// and about notifications; absent for a wallet.
	Registration string `json:"registration,omitempty"`
	Notices      string `json:"notices,omitempty"`
	Inbound      Limits `json:"inbound"`
	Outbound     Limits `json:"outbound"`
}

// Participants are all participants in the order of their ids.
type Participants struct {
	Participants []Participant `json:"participants"`
}

// Corridor is an ordered pair of countries with its rules.
type Corridor struct {
	Name            string `json:"name"`
	PayerCountry    string `json:"payer_country"`
	MerchantCountry string `json:"merchant_country"`
	PayerMarkup     int64  `json:"payer_markup"`
	MerchantMarkup  int64  `json:"merchant_markup"`
	Limit           Amount `json:"limit"`
	// The rest is as in [CorridorChange].
	Minimum *Amount  `json:"minimum,omitempty"`
	Hours   string   `json:"hours,omitempty"`
	Wallets []string `json:"wallets,omitempty"`
	Closed  bool     `json:"closed,omitempty"`
}

// Corridors are all corridors in the order of their names.
type Corridors struct {
	Corridors []Corridor `json:"corridors"`
}

// Codes are whose the codes are that merchants show, by prefix, then by identifier.
type Codes struct {
	Codes []CodeChange `json:"codes"`
}

// Issuers are which payment codes other networks issue, the longest prefix first.
type Issuers struct {
	Issuers []IssuerPrefix `json:"issuers"`
}

// DirectoryVersion is one approved change of participants or corridors.
type DirectoryVersion struct {
	// Number counts from 1 without gaps.
	Number int64 `json:"number"`
	// Kind and Change are those of the proposal.
	Kind       string          `json:"kind"`
	Change     json.RawMessage `json:"change"`
	ProposalID ids.ID          `json:"proposal_id"`
	ProposerID ids.ID          `json:"proposer_id"`
	ApproverID ids.ID          `json:"approver_id"`
	At         time.Time       `json:"at"`
}

// DirectoryVersions are one page of versions, newest first.
type DirectoryVersions struct {
	// Present is the version that this hub routes by.
	Present  int64              `json:"present"`
	Versions []DirectoryVersion `json:"versions"`
	Next     string             `json:"next,omitempty"`
}

// NextPage is where the next page starts; empty on the last one.
func (d DirectoryVersions) NextPage() string { return d.Next }

// Position is what a participant owes in one currency.
type Position struct {
	ParticipantID string `json:"participant_id"`
	Currency      string `json:"currency"`
	Cap           Amount `json:"cap"`
	Posted        Amount `json:"posted"`
	Reserved      Amount `json:"reserved"`
	// Paying is what banks were told to pay the participant and have not paid yet.
	Paying   Amount `json:"paying"`
	Headroom Amount `json:"headroom"`
}

// Positions are all positions in the order of participant and currency.
type Positions struct {
	Positions []Position `json:"positions"`
}

// Window is a settlement window.
type Window struct {
	ID        ids.ID    `json:"id"`
	Region    string    `json:"region"`
	Number    int64     `json:"number"`
	State     string    `json:"state"`
	OpenedAt  time.Time `json:"opened_at"`
	ChangedAt time.Time `json:"changed_at"`
}

// Windows are the newest windows of the region, newest first.
type Windows struct {
	Windows []Window `json:"windows"`
}

// Net is the figure of one owner in one currency; positive if it is to be paid.
type Net struct {
	Owner   string `json:"owner"`
	Debits  Amount `json:"debits"`
	Credits Amount `json:"credits"`
	Net     Amount `json:"net"`
	Entries int64  `json:"entries"`
}

// WindowFile is a window with its figures.
type WindowFile struct {
	Window Window `json:"window"`
	Nets   []Net  `json:"nets"`
}

// Closed names the window that was closed.
type Closed struct {
	WindowID ids.ID `json:"window_id"`
}

// Balance is the state of one account of the ledger.
type Balance struct {
	AccountID string `json:"account_id"`
	Owner     string `json:"owner"`
	Purpose   string `json:"purpose"`
	Debits    Amount `json:"debits"`
	Credits   Amount `json:"credits"`
	Net       Amount `json:"net"`
}

// Balances are all accounts in the order of their ids.
type Balances struct {
	Balances []Balance `json:"balances"`
}

// DeadLetter is a notification that was given up.
type DeadLetter struct {
	EventID       ids.ID    `json:"event_id"`
	Region        string    `json:"region"`
	Consumer      string    `json:"consumer"`
	ParticipantID string    `json:"participant_id"`
	PaymentID     ids.ID    `json:"payment_id"`
	Problem       string    `json:"problem"`
	Attempts      int64     `json:"attempts"`
	Replays       int64     `json:"replays"`
	DiedAt        time.Time `json:"died_at"`
}

// DeadLetters are the letters that wait for an operator, oldest first.
type DeadLetters struct {
	DeadLetters []DeadLetter `json:"dead_letters"`
}

// NewProposal proposes a change of a kind.
type NewProposal struct {
	Kind   string          `json:"kind"`
	Change json.RawMessage `json:"change"`
}

// Approval names the hash of what the approver has read.
type Approval struct {
	ChangeHash string `json:"change_hash"`
}

// Proposal is a change that waits for, or got, the decision of another person.
type Proposal struct {
	ID   ids.ID `json:"id"`
	Kind string `json:"kind"`
	// Description says in one line what the change does.
	Description string          `json:"description"`
	Change      json.RawMessage `json:"change"`
	ChangeHash  string          `json:"change_hash"`
	State       string          `json:"state"`
	ProposerID  ids.ID          `json:"proposer_id"`
	CreatedAt   time.Time       `json:"created_at"`
	ExpiresAt   time.Time       `json:"expires_at"`
	DeciderID   ids.ID          `json:"decider_id,omitzero"`
	DecidedAt   time.Time       `json:"decided_at,omitzero"`
}

// Proposals are one page of proposals, newest first.
type Proposals struct {
	Proposals []Proposal `json:"proposals"`
	// Next is where the next page starts; empty on the last one.
	Next string `json:"next,omitempty"`
}

// AuditEntry is one line of the audit log.
type AuditEntry struct {
	ID      ids.ID            `json:"id"`
	At      time.Time         `json:"at"`
	Actor   string            `json:"actor"`
	Action  string            `json:"action"`
	Subject string            `json:"subject"`
	Detail  map[string]string `json:"detail"`
}

// Audit is one page of the audit log, newest first.
type Audit struct {
	Entries []AuditEntry `json:"entries"`
	Next    string       `json:"next,omitempty"`
}

// Screening says which sanctions lists are loaded.
type Screening struct {
	ListVersion string `json:"list_version"`
	Names       int    `json:"names"`
}

// NextPage is where the next page starts; empty on the last one.
func (p Proposals) NextPage() string { return p.Next }

// NextPage is where the next page starts; empty on the last one.
func (a Audit) NextPage() string { return a.Next }
