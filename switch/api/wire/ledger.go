package wire

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// Names of the kinds of proposals about positions.
const (
	KindPrefundingReceive = "prefunding.receive"
	KindPrefundingReturn  = "prefunding.return"
	KindPrefundingCorrect = "prefunding.correct"
	KindModelSet          = "position.model.set"
	KindThresholdsSet     = "position.thresholds.set"
)

// PrefundingChange books prefunding that has come in, or goes out.
type PrefundingChange struct {
	ParticipantID string `json:"participant_id"`
	Amount        Amount `json:"amount"`
	// Evidence is the reference of the entry in the bank's camt.054, or of the line
	// in its statement.
	Evidence string `json:"evidence"`
	// EffectiveAt is the bank's value date.
	EffectiveAt time.Time `json:"effective_at"`
}

// PrefundingCorrection makes a cap count what is on the participant's prefunding account.
type PrefundingCorrection struct {
	ParticipantID string `json:"participant_id"`
	// Prefunded is what is on the account; anything else is refused.
	Prefunded Amount `json:"prefunded"`
	// Why is for the record, 1 to 200 characters.
	Why string `json:"why"`
}

// ModelChange sets how a participant settles in a currency.
type ModelChange struct {
	ParticipantID string `json:"participant_id"`
	Currency      string `json:"currency"`
	// Model is DEFERRED_NET, GROSS or PREFUNDED.
	Model string `json:"model"`
}

// ThresholdsChange sets at which percentages of its caps a participant's use of them
// is told. Without any, those of everybody count, who is the empty participant.
type ThresholdsChange struct {
	ParticipantID string  `json:"participant_id"`
	Percents      []int16 `json:"percents"`
}

// AccountEntry is an entry of the ledger.
type AccountEntry struct {
	EntryID       ids.ID    `json:"entry_id"`
	Region        string    `json:"region"`
	Kind          string    `json:"kind"`
	PaymentID     ids.ID    `json:"payment_id"`
	DebitAccount  string    `json:"debit_account"`
	CreditAccount string    `json:"credit_account"`
	Amount        Amount    `json:"amount"`
	BookedAt      time.Time `json:"booked_at"`
	EffectiveAt   time.Time `json:"effective_at"`
}

// AccountEntries is one page of the entries of an account, oldest first.
type AccountEntries struct {
	Entries []AccountEntry `json:"entries"`
	// Next continues the listing; empty after the last page.
	Next string `json:"next,omitempty"`
}
