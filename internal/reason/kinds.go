// Package reason is the closed list of reasons for which the switch refuses or
// postpones something, each with its ISO 20022 status reason code, its Alipay+
// style result code and its HTTP status, in one table.
//
// Errors carry a kind for machines, the operation that failed and a detail for
// operators. A detail never holds personal data or a secret: it is logged.
package reason

// Kind is a reason. The zero Kind is no reason: all is well.
type Kind uint8

// The kinds. The comment of each is also its entry in the error catalogue.
const (
	// None means that nothing went wrong.
	None Kind = iota
	// InvalidRequest: a field is missing, malformed or out of range.
	InvalidRequest
	// InvalidSignature: the signature does not fit the bytes received.
	InvalidSignature
	// UnknownClient: no participant has this client id.
	UnknownClient
	// UnknownKey: the key version is not active for this client.
	UnknownKey
	// UnsupportedMedia: the body is not JSON in UTF-8.
	UnsupportedMedia
	// UnsupportedMethod: the HTTP method is not offered here.
	UnsupportedMethod
	// UnknownInterface: no operation has this path.
	UnknownInterface
	// AccessDenied: the caller may not do this.
	AccessDenied
	// InvalidContract: the participant's contract is not active.
	InvalidContract
	// Unsupported: the product is not open for these parties.
	Unsupported
	// Inconsistent: it does not agree with what is on record under its id.
	Inconsistent
	// NotFound: the caller has no such payment.
	NotFound
	// Closed: the order was cancelled or has timed out.
	Closed
	// UnsupportedCurrency: the currency cannot be processed here.
	UnsupportedCurrency
	// InvalidCode: nobody issued this payment code, or it was used.
	InvalidCode
	// ExpiredCode: the payment code has expired.
	ExpiredCode
	// InvalidToken: no agreement has this token, or it was cancelled.
	InvalidToken
	// ExpiredToken: the token of the agreement has expired.
	ExpiredToken
	// CapExceeded: the debit participant's cap does not cover the amount.
	CapExceeded
	// AmountLimit: the amount is above the limit of the corridor.
	AmountLimit
	// AmountTooSmall: the amount is below what the corridor carries, or a minor unit.
	AmountTooSmall
	// CountLimit: too many payments in the period.
	CountLimit
	// PayerLimit: the payer's own limit does not cover the amount.
	PayerLimit
	// InsufficientFunds: the payer's balance does not cover the amount.
	InsufficientFunds
	// UnknownPayer: the wallet does not know the payer.
	UnknownPayer
	// PayerBlocked: the payer's account is blocked.
	PayerBlocked
	// PayerUnverified: the payer's identification does not suffice.
	PayerUnverified
	// VerificationFailed: the payer did not confirm the payment.
	VerificationFailed
	// MethodUnavailable: the wallet cannot be used at present.
	MethodUnavailable
	// RiskRejected: a risk rule refused the payment.
	RiskRejected
	// Regulation: regulation forbids the payment.
	Regulation
	// DebtorAccountMissing: the payer's account or identification is needed here.
	DebtorAccountMissing
	// DebtorMissing: the payer's name, address or birth is needed here.
	DebtorMissing
	// CreditorMissing: the name, account or address of whoever is paid is needed
	// here.
	CreditorMissing
	// MerchantUnregistered: the merchant is not registered.
	MerchantUnregistered
	// MerchantUnqualified: the merchant's registration does not suffice.
	MerchantUnqualified
	// RefundExceeds: all refunds together exceed the payment.
	RefundExceeds
	// RefundTooLate: the refund window has passed.
	RefundTooLate
	// CancelTooLate: the cancel window has passed.
	CancelTooLate
	// NotPaid: the payment is not paid, or not any more.
	NotPaid
	// DeclaredTwice: customs were told of this order already.
	DeclaredTwice
	// DeclarationExceeds: all declarations together exceed what was paid.
	DeclarationExceeds
	// QuoteExpired: the quote has expired.
	QuoteExpired
	// QuoteUsed: another payment was made at the quote.
	QuoteUsed
	// QuoteUnknown: nobody was given this quote.
	QuoteUnknown
	// QuoteForeign: the quote was given to another participant.
	QuoteForeign
	// QuoteAltered: the payment is not the one that was quoted.
	QuoteAltered
	// RateUnavailable: no fresh rate for the currency pair.
	RateUnavailable
	// Unauthenticated: no active operator has this token.
	Unauthenticated
	// Missing: nothing here has this id.
	Missing
	// SelfApproval: another person must approve this.
	SelfApproval
	// ProposalClosed: the proposal was decided before or has expired.
	ProposalClosed
	// ProposalChanged: the proposal is not the one that was read.
	ProposalChanged
	// Failed: refused without a closer reason.
	Failed
	// InProcess: the outcome is not yet known; ask again.
	InProcess
	// Busy: more requests than may be served at once; try later.
	Busy
	// Unknown: something failed and the outcome is unknown; ask again.
	Unknown
)

