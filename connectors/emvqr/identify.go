package emvqr

import (
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/money"
)

// Form is the kind of a code.
type Form string

const (
	// MerchantForm is an EMV code that a merchant shows.
	MerchantForm Form = "merchant"
	// ConsumerForm is an EMV code that a payer shows.
	ConsumerForm Form = "consumer"
	// LinkForm is a UPI link.
	LinkForm Form = "link"
	// DigitsForm is a payment code that a payer shows.
	DigitsForm Form = "digits"
)

// Code is a code of any form; the part of its form is set.
type Code struct {
	Form     Form
	Merchant Merchant
	Consumer Consumer
	Link     Link
	Payment  PaymentCode
}

// Parse reads a code that is to be paid: the first finding that is no warning is
// its error. What could be read is returned with it.
func Parse(text string) (Code, error) {
	code, findings := Read(text)
	return code, firstError(findings)
}

// Read reads a code of any form as far as it can be read, and returns all that is
// wrong with it. Of a text in no form, Form is empty.
func Read(text string) (code Code, findings []Finding) {
	switch code.Form = formOf(text); code.Form {
	case MerchantForm:
		code.Merchant, findings = ReadMerchant(text)
	case ConsumerForm:
		code.Consumer, findings = ReadConsumer(text)
	case LinkForm:
		code.Link, findings = ReadLink(text)
	case DigitsForm:
		code.Payment, findings = ReadPaymentCode(text)
	default:
		findings = []Finding{{Rule: "form", Text: "neither an EMV code nor a UPI link nor a payment code"}}
	}
	return code, findings
}

// The beginnings of EMV codes: 00, two long, 0 something; and 85, five long, CPV
// in base64.
const (
	merchantPrefix = "0002"
	consumerPrefix = "hQVDUFY"
)

func formOf(text string) Form {
	switch {
	case strings.HasPrefix(text, merchantPrefix):
		return MerchantForm
	case strings.HasPrefix(text, consumerPrefix):
		return ConsumerForm
	case isLink(text):
		return LinkForm
	case len(text) >= digitsMin && len(text) <= digitsMax && digits(text):
		return DigitsForm
	}
	return ""
}

// Identity is what a code says about a payment, whatever its form.
type Identity struct {
	Form Form `json:"form"`
	// Dynamic is set if the code was made for one payment.
	Dynamic bool `json:"dynamic"`
	// Parties are those whom the code names, in its order: the payee under each
	// scheme it can be paid by, or the payer.
	Parties []Party `json:"parties"`
	// Country, Name, City and Reference are the payee's, as far as they are there.
	Country   string `json:"country,omitempty"`
	Name      string `json:"name,omitempty"`
	City      string `json:"city,omitempty"`
	Reference string `json:"reference,omitempty"`
	// Currency is empty if it is not stated or not known.
	Currency money.Currency `json:"currency,omitempty"`
	// Amount is exact; the zero value if the payer types it.
	Amount money.Amount `json:"-"`
}

// Party is the payee or the payer under one scheme.
type Party struct {
	// Scheme is a name of schemes.txt, or an issuer of the caller's table.
	Scheme string `json:"scheme"`
	// Payer is set for the one who shows the code to pay.
	Payer bool `json:"payer,omitempty"`
	// Kind says what Value is: "mobile", "vpa", "url", "application", "prefix" ...
	// Both are empty if the scheme is known and the place of its alias is not.
	Kind  string `json:"kind,omitempty"`
	Value string `json:"value,omitempty"`
	// Institution is the bank or acquirer behind it, if the account names one.
	Institution string `json:"institution,omitempty"`
	// Place is where the account stands.
	Place string `json:"place"`
}

// Identify says who is behind a code. Payment codes are looked up in the table of
// issuers; the zero table knows nobody.
func Identify(code Code, issuers Issuers) Identity {
	id := Identity{Form: code.Form, Parties: []Party{}}
	switch code.Form {
	case MerchantForm:
		code.Merchant.identify(&id)
	case ConsumerForm:
		code.Consumer.identify(&id)
	case LinkForm:
		code.Link.identify(&id)
	case DigitsForm:
		id.Dynamic = true
		if r, ok := issuers.Find(code.Payment); ok {
			id.Parties = append(id.Parties,
				Party{Scheme: r.Issuer, Payer: true, Kind: "prefix", Value: code.Payment.Issuer()})
		}
	}
	return id
}

// prompted stands for a value that the payer is asked for; Pix writes it for none.
const prompted = "***"

func (m Merchant) identify(id *Identity) {
	id.Dynamic, id.Country, id.Name, id.City = m.Dynamic(), m.Country(), m.Name(), m.City()
	if reference := m.Additional("05"); reference != prompted {
		id.Reference = reference
	}
	id.Currency, _ = m.Currency()
	if amount, _, err := m.Amount(); err == nil {
		id.Amount = amount
	}
	for _, o := range m.Accounts() {
		if scheme, form, ok := accountForm(o); ok && form.names() {
			id.Parties = append(id.Parties, form.party(scheme, o))
		}
	}
}

// names reports whether accounts of the form name a payee, or may: of those with
// no fields nobody knows.
func (f AccountForm) names() bool {
	return f.Fields == nil || slices.ContainsFunc(f.Fields, func(field Field) bool { return field.Role == PayeeRole })
}

func (f AccountForm) party(scheme Scheme, o Object) Party {
	p := Party{Scheme: scheme.Name, Place: o.ID}
	for _, field := range f.Fields {
		value := field.value(o)
		switch {
		case value == "":
		case field.Role == InstitutionRole:
			p.Institution = value
		case field.Role == PayeeRole && p.Kind == "":
			p.Kind, p.Value = field.Name, value
		}
	}
	return p
}

// identify names the applications only: account numbers are for the scheme that
// reads the whole code.
func (c Consumer) identify(id *Identity) {
	id.Dynamic = true
	for _, e := range c.Elements {
		if e.Tag != TagApplication {
			continue
		}
		aid, _ := findElement(e.Elements, TagApplicationID)
		name := hexadecimal(aid.Value)
		id.Parties = append(id.Parties,
			Party{Scheme: applicationScheme(name), Payer: true, Kind: "application", Value: name, Place: TagApplication})
	}
}

// applicationScheme returns the scheme of an AID, and nothing if it is unknown.
func applicationScheme(aid string) string {
	for _, s := range schemes().list {
		for _, prefix := range s.Applications {
			if strings.HasPrefix(aid, prefix) {
				return s.Name
			}
		}
	}
	return ""
}

func (l Link) identify(id *Identity) {
	id.Dynamic, id.Name, id.Reference = l.Dynamic(), l.Value("pn"), l.Value("tr")
	id.Currency, _ = l.Currency()
	if amount, _, err := l.Amount(); err == nil {
		id.Amount = amount
	}
	if payee, ok := l.parameter("pa"); ok {
		id.Country = "IN"
		id.Parties = append(id.Parties, Party{Scheme: "upi", Kind: "vpa", Value: payee.Value, Place: "pa"})
	}
}
