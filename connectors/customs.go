package connectors

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// CustomsDeclaration is what customs of the payer's country are to be told about a
// payment for goods that are sent there.
type CustomsDeclaration struct {
	// RequestID is the acquirer's, at most 64 characters; the same one means the same
	// declaration. Towards a wallet it is the hub's id.
	RequestID string
	// CheckedFields is the SHA-256 of what must be the same when it is repeated. Nothing
	// personal goes into it.
	CheckedFields [32]byte
	// Payment names the payment by its request id on this leg.
	Payment Reference
	// OfficeCode and OfficeCountry (ISO 3166 alpha-2) are the customs that are told.
	OfficeCode, OfficeCountry string
	// MerchantCode and MerchantName are what those customs know the merchant by.
	MerchantCode, MerchantName string
	// Amount is declared, in the currency that the payer has paid in.
	Amount money.Amount
	// Split says that the order is declared in parts, each under an OrderID of its own.
	Split bool
	// OrderID is what the merchant told customs that the order is called, at most 64
	// characters; empty means the acquirer's request id of the payment.
	OrderID string
	// Buyer is who has bought, if that is to be compared with who has paid.
	Buyer *Buyer
}

// Buyer is a person by the paper that identifies it. It is passed on and not logged.
type Buyer struct {
	// CertificateType is the protocol's word for the kind of paper, such as "ID_CARD".
	CertificateType   string
	CertificateNumber string
	Name              string
	// EffectiveDate and ExpiryDate are as they are written on the paper.
	EffectiveDate, ExpiryDate string
}

// CustomsReceipt is what a wallet says when it has taken a declaration: the figures that
// the merchant has to name to customs.
type CustomsReceipt struct {
	WalletPaymentID     string
	WalletDeclarationID string
	// WalletCustomsCode is what customs know the wallet by.
	WalletCustomsCode string
	// ClearingChannel and ClearingID are where the money was cleared, and under which id.
	ClearingChannel, ClearingID string
	// OrderAmount is the order's as the wallet tells customs; zero if it does not say.
	OrderAmount money.Amount
	// IdentityCheck says whether buyer and payer are one, if a buyer was named.
	IdentityCheck string
}

// CustomsProgress is how far a declaration is at customs, in the wallet's words.
type CustomsProgress struct {
	Status     string
	ModifiedAt time.Time
	// ResultCode, ResultText and ResultAt are the answer of customs, once there is one.
	ResultCode, ResultText string
	ResultAt               time.Time
}

// CustomsRecord is a declaration and what came of it.
type CustomsRecord struct {
	Declaration CustomsDeclaration
	Receipt     CustomsReceipt
	Progress    CustomsProgress
}

// Customs is what a connector may ask about declarations on behalf of an authenticated
// acquirer.
type Customs interface {
	// Declare hands a declaration to the payer's wallet. It may be repeated; InProcess
	// means that the wallet has not answered yet. What the wallet refuses is an error.
	Declare(ctx context.Context, from Participant, declaration CustomsDeclaration) (CustomsReceipt, error)
	// Declarations returns those of the caller's declarations that have the request ids
	// and were not refused, in the order of the ids.
	Declarations(ctx context.Context, from Participant, requestIDs []string) ([]CustomsRecord, error)
}

// CustomsWallet is the hub's way to the wallet that tells customs.
type CustomsWallet interface {
	// Declare asks the wallet to tell customs. It is repeated with the same request id
	// until the answer is Accepted, Declined, or Absent: the wallet has no such payment.
	Declare(ctx context.Context, to Participant, declaration CustomsDeclaration) (CustomsReceipt, Answer)
	// InquireDeclaration asks how far a declaration is; Absent means that the wallet has
	// none of this request id.
	InquireDeclaration(ctx context.Context, to Participant, requestID string) (CustomsProgress, Answer)
}