// Codes are the names of a kind in the worlds that the switch talks to.
type Codes struct {
	// Name is the kind's own stable name, as the operators' API shows it.
	Name string
	// ISO is the ISO 20022 external status reason code (pacs.002 StsRsnInf/Rsn/Cd).
	ISO string
	// APS is the result code of the Alipay+ style protocol.
	APS string
	// HTTP is the status of the operators' API; the partner protocol answers 200.
	HTTP int
	// Text says what happened in words fit for anyone.
	Text string
}

var table = [...]Codes{
	None:                 {"None", "", "SUCCESS", 200, "success"},
	InvalidRequest:       {"InvalidRequest", "FF01", "PARAM_ILLEGAL", 400, "a field is missing, malformed or out of range"},
	InvalidSignature:     {"InvalidSignature", "DS02", "INVALID_SIGNATURE", 401, "the signature does not fit the bytes received"},
	UnknownClient:        {"UnknownClient", "AGNT", "INVALID_CLIENT", 401, "no participant has this client id"},
	UnknownKey:           {"UnknownKey", "DS02", "KEY_NOT_FOUND", 401, "the key version is not active for this client"},
	UnsupportedMedia:     {"UnsupportedMedia", "FF01", "MEDIA_TYPE_NOT_ACCEPTABLE", 415, "the body is not JSON in UTF-8"},
	UnsupportedMethod:    {"UnsupportedMethod", "FF01", "METHOD_NOT_SUPPORTED", 405, "the HTTP method is not offered here"},
	UnknownInterface:     {"UnknownInterface", "FF01", "NO_INTERFACE_DEF", 404, "no operation has this path"},
	AccessDenied:         {"AccessDenied", "AG01", "ACCESS_DENIED", 403, "the caller may not do this"},
	InvalidContract:      {"InvalidContract", "CNOR", "INVALID_CONTRACT", 403, "the participant's contract is not active"},
	Unsupported:          {"Unsupported", "AG03", "BUSINESS_NOT_SUPPORT", 422, "the product is not open for these parties"},
	Inconsistent:         {"Inconsistent", "DUPL", "REPEAT_REQ_INCONSISTENT", 422, "it does not agree with what is on record under its id"},
	NotFound:             {"NotFound", "NOOR", "ORDER_NOT_EXIST", 404, "the caller has no such payment"},
	Closed:               {"Closed", "TM01", "ORDER_IS_CLOSED", 409, "the order was cancelled or has timed out"},
	UnsupportedCurrency:  {"UnsupportedCurrency", "AM03", "CURRENCY_NOT_SUPPORT", 422, "the currency cannot be processed here"},
	InvalidCode:          {"InvalidCode", "AC01", "INVALID_CODE", 422, "nobody issued this payment code, or it was used"},
	ExpiredCode:          {"ExpiredCode", "TM01", "EXPIRED_CODE", 422, "the payment code has expired"},
	InvalidToken:         {"InvalidToken", "MD01", "INVALID_TOKEN", 422, "no agreement has this token, or it was cancelled"},
	ExpiredToken:         {"ExpiredToken", "MD20", "EXPIRED_ACCESS_TOKEN", 422, "the token of the agreement has expired"},
	CapExceeded:          {"CapExceeded", "AM23", "UNAVAILABLE_PAYMENT_METHOD", 422, "the debit participant's cap does not cover the amount"},
	AmountLimit:          {"AmountLimit", "AM02", "PAYMENT_AMOUNT_EXCEED_LIMIT", 422, "the amount is above the limit of the corridor"},
	AmountTooSmall:       {"AmountTooSmall", "AM06", "PARAM_ILLEGAL", 422, "the amount is below what the corridor carries, or a minor unit"},
	CountLimit:           {"CountLimit", "AM21", "PAYMENT_COUNT_EXCEED_LIMIT", 422, "too many payments in the period"},
	PayerLimit:           {"PayerLimit", "AM14", "USER_AMOUNT_EXCEED_LIMIT", 422, "the payer's own limit does not cover the amount"},
	InsufficientFunds:    {"InsufficientFunds", "AM04", "USER_BALANCE_NOT_ENOUGH", 422, "the payer's balance does not cover the amount"},
	UnknownPayer:         {"UnknownPayer", "BE06", "USER_NOT_EXIST", 422, "the wallet does not know the payer"},
	PayerBlocked:         {"PayerBlocked", "AC06", "USER_STATUS_ABNORMAL", 422, "the payer's account is blocked"},
	PayerUnverified:      {"PayerUnverified", "AG01", "USER_KYC_NOT_QUALIFIED", 422, "the payer's identification does not suffice"},
	VerificationFailed:   {"VerificationFailed", "MS02", "USER_PAYMENT_VERIFICATION_FAILED", 422, "the payer did not confirm the payment"},
	MethodUnavailable:    {"MethodUnavailable", "AG03", "UNAVAILABLE_PAYMENT_METHOD", 422, "the wallet cannot be used at present"},
	RiskRejected:         {"RiskRejected", "FR01", "RISK_REJECT", 422, "a risk rule refused the payment"},
	Regulation:           {"Regulation", "RR04", "REGULATION_RESTRICTION", 422, "regulation forbids the payment"},
	DebtorAccountMissing: {"DebtorAccountMissing", "RR01", "USER_KYC_NOT_QUALIFIED", 422, "the payer's account or identification is needed here"},
	DebtorMissing:        {"DebtorMissing", "RR02", "USER_KYC_NOT_QUALIFIED", 422, "the payer's name, address or birth is needed here"},
	CreditorMissing:      {"CreditorMissing", "RR03", "MERCHANT_KYB_NOT_QUALIFIED", 422, "the name, account or address of whoever is paid is needed here"},
	MerchantUnregistered: {"MerchantUnregistered", "BE06", "MERCHANT_NOT_REGISTERED", 422, "the merchant is not registered"},
	MerchantUnqualified:  {"MerchantUnqualified", "AG01", "MERCHANT_KYB_NOT_QUALIFIED", 422, "the merchant's registration does not suffice"},
	RefundExceeds:        {"RefundExceeds", "AM09", "REFUND_AMOUNT_EXCEED", 422, "all refunds together exceed the payment"},
	RefundTooLate:        {"RefundTooLate", "TM01", "REFUND_WINDOW_EXCEED", 422, "the refund window has passed"},
	CancelTooLate:        {"CancelTooLate", "TM01", "CANCEL_WINDOW_EXCEED", 422, "the cancel window has passed"},
	NotPaid:              {"NotPaid", "AG01", "ORDER_STATUS_INVALID", 422, "the payment is not paid, or not any more"},
	DeclaredTwice:        {"DeclaredTwice", "DUPL", "DUPLICATED_DECLARATIONS", 422, "customs were told of this order already"},
	DeclarationExceeds:   {"DeclarationExceeds", "AM09", "TOTAL_DECLARATION_AMOUNT_EXCEED", 422, "all declarations together exceed what was paid"},
	QuoteExpired:         {"QuoteExpired", "AB04", "PROCESS_FAIL", 422, "the quote has expired"},
	QuoteUsed:            {"QuoteUsed", "AB04", "PROCESS_FAIL", 409, "another payment was made at the quote"},
	QuoteUnknown:         {"QuoteUnknown", "AB04", "PROCESS_FAIL", 404, "nobody was given this quote"},
	QuoteForeign:         {"QuoteForeign", "AG01", "PROCESS_FAIL", 403, "the quote was given to another participant"},
	QuoteAltered:         {"QuoteAltered", "AM09", "PROCESS_FAIL", 422, "the payment is not the one that was quoted"},
	RateUnavailable:      {"RateUnavailable", "AB04", "PROCESS_FAIL", 503, "no fresh rate for the currency pair"},
	Unauthenticated:      {"Unauthenticated", "AG01", "ACCESS_DENIED", 401, "no active operator has this token"},
	Missing:              {"Missing", "NOOR", "ORDER_NOT_EXIST", 404, "nothing here has this id"},
	SelfApproval:         {"SelfApproval", "AG01", "ACCESS_DENIED", 403, "another person must approve this"},
	ProposalClosed:       {"ProposalClosed", "TM01", "ORDER_IS_CLOSED", 409, "the proposal was decided before or has expired"},
	ProposalChanged:      {"ProposalChanged", "DUPL", "REPEAT_REQ_INCONSISTENT", 409, "the proposal is not the one that was read"},
	Failed:               {"Failed", "MS03", "PROCESS_FAIL", 422, "refused without a closer reason"},
	InProcess:            {"InProcess", "PDNG", "PAYMENT_IN_PROCESS", 202, "the outcome is not yet known; ask again"},
	Busy:                 {"Busy", "ED06", "REQUEST_TRAFFIC_EXCEED_LIMIT", 429, "more requests than may be served at once; try later"},
	Unknown:              {"Unknown", "ED06", "UNKNOWN_EXCEPTION", 500, "something failed and the outcome is unknown; ask again"},
}
