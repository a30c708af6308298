package connectors

import (
	"context"
	"time"
)

// Grant is the right to debit a payer who agreed to it.
type Grant struct {
	// Token is a secret; it is kept nowhere but in a hash.
	Token string
	// ClientID is the merchant's own id at the wallet, at most 64 characters.
	ClientID string
}

// PrepareRequest asks for a payer's consent. ClientID and ReferenceID together
// are the key.
type PrepareRequest struct {
	// WalletID is the wallet's id; of a wallet of another network the network's, a slash
	// and the wallet's there. Towards the network it is the latter alone.
	AcquirerID, WalletID  string
	ClientID, ReferenceID string
	// CheckedFields is the SHA-256 of what must be the same when it is repeated.
	CheckedFields [32]byte
	// RedirectURL is where the payer comes back to, with State.
	RedirectURL, State string
	Scopes             []string
	TerminalType       string
}

// TokenRequest exchanges a code that came with the payer's consent, or a refresh
// token, for tokens. One of the two is set.
type TokenRequest struct {
	ClientID           string
	Code, RefreshToken string
}

// Tokens are what a payer's consent came to.
type Tokens struct {
	Access, Refresh                   string
	AccessExpiresAt, RefreshExpiresAt time.Time
	PayerReference                    string
}

// AgreementEvent is what happened to an agreement at the wallet.
type AgreementEvent string

// The events.
const (
	// CodeCreated: the payer has agreed; Code can be exchanged for tokens.
	CodeCreated AgreementEvent = "CODE_CREATED"
	// TokenCreated: the wallet has issued Tokens.
	TokenCreated AgreementEvent = "TOKEN_CREATED"
	// TokenCancelled: the payer, or the wallet, has ended the agreement.
	TokenCancelled AgreementEvent = "TOKEN_CANCELLED"
)

// AgreementNotice tells what happened to an agreement.
type AgreementNotice struct {
	Event                 AgreementEvent
	AcquirerID, WalletID  string
	ClientID, ReferenceID string
	// Code comes with CodeCreated and is good until CodeExpiresAt, Tokens with
	// TokenCreated, and Tokens.Access alone with TokenCancelled.
	Code          string
	CodeExpiresAt time.Time
	State         string
	Tokens        Tokens
}

// Agreements is what a connector may ask about agreements on behalf of an
// authenticated participant.
type Agreements interface {
	// Prepare returns the address at which the payer agrees.
	Prepare(ctx context.Context, from Participant, request PrepareRequest) (address string, err error)
	// Apply exchanges a code or a refresh token. The same code gives the same tokens.
	Apply(ctx context.Context, from Participant, request TokenRequest) (Tokens, error)
	// Revoke ends the agreement of a token. It may be repeated.
	Revoke(ctx context.Context, from Participant, grant Grant) error
	// Told takes a wallet's word about an agreement and passes it on to the
	// acquirer. An error that is not final means: tell it again.
	Told(ctx context.Context, from Participant, notice AgreementNotice) error
}

// AgreementWallet is the hub's way to the payer's consent.
type AgreementWallet interface {
	// Prepare returns the address at which the payer agrees.
	Prepare(ctx context.Context, to Participant, request PrepareRequest) (address string, answer Answer)
	// Apply exchanges a code or a refresh token.
	Apply(ctx context.Context, to Participant, request TokenRequest) (Tokens, Answer)
	// Revocable asks whether the agreement of a token may be ended.
	Revocable(ctx context.Context, to Participant, grant Grant) Answer
	// Revoke ends the agreement of a token.
	Revoke(ctx context.Context, to Participant, grant Grant) Answer
}

// AgreementAcquirer is the hub's way to who holds the tokens.
type AgreementAcquirer interface {
	// NotifyAgreement passes on what happened to an agreement.
	NotifyAgreement(ctx context.Context, to Participant, notice AgreementNotice) Answer
}
