package compliance

import (
	"time"

	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/compliance/travel"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Outcome is what was decided about a payment.
type Outcome string

// The outcomes.
const (
	// Pass: nothing stands against the payment.
	Pass Outcome = "PASS"
	// Hold: people must look at the payment before it goes on.
	Hold Outcome = "HOLD"
	// Reject: the payment is refused.
	Reject Outcome = "REJECT"
)

// weight orders outcomes by strictness.
func (o Outcome) weight() int {
	switch o {
	case Reject:
		return 2
	case Hold:
		return 1
	default:
		return 0
	}
}

// Payment is what is decided about: a payment as it would be carried out.
type Payment struct {
	limits.Payment
	MerchantCategory string
	// Parties are those who take part, and the texts that they wrote.
	Parties []watchlist.Party
	// Debtor and Creditor are what is known of payer and merchant.
	Debtor, Creditor travel.Party
	// Message returns the payment's pacs.008 as XML, for the rules that look into
	// it.
	Message func() ([]byte, error)
}

// Facts are what rules may know of the payment.
func (p Payment) Facts() rules.Facts {
	return rules.Facts{
		At: p.At, PayerCountry: p.PayerCountry, MerchantCountry: p.MerchantCountry, Product: p.Product,
		WalletID: p.WalletID, AcquirerID: p.AcquirerID, MerchantCategory: p.MerchantCategory,
		Amount: p.Amount, PayerAmount: p.PayerAmount, Worth: p.Worth, Message: p.Message,
	}
}

// Decision is the result, with all that led to it.
type Decision struct {
	ID        ids.ID
	PaymentID ids.ID
	Region    string
	Outcome   Outcome
	// Reason is what the partner is told; [reason.None] for a pass.
	Reason   reason.Kind
	Findings Findings
	// ListVersion identifies the exact contents of the lists, EngineVersion the
	// matching, PolicyVersion the policy.
	ListVersion   string
	EngineVersion string
	PolicyVersion int64
	// ShadowVersion is the policy that ran beside, 0 if none did, and ShadowOutcome
	// what it would have decided.
	ShadowVersion int64
	ShadowOutcome Outcome
	DecidedAt     time.Time
	// ReviewBy is until when people can look at a payment that is held; it is not on
	// record with the decision but with its case.
	ReviewBy time.Time
	// Uses are the limits that the payment counts against once it is reserved.
	Uses []limits.Use
}

// Findings are what stands against a payment.
type Findings struct {
	// Hits are the listed entries that a party is like.
	Hits []watchlist.Hit `json:"hits,omitempty"`
	// Unreadable are the roles of parties whose names have letters that nothing here reads, so
	// that they could not be compared.
	Unreadable []string `json:"unreadable,omitempty"`
	// Rules are those of the policy that were true.
	Rules []rules.Hit `json:"rules,omitempty"`
	// Limit says which limit the payment alone is above.
	Limit string `json:"limit,omitempty"`
	// TravelRule decided what must be known, and Missing is not.
	TravelRule string          `json:"travel_rule,omitempty"`
	Missing    [][]travel.Item `json:"missing,omitempty"`
}

// stricter takes an outcome over if it is stricter than the one so far.
func (d *Decision) stricter(outcome Outcome, kind reason.Kind) {
	if outcome.weight() > d.Outcome.weight() {
		d.Outcome, d.Reason = outcome, kind
	}
}
