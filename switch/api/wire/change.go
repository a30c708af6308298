package wire

import "github.com/causeway-pay/causeway/internal/ids"

// Names of the kinds of proposals that every switch has.
const (
	KindCapSet             = "position.cap.set"
	KindParticipantAdd     = "participant.add"
	KindParticipantSuspend = "participant.suspend"
	KindParticipantResume  = "participant.resume"
	KindCorridorSet        = "corridor.set"
	KindRegistrationSet    = "participant.registration.set"
	KindNoticesSet         = "participant.notices.set"
	KindMerchantDecide     = "merchant.decide"
	KindPersonErase        = "person.erase"
	KindCodeSet            = "code.set"
	KindCodeRemove         = "code.remove"
	KindIssuerSet          = "issuer.set"
	KindIssuerRemove       = "issuer.remove"
	KindPaymentResolve     = "payment.resolve"
	KindOperatorAdd        = "operator.add"
	KindOperatorDeactivate = "operator.deactivate"
	KindEndpointSet        = "participant.endpoint.set"
	KindKeyAdd             = "participant.key.add"
	KindKeyRetire          = "participant.key.retire"
	KindLimitsSet          = "participant.limits.set"
)

// CapChange sets the net debit cap of a participant in one currency.
type CapChange struct {
	ParticipantID string `json:"participant_id"`
	Cap           Amount `json:"cap"`
}

// ParticipantAddition takes on a participant, with its accounts and its position.
type ParticipantAddition struct {
	ParticipantID string `json:"participant_id"`
	// Role is "acquirer" or "wallet".
	Role string `json:"role"`
	// Name is what travellers and merchants see.
	Name string `json:"name"`
	// Country is ISO 3166 alpha-2.
	Country  string `json:"country"`
	ClientID string `json:"client_id"`
	// Endpoint is an https address.
	Endpoint string `json:"endpoint"`
	// Connector is the protocol that it speaks.
	Connector string `json:"connector"`
	// CodePrefix is the six digits with which a wallet's payment codes begin.
	CodePrefix string `json:"code_prefix,omitempty"`
	// FeeBasisPoints is the service fee on what an acquirer is paid.
	FeeBasisPoints int64 `json:"fee_basis_points"`
	// Cap is the net debit cap; its currency is the settlement currency.
	Cap Amount `json:"cap"`
	// PublicKey becomes version 1: PKIX PEM or bare base64, RSA of 2048 bits or more,
	// P-256 or Ed25519.
	PublicKey string `json:"public_key"`
}

// ParticipantChange suspends or resumes a participant.
type ParticipantChange struct {
	ParticipantID string `json:"participant_id"`
}

// EndpointChange sets where a participant is called.
type EndpointChange struct {
	ParticipantID string `json:"participant_id"`
	// Endpoint is an https address.
	Endpoint string `json:"endpoint"`
}

// KeyAddition adds a version of a participant's key, so that it can sign with the
// new one while what it signed with the old one is still read.
type KeyAddition struct {
	ParticipantID string `json:"participant_id"`
	Version       int    `json:"version"`
	// PublicKey is PKIX PEM or bare base64: RSA of 2048 bits or more, P-256 or
	// Ed25519.
	PublicKey string `json:"public_key"`
}

// KeyRetirement ends a version of a participant's key.
type KeyRetirement struct {
	ParticipantID string `json:"participant_id"`
	Version       int    `json:"version"`
}

// Limits are the share of one participant; a zero means the hub's default.
type Limits struct {
	PerSecond int64 `json:"per_second"`
	Burst     int64 `json:"burst"`
	AtOnce    int64 `json:"at_once"`
}

// LimitsChange sets what is served of a participant and what it is asked.
type LimitsChange struct {
	ParticipantID string `json:"participant_id"`
	Inbound       Limits `json:"inbound"`
	Outbound      Limits `json:"outbound"`
}

// CorridorChange opens a corridor or changes one. It sets all of it: what is left
// out is as in a corridor without such a rule.
type CorridorChange struct {
	// PayerCountry and MerchantCountry are ISO 3166 alpha-2.
	PayerCountry    string `json:"payer_country"`
	MerchantCountry string `json:"merchant_country"`
	// The markups are in basis points of the exchange rate.
	PayerMarkup    int64 `json:"payer_markup"`
	MerchantMarkup int64 `json:"merchant_markup"`
	// Limit is the largest payment, in the merchant's currency.
	Limit Amount `json:"limit"`
	// Minimum is the smallest payment, in the currency of the limit.
	Minimum *Amount `json:"minimum,omitempty"`
	// Hours are when payments may start, such as "mon fri 09:00-17:30 Asia/Tokyo";
	// none means always.
	Hours string `json:"hours,omitempty"`
	// Wallets are the only ones that may pay; none means all.
	Wallets []string `json:"wallets,omitempty"`
	// Closed corridors carry no new payments.
	Closed bool `json:"closed,omitempty"`
}

// RegistrationChange sets what an acquirer's contract says about its merchants.
type RegistrationChange struct {
	ParticipantID string `json:"participant_id"`
	// Registration is NONE, AT_ONCE or REVIEWED.
	Registration string `json:"registration"`
}

// NoticesChange sets of which final states an acquirer is notified.
type NoticesChange struct {
	ParticipantID string `json:"participant_id"`
	// Notices is EVERY, or UNTOLD: those that the answer to its own pay has not told.
	Notices string `json:"notices"`
}

// MerchantDecision decides about a merchant that an acquirer has registered.
type MerchantDecision struct {
	ParticipantID string `json:"participant_id"`
	// RequestID is the registrationRequestId of the acquirer.
	RequestID string `json:"request_id"`
	// WalletID is the wallet whose payers may pay it; none means all.
	WalletID string `json:"wallet_id,omitempty"`
	// Status is REGISTERED or REFUSED, and Why what the acquirer is told.
	Status string `json:"status"`
	Why    string `json:"why,omitempty"`
}

// CodeChange gives codes that merchants show to an acquirer.
type CodeChange struct {
	ParticipantID string `json:"participant_id"`
	// Mode is PrivateOrderCode, PushPayment or EntryCode.
	Mode string `json:"mode"`
	// The rest is as in [CodeRemoval].
	Prefix      string `json:"prefix,omitempty"`
	Identifier  string `json:"identifier,omitempty"`
	Institution string `json:"institution,omitempty"`
	AliasHash   string `json:"alias_hash,omitempty"`
	Alias       string `json:"alias,omitempty"`
}

// CodeRemoval takes codes from their owner.
type CodeRemoval struct {
	// Prefix is how the codes begin; or else Identifier is the AID or domain of an
	// account in them, or the name of a payment scheme.
	Prefix     string `json:"prefix,omitempty"`
	Identifier string `json:"identifier,omitempty"`
	// Institution, Alias or AliasHash narrow an identifier.
	Institution string `json:"institution,omitempty"`
	// AliasHash is how the hub keeps a payee's alias, as its listing says.
	AliasHash string `json:"alias_hash,omitempty"`
	// Alias is the payee's alias as the code writes it. The hub keeps its hash alone.
	Alias string `json:"alias,omitempty"`
}

// IssuerPrefix says that payment codes are issued by another network, or takes that back.
type IssuerPrefix struct {
	// ParticipantID is the participant that stands for the network's payers.
	ParticipantID string `json:"participant_id"`
	// Prefix is how the codes begin, two to six digits.
	Prefix string `json:"prefix"`
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
