package emvqr

import (
	"strings"
	"unicode"
)

// Line is one object, element or parameter of a code, for people to read.
type Line struct {
	Place   string `json:"place"`
	Meaning string `json:"meaning"`
	// Value is printable; account numbers of cards are masked. It is empty for
	// what holds the lines after it.
	Value string `json:"value"`
}

// Explain tells what a code says, line by line, in its order.
func Explain(code Code) []Line {
	switch code.Form {
	case MerchantForm:
		return explainObjects(nil, code.Merchant.Objects, "", nil)
	case ConsumerForm:
		return explainElements(nil, code.Consumer.Elements, "")
	case LinkForm:
		var lines []Line
		for _, p := range code.Link.Parameters {
			lines = append(lines, Line{printable(p.Name), parameterNames[p.Name], printable(p.Value)})
		}
		return lines
	case DigitsForm:
		return code.Payment.explain()
	}
	return nil
}

func explainObjects(lines []Line, objects []Object, place string, form *AccountForm) []Line {
	for _, o := range objects {
		here, inner, meaning := join(place, o.ID), form, objectNames[join(place, o.ID)]
		if place == "" && isAccount(o.ID) {
			if scheme, found, ok := accountForm(o); ok {
				inner, meaning = &found, "account: "+scheme.Title
			} else {
				meaning = "account"
			}
		}
		if _, within, deep := strings.Cut(here, "/"); deep && form != nil {
			meaning = form.meaning(within)
		}
		if o.Objects == nil && inner != nil && inner.nests(here) {
			o.Objects, _ = split(o.Value, "", 0, characters)
		}
		if o.Objects == nil {
			lines = append(lines, Line{here, meaning, printable(o.Value)})
			continue
		}
		lines = explainObjects(append(lines, Line{here, meaning, ""}), o.Objects, here, inner)
	}
	return lines
}

// meaning returns the name of the field at a path within the account, or the names
// that it can have.
func (f AccountForm) meaning(path string) string {
	var names []string
	for _, field := range f.Fields {
		if field.Path == path {
			names = append(names, field.Name)
		}
	}
	if path == "00" && names == nil {
		return "identifier"
	}
	return strings.Join(names, " or ")
}

// nests reports whether a field of the account lies below a place.
func (f AccountForm) nests(place string) bool {
	_, within, _ := strings.Cut(place, "/")
	for _, field := range f.Fields {
		if within != "" && strings.HasPrefix(field.Path, within+"/") {
			return true
		}
	}
	return false
}

// objectNames are those of EMV QRCPS MPM.
var objectNames = map[string]string{
	idFormat: "payload format", idInitiation: "point of initiation", idCategory: "merchant category",
	idCurrency: "currency", idAmount: "amount",
	idTip: "tip or fee", idTipFixed: "fee, fixed", idTipPercent: "fee, per cent",
	idCountry: "country", idName: "merchant name", idCity: "merchant city", idPostalCode: "postal code",
	idAdditional: "additional data", idChecksum: "CRC", idLanguage: "in another language",
	"62/01": "bill number", "62/02": "mobile number", "62/03": "store label", "62/04": "loyalty number",
	"62/05": "reference label", "62/06": "customer label", "62/07": "terminal label", "62/08": "purpose",
	"62/09": "asked of the consumer", "62/10": "merchant tax id", "62/11": "merchant channel",
	"64/00": "language", "64/01": "merchant name", "64/02": "merchant city",
}

// parameterNames are those of UPI links.
var parameterNames = map[string]string{
	"pa": "payee address", "pn": "payee name", "am": "amount", "cu": "currency", "tr": "reference", "tn": "note",
	"mc": "merchant category", "mode": "mode", "tid": "transaction id", "url": "reference url", "mam": "minimum amount",
	"sign": "signature", "orgid": "organisation", "purpose": "purpose",
}

// elementNames are those of EMV QRCPS CPM; text elements hold characters.
var elementNames = map[string]struct {
	name string
	text bool
}{
	TagFormat: {"payload format", true}, TagApplication: {"application", false}, TagCommon: {"common data", false},
	TagApplicationTransparent: {"for the issuer", false}, TagCommonTransparent: {"for the issuer", false},
	TagApplicationID: {"application id", false}, "50": {"label", true}, TagTrack2: {"track 2", false},
	TagPAN: {"account number", false}, TagCardholder: {"cardholder", true}, "5F2D": {"languages", true},
	"5F50": {"issuer address", true}, "82": {"interchange profile", false}, "9F08": {"application version", false},
	"9F10": {"issuer application data", false}, "9F19": {"token requestor", false}, "9F24": {"account reference", true},
	"9F25": {"last digits of the account", false}, "9F26": {"cryptogram", false},
	"9F27": {"cryptogram information", false},
	"9F36": {"transaction counter", false}, "9F37": {"unpredictable number", false},
	"9F74": {"issuer data", true},
}

func explainElements(lines []Line, elements []Element, place string) []Line {
	for _, e := range elements {
		here, known := join(place, e.Tag), elementNames[e.Tag]
		value := hexadecimal(e.Value)
		switch {
		case e.Tag == TagPAN || e.Tag == TagTrack2:
			value = masked(value)
		case known.text:
			value = printable(string(e.Value))
		}
		lines = explainElements(append(lines, Line{here, known.name, value}), e.Elements, here)
	}
	return lines
}

// masked keeps of an account number what PCI DSS 3.4 lets people see: the first
// six and the last four digits. What follows the number on track 2 is dropped.
func masked(number string) string {
	number, _, _ = strings.Cut(strings.TrimRight(number, "F"), "D")
	if len(number) <= 10 {
		return strings.Repeat("*", len(number))
	}
	return number[:6] + strings.Repeat("*", len(number)-10) + number[len(number)-4:]
}

func (c PaymentCode) explain() []Line {
	lines := []Line{{"1-6", "issuer", c.Issuer()}}
	at := issuerDigits
	if kind := c.BusinessType(); kind != "" {
		lines = append(lines, Line{"7-8", "business type", kind})
		at += len(kind)
	}
	// The rest is as good as money while it lives.
	return append(lines, Line{"rest", "unique number", strings.Repeat("*", len(c.Digits)-at)})
}

// printable replaces what a terminal could misunderstand.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || control(r) {
			return '.'
		}
		return r
	}, text)
}
