package wire

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// Payment is a payment without anything personal.
type Payment struct {
	ID              ids.ID `json:"id"`
	Region          string `json:"region"`
	Version         int64  `json:"version"`
	State           string `json:"state"`
	Mode            string `json:"mode"`
	AcquirerID      string `json:"acquirer_id"`
	RequestID       string `json:"request_id"`
	WalletID        string `json:"wallet_id,omitempty"`
	WalletPaymentID string `json:"wallet_payment_id,omitempty"`
	// Reason is the stable name of the reason of a refusal or cancellation.
	Reason string `json:"reason,omitempty"`
	// Amount is what the merchant asked for. The others are known once the
	// payment is priced.
	Amount         Amount    `json:"amount"`
	PayerAmount    *Amount   `json:"payer_amount,omitempty"`
	MerchantAmount *Amount   `json:"merchant_amount,omitempty"`
	Fee            *Amount   `json:"fee,omitempty"`
	WindowID       ids.ID    `json:"window_id,omitzero"`
	Duty           string    `json:"duty"`
	DutyAttempts   int64     `json:"duty_attempts"`
	DueAt          time.Time `json:"due_at,omitzero"`
	ExpiresAt      time.Time `json:"expires_at,omitzero"`
	CreatedAt      time.Time `json:"created_at"`
	CompletedAt    time.Time `json:"completed_at,omitzero"`
}

// Payments are one page of payments, newest first.
type Payments struct {
	Payments []Payment `json:"payments"`
	Next     string    `json:"next,omitempty"`
}

// StateCount is how many payments are in a state.
type StateCount struct {
	State string `json:"state"`
	Count int64  `json:"count"`
}

// Summary has every state once, in the order of a payment's life.
type Summary struct {
	States []StateCount `json:"states"`
}

// Parties are the persons of a payment, shown to compliance and operations only.
type Parties struct {
	PayerName      string `json:"payer_name,omitempty"`
	PayerReference string `json:"payer_reference,omitempty"`
	MerchantName   string `json:"merchant_name,omitempty"`
	MerchantID     string `json:"merchant_id,omitempty"`
}

// Return is a refund or late cancel of a payment.
type Return struct {
	ID             ids.ID    `json:"id"`
	Version        int64     `json:"version"`
	State          string    `json:"state"`
	Kind           string    `json:"kind"`
	RequestID      string    `json:"request_id"`
	Reason         string    `json:"reason,omitempty"`
	Amount         Amount    `json:"amount"`
	PayerAmount    *Amount   `json:"payer_amount,omitempty"`
	MerchantAmount *Amount   `json:"merchant_amount,omitempty"`
	WindowID       ids.ID    `json:"window_id,omitzero"`
	CreatedAt      time.Time `json:"created_at"`
	CompletedAt    time.Time `json:"completed_at,omitzero"`
}

// Change is one line of a payment's history.
type Change struct {
	SubjectID     ids.ID    `json:"subject_id"`
	Version       int64     `json:"version"`
	Event         string    `json:"event"`
	State         string    `json:"state"`
	Effects       string    `json:"effects"`
	Reason        string    `json:"reason,omitempty"`
	Contradiction bool      `json:"contradiction"`
	At            time.Time `json:"at"`
}

// Entry is one entry of the ledger.
type Entry struct {
	ID        ids.ID    `json:"id"`
	SubjectID ids.ID    `json:"subject_id"`
	Sequence  int16     `json:"sequence"`
	Kind      string    `json:"kind"`
	Debit     string    `json:"debit"`
	Credit    string    `json:"credit"`
	Amount    Amount    `json:"amount"`
	WindowID  ids.ID    `json:"window_id"`
	BookedAt  time.Time `json:"booked_at"`
}

// Hit is a match with a list entry, shown to compliance and operations only.
type Hit struct {
	Role             string `json:"role"`
	List             string `json:"list"`
	Entry            string `json:"entry"`
	ScoreBasisPoints int    `json:"score_basis_points"`
	// ListVersion is that of the list, by which the entry can be read as it was then.
	ListVersion string   `json:"list_version,omitempty"`
	Kind        string   `json:"kind,omitempty"`
	Programmes  []string `json:"programmes,omitempty"`
	// NameScoreBasisPoints is what the names alone give, and Reasons what else changed it.
	NameScoreBasisPoints int         `json:"name_score_basis_points,omitempty"`
	Reasons              []HitReason `json:"reasons,omitempty"`
}

// HitReason is what a birth date or an identifier did to a score.
type HitReason struct {
	What        string `json:"what"`
	BasisPoints int    `json:"basis_points"`
}

// Decision is the result of a screening.
type Decision struct {
	ID      ids.ID `json:"id"`
	Outcome string `json:"outcome"`
	Reason  string `json:"reason,omitempty"`
	Hits    []Hit  `json:"hits"`
	// Rules are those of the policy that were true, Missing the data that it demands
	// and the payment does not have, Limit the one that it is above by itself.
	Rules         []string  `json:"rules,omitempty"`
	Missing       []string  `json:"missing,omitempty"`
	Limit         string    `json:"limit,omitempty"`
	ListVersion   string    `json:"list_version"`
	EngineVersion string    `json:"engine_version"`
	PolicyVersion int64     `json:"policy_version"`
	DecidedAt     time.Time `json:"decided_at"`
}

// Message is a message on record, without its body.
type Message struct {
	// ID is the record's own. In 32 digits without dashes it is the message id that
	// an ISO 20022 message carries.
	ID ids.ID `json:"id"`
	// PairID is shared by messages that say the same, one in ISO 20022 and the
	// others in the partner's own words. It is the id of the former.
	PairID ids.ID `json:"pair_id,omitzero"`
	// Number counts the messages of a payment from 1; it is absent where messages
	// are not those of one payment.
	Number    int    `json:"number,omitzero"`
	PaymentID ids.ID `json:"payment_id,omitzero"`
	// ReturnID is the refund or late cancel that the message is about.
	ReturnID ids.ID `json:"return_id,omitzero"`
	// WindowID is set for settlement messages.
	WindowID  ids.ID `json:"window_id,omitzero"`
	PartnerID string `json:"partner_id"`
	// Leg is acquirer or wallet, and absent for settlement messages.
	Leg       string    `json:"leg,omitempty"`
	Direction string    `json:"direction"`
	Name      string    `json:"name"`
	Bytes     int       `json:"bytes"`
	At        time.Time `json:"at"`
}

// Messages are messages in the order of their time, or one page of those of a
// window.
type Messages struct {
	Messages []Message `json:"messages"`
	// Next is where the next page of a window's messages starts.
	Next string `json:"next,omitempty"`
}

// NextPage is where the next page starts; empty on the last one.
func (m Messages) NextPage() string { return m.Next }

// PaymentFile is everything about one payment but the bodies of its messages.
type PaymentFile struct {
	Payment Payment `json:"payment"`
	// Parties is absent for roles that do not see personal data.
	Parties *Parties `json:"parties,omitempty"`
	// Notified tells whether the acquirer has confirmed the final state.
	Notified bool `json:"notified"`
	// Told tells whether the acquirer had it as the answer to its request, and by its
	// contract is not notified.
	Told      bool       `json:"told,omitempty"`
	Returns   []Return   `json:"returns"`
	History   []Change   `json:"history"`
	Entries   []Entry    `json:"entries"`
	Decisions []Decision `json:"decisions"`
	Messages  []Message  `json:"messages"`
}

// NextPage is where the next page starts; empty on the last one.
func (p Payments) NextPage() string { return p.Next }
