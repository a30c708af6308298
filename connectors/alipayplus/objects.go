package alipayplus

import (
	"strconv"
	"time"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// Amount is an amount in minor units: currency ISO 4217, value digits.
type Amount struct {
	Currency string `json:"currency" aps:"3,required"`
	Value    string `json:"value"    aps:"18,required"`
}

// Result is the outcome of a call or of a payment: status S, F or U.
type Result struct {
	Code    string `json:"resultCode"              aps:"64,required"`
	Status  string `json:"resultStatus"            aps:"8,required"`
	Message string `json:"resultMessage,omitempty"`
}

// Quote is an exchange rate: of pair "L/R" one L is Price R.
type Quote struct {
	ID         string `json:"quoteId,omitempty"         aps:"64"`
	Pair       string `json:"quoteCurrencyPair"         aps:"7,required"`
	Price      string `json:"quotePrice"                aps:"40,required"`
	StartTime  string `json:"quoteStartTime,omitempty"  aps:"40"`
	ExpiryTime string `json:"quoteExpiryTime,omitempty" aps:"40"`
}

// UserName is a person's name, in parts or whole.
type UserName struct {
	First  string `json:"firstName,omitempty"  aps:"140"`
	Middle string `json:"middleName,omitempty" aps:"140"`
	Last   string `json:"lastName,omitempty"   aps:"140"`
	Full   string `json:"fullName,omitempty"   aps:"140"`
}

// PaymentMethod says with what is paid: the scanned code towards the switch,
// the customer towards the wallet.
type PaymentMethod struct {
	Type       string `json:"paymentMethodType"         aps:"64,required"`
	ID         string `json:"paymentMethodId,omitempty" aps:"128"`
	CustomerID string `json:"customerId,omitempty"      aps:"64"`
	// MetaData says whose token it is (auto debit).
	MetaData *MethodMetaData `json:"paymentMethodMetaData,omitempty"`
}

// MethodMetaData is more about a payment method.
type MethodMetaData struct {
	AuthClientID string `json:"authClientId,omitempty" aps:"64"`
}

// clientID returns the id at the wallet that a token was given to, if stated.
func (m *PaymentMethod) clientID() string {
	if m.MetaData == nil {
		return ""
	}
	return m.MetaData.AuthClientID
}

// Answer is an answer that says no more than its result; every other answer
// begins with it.
type Answer struct {
	Result Result `json:"result" aps:",required"`
}

// methodType is the one payment method type of the protocol's wallets.
const methodType = "CONNECT_WALLET"

// The values of a result status.
const (
	statusSuccess = "S"
	statusFailed  = "F"
	statusUnknown = "U"
)

// maximal lengths that are used outside of tags, in characters.
const (
	messageMost = 256
	idMost      = 64
	nameMost    = 256
	urlMost     = 2048
)

// amountOf writes an amount.
func amountOf(amount money.Amount) *Amount {
	return &Amount{Currency: string(amount.Currency), Value: strconv.FormatInt(amount.Minor, 10)}
}

// text is the amount in one text, for digests.
func (a *Amount) text() string {
	if a == nil {
		return ""
	}
	return a.Currency + " " + a.Value
}

// optionalAmount writes an amount that may not be known yet.
func optionalAmount(amount money.Amount) *Amount {
	if amount.Currency == "" {
		return nil
	}
	return amountOf(amount)
}

// read returns the amount, which must be positive. An amount that is not plain
// digits is InvalidRequest, an unknown currency UnsupportedCurrency.
func (a Amount) read(field string) (money.Amount, error) { return a.readFrom(field, 1) }

// readFrom returns an amount of at least so many minor units.
func (a Amount) readFrom(field string, least int64) (money.Amount, error) {
	currency, err := money.ParseCurrency(a.Currency)
	if err != nil {
		return money.Amount{}, reason.New(reason.UnsupportedCurrency, "alipayplus.decode", field+".currency")
	}
	amount, err := money.ParseMinor(a.Value, currency)
	if err != nil {
		return money.Amount{}, illegal(field+".value", "not plain digits of minor units")
	}
	if amount.Minor < least {
		return money.Amount{}, illegal(field+".value", "must be more than 0")
	}
	return amount, nil
}

// quoteOf writes the quote of a leg; a leg in one currency has none.
func quoteOf(rate *iso20022.AgreedRate, expires time.Time) *Quote {
	if rate == nil {
		return nil
	}
	return &Quote{
		ID: uetrText(rate.QuoteID), Pair: rate.Rate.Pair(), Price: rate.Rate.Decimal(),
		StartTime: formatTime(rate.QuotedAt), ExpiryTime: formatTime(expires),
	}
}

// text returns the name as one text.
func (n *UserName) text() string {
	if n == nil {
		return ""
	}
	if n.Full != "" {
		return n.Full
	}
	whole := n.First
	for _, part := range [...]string{n.Middle, n.Last} {
		if whole != "" && part != "" {
			whole += " "
		}
		whole += part
	}
	return whole
}

// ResultOf writes a kind: none is S, what is not final is U, the rest F.
func ResultOf(kind reason.Kind) Result {
	codes := kind.Codes()
	result := Result{Code: codes.APS, Status: statusFailed, Message: codes.Text}
	switch {
	case kind == reason.None:
		result.Status = statusSuccess
	case !kind.Final():
		result.Status = statusUnknown
	}
	return result
}

// refusal writes an error. Only what the connector itself found wrong with a
// field is explained; other details are for operators.
func refusal(err error) Answer {
	result := ResultOf(reason.Of(err))
	if detail := fieldDetail(err); detail != "" {
		result.Message = cut(detail, messageMost)
	}
	return Answer{Result: result}
}

// outcome is how far a payment or return is: done, refused for a reason, or in
// process.
func outcome(status iso20022.Status, why reason.Kind) reason.Kind {
	switch status {
	case iso20022.Completed:
		return reason.None
	case iso20022.Cancelled:
		return reason.Closed
	case iso20022.Rejected:
		if why == reason.None || !why.Final() {
			return reason.Failed
		}
		return why
	default:
		return reason.InProcess
	}
}
