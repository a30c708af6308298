package iso20022

import (
	"time"

	"github.com/causeway-pay/causeway/money"
)

// UETR is the unique end-to-end transaction reference, a version 4 UUID that
// stays the same in every message about one payment. Its text is lower case
// (UUIDv4Identifier).
type UETR [16]byte

// Agent is a participant as a financial institution
// (BranchAndFinancialInstitutionIdentification): by BIC, or by the id that the
// switch gave it (FinInstnId/Othr/Id).
type Agent struct {
	BIC     string
	OtherID string
}

// Party is a person or merchant (PartyIdentification). Name holds at most 140
// characters. Country is ISO 3166 alpha-2; Town and Country form a structured
// address.
type Party struct {
	Name    string
	Town    string
	Country string
	// OtherID identifies the party at its agent, at most 256 characters. A
	// debtor is a person (Id/PrvtId), a creditor a merchant (Id/OrgId).
	OtherID string
}

// Account is the account of a party at its agent (CashAccount): an identifier
// of at most 34 characters (Id/Othr/Id), or a proxy such as a payment code.
type Account struct {
	ID string
	// ProxyType is an external proxy type code, such as TOKN for a payment code.
	ProxyType string
	ProxyID   string
}

// IsZero reports whether the account says nothing.
func (a Account) IsZero() bool { return a == Account{} }

// AgreedRate is the exchange rate that a quote fixed (AgrdRate of
// pacs.008.001.13): one unit of Rate.Base (UnitCcy) is Rate of Rate.Quote
// (QtdCcy).
type AgreedRate struct {
	Rate     money.Rate
	QuotedAt time.Time
	QuoteID  UETR
}

// Status is a transaction status (ExternalPaymentTransactionStatus1Code).
type Status string

// The statuses that the switch uses.
const (
	// Received (RCVD): the instruction was received and not yet looked at.
	Received Status = "RCVD"
	// Pending (PDNG): not yet final; further checks or an answer are due.
	Pending Status = "PDNG"
	// AcceptedUnposted (ACWP): accepted, held before posting.
	AcceptedUnposted Status = "ACWP"
	// AcceptedSettlement (ACSP): all checks passed, settlement is in process.
	AcceptedSettlement Status = "ACSP"
	// Completed (ACSC): posted.
	Completed Status = "ACSC"
	// Rejected (RJCT): refused; no money moved.
	Rejected Status = "RJCT"
	// Cancelled (CANC): cancelled; no money moved or all of it moved back.
	Cancelled Status = "CANC"
)
