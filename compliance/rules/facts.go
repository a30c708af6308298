package rules

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
	"github.com/causeway-pay/causeway/money"
)

// Facts are what the rules may know of a payment.
type Facts struct {
	At                            time.Time
	PayerCountry, MerchantCountry string
	// Product is the way of paying, such as "PaymentCode".
	Product              string
	WalletID, AcquirerID string
	MerchantCategory     string
	// Amount is what the merchant gets, PayerAmount what the wallet owes, Worth the
	// amount in the currency of the hub's book.
	Amount, PayerAmount, Worth money.Amount
	// Message returns the payment's pacs.008 as XML. It is only called for rules
	// that look into it.
	Message func() ([]byte, error)
}

// Variable is something that an expression can use.
type Variable struct {
	Name, Type, Text string
}

// variable is one with its value.
type variable struct {
	Variable
	kind  *cel.Type
	value func(f Facts) any
}

// known are the variables; amounts are in minor units.
var known = []variable{
	{Variable{"at", "timestamp", "the time of the payment"}, cel.TimestampType, func(f Facts) any { return f.At }},
	{Variable{"payer_country", "string", "ISO 3166 country of the wallet"}, cel.StringType, func(f Facts) any { return f.PayerCountry }},
	{Variable{"merchant_country", "string", "ISO 3166 country of the acquirer"}, cel.StringType, func(f Facts) any { return f.MerchantCountry }},
	{Variable{"product", "string", "the way of paying, such as PaymentCode"}, cel.StringType, func(f Facts) any { return f.Product }},
	{Variable{"wallet", "string", "id of the wallet"}, cel.StringType, func(f Facts) any { return f.WalletID }},
	{Variable{"acquirer", "string", "id of the acquirer"}, cel.StringType, func(f Facts) any { return f.AcquirerID }},
	{Variable{"mcc", "string", "ISO 18245 category of the merchant"}, cel.StringType, func(f Facts) any { return f.MerchantCategory }},
	{Variable{"amount", "int", "what the merchant is paid, in minor units"}, cel.IntType, func(f Facts) any { return f.Amount.Minor }},
	{Variable{"currency", "string", "of amount"}, cel.StringType, func(f Facts) any { return string(f.Amount.Currency) }},
	{Variable{"payer_amount", "int", "what the wallet owes, in minor units"}, cel.IntType, func(f Facts) any { return f.PayerAmount.Minor }},
	{Variable{"payer_currency", "string", "of payer_amount"}, cel.StringType, func(f Facts) any { return string(f.PayerAmount.Currency) }},
	{Variable{"worth", "int", "the amount in the currency of the hub's book, in minor units"}, cel.IntType, func(f Facts) any { return f.Worth.Minor }},
}

const messageName = "iso"

// Variables lists what expressions can use, for people who write them.
func Variables() []Variable {
	list := make([]Variable, 0, len(known)+1)
	for _, v := range known {
		list = append(list, v.Variable)
	}
	return append(list, Variable{messageName, "map", "the pacs.008 below its message element, by short tags; " +
		"what may repeat is a list, an amount has Ccy and Value, all values are strings"})
}

// activation returns the facts in the form that expressions are evaluated on. The
// message is read when it is first looked at.
func (f Facts) activation() map[string]any {
	values := make(map[string]any, len(known)+1)
	for _, v := range known {
		values[v.Name] = v.value(f)
	}
	values[messageName] = func() any {
		if f.Message == nil {
			return map[string]any{}
		}
		data, err := f.Message()
		if err != nil {
			return unreadable
		}
		message, err := wire.Parse(data)
		if err != nil {
			return unreadable
		}
		return branch(message.Document().Body())
	}
	return values
}

// unreadable stands for a message that is there and cannot be read: has() of an element
// cannot be decided, where it is false without a message.
var unreadable = types.NewErr("the message cannot be read")

// branch returns an element with children as a map of them.
func branch(n wire.Node) map[string]any {
	m := map[string]any{}
	for child := range n.Children() {
		value := leafOrBranch(child)
		name := child.Name()
		if !child.Element().Repeats() {
			m[name] = value
			continue
		}
		list, _ := m[name].([]any)
		m[name] = append(list, value)
	}
	return m
}

func leafOrBranch(n wire.Node) any {
	switch kind := n.Element().Type.Kind; {
	case kind == schema.Amount:
		return map[string]any{"Ccy": n.Currency(), "Value": n.Text()}
	case kind.Leaf():
		return n.Text()
	default:
		return branch(n)
	}
}
