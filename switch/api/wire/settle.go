package wire

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// Names of the kinds of proposals that settle.
const (
	KindSettlementConfirm = "settlement.confirm"
	KindObligationRetry   = "obligation.retry"
	KindObligationMove    = "obligation.move"
	KindObligationCover   = "obligation.cover"
	KindWindowAbort       = "window.abort"
	KindAdjustmentPost    = "adjustment.post"
	KindFeeScheduleSet    = "fee.schedule.set"
)

// Obligation is what a participant and the hub owe each other in one currency, for a
// window or for one payment or return that is settled by itself.
type Obligation struct {
	ID            ids.ID `json:"id"`
	WindowID      ids.ID `json:"window_id,omitzero"`
	SubjectID     ids.ID `json:"subject_id,omitzero"`
	ParticipantID string `json:"participant_id"`
	// Direction is PAY_IN or PAY_OUT, as the hub sees it.
	Direction string `json:"direction"`
	Amount    Amount `json:"amount"`
	Rest      Amount `json:"rest"`
	State     string `json:"state"`
	Attempts  int64  `json:"attempts"`
	// ValueDate is the day on which it is due, such as 2026-04-13.
	ValueDate string    `json:"value_date"`
	FinalAt   time.Time `json:"final_at,omitzero"`
}

// Obligations is a page of what single payments of a participant come to.
type Obligations struct {
	Obligations []Obligation `json:"obligations"`
	// Next continues the listing; empty after the last page.
	Next string `json:"next,omitempty"`
}

// NextPage is where the next page starts; empty on the last one.
func (o Obligations) NextPage() string { return o.Next }

// Settlement is how far a window is settled.
type Settlement struct {
	Window      Window       `json:"window"`
	Obligations []Obligation `json:"obligations"`
	Bilateral   []Bilateral  `json:"bilateral"`
}

// Bilateral is what payers of one participant paid to merchants of another in a
// window, in the merchants' currency: for reports, settlement is with the hub.
type Bilateral struct {
	WalletID   string `json:"wallet_id"`
	AcquirerID string `json:"acquirer_id"`
	Payments   int64  `json:"payments"`
	Amount     Amount `json:"amount"`
}

// SettlementStep is something that happened to an obligation, or a bank's word
// that fits none.
type SettlementStep struct {
	Kind      string    `json:"kind"`
	Direction string    `json:"direction"`
	Amount    *Amount   `json:"amount,omitempty"`
	ValueDate string    `json:"value_date,omitempty"`
	Reference string    `json:"reference"`
	Reason    string    `json:"reason"`
	At        time.Time `json:"at"`
}

// ObligationFile is an obligation with all that happened to it, newest first.
type ObligationFile struct {
	Obligation Obligation       `json:"obligation"`
	Steps      []SettlementStep `json:"steps"`
}

// UnmatchedSteps are the newest words of banks that fit no obligation.
type UnmatchedSteps struct {
	Steps []SettlementStep `json:"steps"`
}

// Instructed says how many files were written for a window.
type Instructed struct {
	WindowID ids.ID `json:"window_id"`
	Files    int    `json:"files"`
}

// ConfirmChange takes a settlement bank's message.
type ConfirmChange struct {
	// Message is a camt.054 or pacs.002 as XML, in base 64.
	Message []byte `json:"message"`
}

// ObligationChange decides about an obligation that a bank did not discharge.
type ObligationChange struct {
	ObligationID ids.ID `json:"obligation_id"`
	// Why is for the record, 1 to 200 characters.
	Why string `json:"why"`
}

// WindowAbort unwinds a window: what is not discharged is owed in the open one.
type WindowAbort struct {
	WindowID ids.ID `json:"window_id"`
	Why      string `json:"why"`
}

// AdjustmentChange makes one participant owe another, or the hub, something in
// the open window.
type AdjustmentChange struct {
	// DebitID pays and CreditID is paid; HUB is the hub.
	DebitID  string `json:"debit_id"`
	CreditID string `json:"credit_id"`
	Amount   Amount `json:"amount"`
	Why      string `json:"why"`
	// Link is the payment or obligation that is corrected.
	Link ids.ID `json:"link"`
}

// FeeLine is one line of a fee schedule; see package fees for what it does.
type FeeLine struct {
	// Kind is INTERCHANGE, SCHEME or TAX.
	Kind string `json:"kind"`
	// Empty texts mean everybody, every corridor, every product.
	ParticipantID string    `json:"participant_id"`
	Corridor      string    `json:"corridor"`
	Product       string    `json:"product"`
	Currency      string    `json:"currency"`
	EffectiveAt   time.Time `json:"effective_at"`
	// Paid: the participant is paid, not charged.
	Paid bool `json:"paid"`
	// Points are basis points. The others are minor units: for each payment, and
	// the bounds of a window's charge, where a most of 0 is none.
	Points     int64 `json:"points"`
	FixedMinor int64 `json:"fixed_minor,string"`
	LeastMinor int64 `json:"least_minor,string"`
	MostMinor  int64 `json:"most_minor,string"`
}

// FeeSchedules are all lines of all schedules, older ones included.
type FeeSchedules struct {
	Lines []FeeLine `json:"lines"`
}
