package wire

import "github.com/causeway-pay/causeway/internal/ids"

// Names of the kinds of proposals that every switch has.
const (
	KindCapSet             = "position.cap.set"
	KindParticipantSuspend = "participant.suspend"
	KindParticipantResume  = "participant.resume"
	KindCorridorSet        = "corridor.set"
	KindPaymentResolve     = "payment.resolve"
	KindOperatorAdd        = "operator.add"
	KindOperatorDeactivate = "operator.deactivate"
)

// CapChange sets the net debit cap of a participant in one currency.
type CapChange struct {
	ParticipantID string `json:"participant_id"`
	Cap           Amount `json:"cap"`
}

// ParticipantChange suspends or resumes a participant.
type ParticipantChange struct {
	ParticipantID string `json:"participant_id"`
}

// CorridorChange opens a corridor or changes one.
type CorridorChange struct {
	// PayerCountry and MerchantCountry are ISO 3166 alpha-2.
	PayerCountry    string `json:"payer_country"`
	MerchantCountry string `json:"merchant_country"`
	// The markups are in basis points of the exchange rate.
	PayerMarkup    int64 `json:"payer_markup"`
	MerchantMarkup int64 `json:"merchant_markup"`
	// Limit is the largest payment, in the merchant's currency.
	Limit Amount `json:"limit"`
}

// What two operators can find out about a held payment.
const (
	// OutcomePaid: the payer was debited; the payment is posted.
	OutcomePaid = "PAID"
	// OutcomeUnpaid: the payer was not debited; the reservation is released.
	OutcomeUnpaid = "UNPAID"
)

// ResolveChange decides a held payment, or the held return of a posted one.
type ResolveChange struct {
	PaymentID ids.ID `json:"payment_id"`
	// Outcome is [OutcomePaid] or [OutcomeUnpaid].
	Outcome string `json:"outcome"`
}

// OperatorAddition takes on an operator, who made a token alone and handed in
// its hash. So nobody else ever has the token, neither proposer nor switch.
type OperatorAddition struct {
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
	// TokenHash is the SHA-256 of the token, 64 hexadecimal digits.
	TokenHash string `json:"token_hash"`
}

// OperatorRemoval ends an operator's access.
type OperatorRemoval struct {
	OperatorID ids.ID `json:"operator_id"`
}
