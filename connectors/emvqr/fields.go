package emvqr

import (
	"fmt"

	"github.com/causeway-pay/causeway/money"
)

// Dynamic reports whether the code was made for one payment (point of initiation
// 12); a static one hangs on a wall. Posters exist that say 11 and have an amount.
func (m Merchant) Dynamic() bool { return m.value(idInitiation) == "12" }

// Static reports whether the code may be paid any number of times: it says so (11), or
// says nothing about it and asks for no amount. Dynamic codes exist that say 11; whoever
// asks the merchant for an order learns it from that.
func (m Merchant) Static() bool {
	_, stated := m.At(idAmount)
	initiation := m.value(idInitiation)
	return initiation == "11" || initiation == "" && !stated
}

// Category returns the merchant category code (ISO 18245), four digits.
func (m Merchant) Category() string { return m.value(idCategory) }

// Currency returns the currency of the transaction, and false for a number that
// is no currency in use.
func (m Merchant) Currency() (money.Currency, bool) { return CurrencyOf(m.value(idCurrency)) }

// Amount returns the amount that the merchant asks for. Not stated means that the
// payer types it; it is an error if the amount cannot be read exactly.
func (m Merchant) Amount() (amount money.Amount, stated bool, err error) {
	return m.amountAt(idAmount)
}

func (m Merchant) amountAt(id string) (money.Amount, bool, error) {
	o, stated := m.At(id)
	if !stated {
		return money.Amount{}, false, nil
	}
	currency, ok := m.Currency()
	if !ok {
		return money.Amount{}, true, &Finding{Place: id, Offset: o.Offset, Rule: "currency",
			Text: "an amount in a currency that is not known"}
	}
	amount, err := parseAmount(o.Value, currency)
	if err != nil {
		return money.Amount{}, true, fmt.Errorf("emvqr: %s: %w", id, err)
	}
	return amount, true, nil
}

// TipKind says how a tip or convenience fee comes about.
type TipKind uint8

const (
	// NoTip means that nothing is said about one.
	NoTip TipKind = iota
	// PromptTip lets the payer type one (55 = 01).
	PromptTip
	// FixedFee adds an amount (55 = 02, 56).
	FixedFee
	// PercentFee adds a share of the amount (55 = 03, 57).
	PercentFee
)

// Tip is a tip or convenience fee on top of the amount.
type Tip struct {
	Kind TipKind
	// Fixed is the amount of a FixedFee.
	Fixed money.Amount
	// BasisPoints is the share of a PercentFee, 1 to 9999 hundredths of a percent.
	BasisPoints int64
}

// Tip returns what is added to the amount.
func (m Merchant) Tip() (Tip, error) {
	switch m.value(idTip) {
	case "":
		return Tip{}, nil
	case "01":
		return Tip{Kind: PromptTip}, nil
	case "02":
		amount, stated, err := m.amountAt(idTipFixed)
		if err == nil && !stated {
			err = &Finding{Place: idTipFixed, Rule: "missing", Text: "a fixed fee without amount"}
		}
		return Tip{Kind: FixedFee, Fixed: amount}, err
	case "03":
		if points, ok := basisPoints(m.value(idTipPercent)); ok {
			return Tip{Kind: PercentFee, BasisPoints: points}, nil
		}
		return Tip{}, &Finding{Place: idTipPercent, Rule: "percentage", Text: "00.01 to 99.99 per cent"}
	}
	return Tip{}, &Finding{Place: idTip, Rule: "value", Text: "01, 02 or 03"}
}

// Country returns the merchant's country (ISO 3166-1 alpha-2).
func (m Merchant) Country() string { return m.value(idCountry) }

// Name returns the merchant's name, as a payer knows it.
func (m Merchant) Name() string { return m.value(idName) }

// City returns the merchant's city.
func (m Merchant) City() string { return m.value(idCity) }

// PostalCode returns the postal code of the merchant's address.
func (m Merchant) PostalCode() string { return m.value(idPostalCode) }

// Additional returns an item of the additional data (62), which an empty text is
// not: 01 bill number, 02 mobile number, 03 store label, 04 loyalty number, 05
// reference label, 06 customer label, 07 terminal label, 08 purpose, 09 data asked
// of the consumer, 10 tax id, 11 channel. "***" means that the payer is asked.
func (m Merchant) Additional(id string) string { return m.value(idAdditional + "/" + id) }

// Local returns the merchant's name and city in another language (ISO 639
// alpha-2), all empty if the code has none (64).
func (m Merchant) Local() (language, name, city string) {
	return m.value(idLanguage + "/00"), m.value(idLanguage + "/01"), m.value(idLanguage + "/02")
}
