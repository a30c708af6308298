package alipayplus

import (
	"strconv"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// PaymentFactor says how payer and merchant meet. Booleans are "true" and
// "false".
type PaymentFactor struct {
	InStore         string `json:"isInStorePayment,omitempty"       aps:"5"`
	Cashier         string `json:"isCashierPayment,omitempty"       aps:"5"`
	Agreement       string `json:"isAgreementPayment,omitempty"     aps:"5"`
	Surcharge       string `json:"needSurcharge,omitempty"          aps:"5"`
	Evaluation      string `json:"isPaymentEvaluation,omitempty"    aps:"5"`
	PresentmentMode string `json:"presentmentMode,omitempty"        aps:"64"`
	InStoreScenario string `json:"inStorePaymentScenario,omitempty" aps:"64"`
}

// flags are the booleans of a factor.
type flags struct{ inStore, cashier, agreement, other bool }

func (f PaymentFactor) flags() (flags, error) {
	var set flags
	var surcharge, evaluation bool
	for _, flag := range []struct {
		field, text string
		into        *bool
	}{
		{"isInStorePayment", f.InStore, &set.inStore}, {"isCashierPayment", f.Cashier, &set.cashier},
		{"isAgreementPayment", f.Agreement, &set.agreement}, {"needSurcharge", f.Surcharge, &surcharge},
		{"isPaymentEvaluation", f.Evaluation, &evaluation},
	} {
		var err error
		if *flag.into, err = truth("paymentFactor."+flag.field, flag.text); err != nil {
			return set, err
		}
	}
	set.other = surcharge || evaluation
	return set, nil
}

// mode reads how payer and merchant meet, and refuses what asks for a product
// that is not open: a flag that is ignored would be another payment.
func (f PaymentFactor) mode() (connectors.Mode, error) {
	set, err := f.flags()
	if err != nil {
		return "", err
	}
	mode := connectors.Mode(f.InStoreScenario)
	switch {
	case set.other:
	case set.inStore && !set.agreement:
		// The documents leave open whether an entry code is a cashier payment too.
		if mode == connectors.EntryCode || !set.cashier && (mode == connectors.PaymentCode || mode == connectors.OrderCode) {
			return mode, nil
		}
	case set.inStore || mode != "":
	case set.cashier && !set.agreement:
		return connectors.Cashier, nil
	case !set.cashier && set.agreement:
		return connectors.AutoDebit, nil
	}
	return "", reason.New(reason.Unsupported, "alipayplus.factor", "")
}

// FactorOf writes the payment factor of a mode.
func FactorOf(mode connectors.Mode) *PaymentFactor {
	flag := strconv.FormatBool
	online := mode == connectors.Cashier || mode == connectors.AutoDebit
	factor := &PaymentFactor{InStore: flag(!online), Cashier: flag(mode.Redirects())}
	switch mode {
	case connectors.AutoDebit:
		factor.Agreement = flag(true)
	case connectors.Cashier:
		factor.PresentmentMode = "UNIFIED"
	case connectors.PrivateOrderCode, connectors.Push:
		factor.InStoreScenario = string(connectors.OrderCode)
	default:
		factor.InStoreScenario = string(mode)
	}
	return factor
}
