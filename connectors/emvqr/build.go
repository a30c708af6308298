package emvqr

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/money"
)

// Draft is what a merchant code is built from. Empty fields are left out.
type Draft struct {
	// Dynamic is set for a code that is made for one payment.
	Dynamic bool
	// Accounts are the merchant account information, 02 to 51; see Scheme.Account.
	Accounts []Object
	// Category is the merchant category code; 0000 if it is empty.
	Category string
	Currency money.Currency
	// Amount is in Currency, and positive; the zero value lets the payer type it.
	Amount money.Amount
	Tip    Tip
	// Country is ISO 3166-1 alpha-2.
	Country string
	Name    string
	City    string
	// PostalCode is optional.
	PostalCode string
	// Additional are the items of the additional data, 01 to 99.
	Additional []Object
	// Language, LocalName and LocalCity are the language template; all or none.
	Language, LocalName, LocalCity string
	// Others are further objects, 65 to 99.
	Others []Object
}

// Build writes a merchant code in its canonical form and holds it against the
// rules; what is only a warning to a reader is an error here.
func (d Draft) Build() (Merchant, error) {
	objects, err := d.objects()
	if err != nil {
		return Merchant{}, err
	}
	if err := fits(objects, ""); err != nil {
		return Merchant{}, err
	}
	m, findings := ReadMerchant(canonical(objects))
	if len(findings) > 0 {
		return Merchant{}, &findings[0]
	}
	return m, nil
}

func (d Draft) objects() ([]Object, error) {
	number, ok := NumberOf(d.Currency)
	if !ok {
		return nil, fmt.Errorf("emvqr: currency: %w", money.ErrUnknownCurrency)
	}
	amount, err := d.amount(d.Amount)
	if err != nil {
		return nil, err
	}
	tip, err := d.tip()
	if err != nil {
		return nil, err
	}
	initiation, category := "11", d.Category
	if d.Dynamic {
		initiation = "12"
	}
	if category == "" {
		category = "0000"
	}
	objects := []Object{
		{ID: idFormat, Value: "01"}, {ID: idInitiation, Value: initiation}, {ID: idCategory, Value: category},
		{ID: idCurrency, Value: number}, {ID: idAmount, Value: amount}, {ID: idCountry, Value: d.Country},
		{ID: idName, Value: d.Name}, {ID: idCity, Value: d.City}, {ID: idPostalCode, Value: d.PostalCode},
		Template(idAdditional, d.Additional...),
		Template(idLanguage, stated([]Object{
			{ID: "00", Value: d.Language}, {ID: "01", Value: d.LocalName}, {ID: "02", Value: d.LocalCity},
		})...),
	}
	objects = slices.Concat(objects, d.Accounts, tip, d.Others)
	return stated(objects), nil
}

// stated leaves out what is empty.
func stated(objects []Object) []Object {
	return slices.DeleteFunc(objects, func(o Object) bool { return o.Value == "" })
}

// amount writes an amount in major units, and nothing for none.
func (d Draft) amount(a money.Amount) (string, error) {
	switch {
	case a == (money.Amount{}):
		return "", nil
	case a.Currency != d.Currency:
		return "", fmt.Errorf("emvqr: amount: %w", money.ErrCurrencyMismatch)
	case !a.IsPositive():
		return "", &Finding{Place: idAmount, Rule: "amount-zero", Text: "an amount is more than nothing"}
	}
	return a.Decimal(), nil
}

func (d Draft) tip() ([]Object, error) {
	switch d.Tip.Kind {
	case NoTip:
		return nil, nil
	case PromptTip:
		return []Object{{ID: idTip, Value: "01"}}, nil
	case FixedFee:
		fixed, err := d.amount(d.Tip.Fixed)
		return []Object{{ID: idTip, Value: "02"}, {ID: idTipFixed, Value: fixed}}, err
	case PercentFee:
		points := d.Tip.BasisPoints
		if points < 1 || points > 9999 {
			return nil, &Finding{Place: idTipPercent, Rule: "percentage", Text: "00.01 to 99.99 per cent"}
		}
		return []Object{{ID: idTip, Value: "03"},
			{ID: idTipPercent, Value: fmt.Sprintf("%02d.%02d", points/100, points%100)}}, nil
	}
	return nil, &Finding{Place: idTip, Rule: "value", Text: "no kind of tip"}
}

// fits checks what the written form would hide: an id that is not two digits, a
// value that two digits of length cannot count.
func fits(objects []Object, place string) error {
	for _, o := range objects {
		here := join(place, o.ID)
		if len(o.ID) != 2 || !digits(o.ID) {
			return &Finding{Place: place, Rule: "object", Text: "an id is two digits"}
		}
		if n := utf8.RuneCountInString(o.Value); n < 1 || n > valueMax {
			return &Finding{Place: here, Rule: "length", Text: "a value has 1 to 99 characters"}
		}
		if err := fits(o.Objects, here); err != nil {
			return err
		}
	}
	return nil
}
