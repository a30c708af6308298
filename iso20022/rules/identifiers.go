package rules

import (
	"strings"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
	"github.com/causeway-pay/causeway/money"
)

// valueCheck returns the check of the values of a leaf type, nil if there is
// none. The types of the standard say by their names what their values are.
//
// A UETR needs no check here: its type UUIDv4Identifier demands version 4 and
// lower case already.
func valueCheck(t *schema.Type) func(*walk, wire.Node) {
	switch t.Name {
	case "BICFIDec2014Identifier", "BICFIIdentifier", "AnyBICDec2014Identifier", "AnyBICIdentifier", "BICIdentifier":
		return checkBIC
	case "IBAN2007Identifier":
		return checkIBAN
	case "LEIIdentifier":
		return checkLEI
	case "ISINIdentifier", "ISINOct2015Identifier":
		return checkISIN
	case "CountryCode":
		return checkCountry
	case "LanguageCode", "ISO2ALanguageCode":
		return checkLanguage
	case "ActiveCurrencyCode":
		return checkActiveCurrency
	case "ActiveOrHistoricCurrencyCode":
		return checkKnownCurrency
	case "ImpliedCurrencyAndAmount":
		return checkImpliedAmount
	}
	if t.Kind != schema.Amount {
		return nil
	}
	if t.Currency.Name == "ActiveCurrencyCode" {
		return checkActiveAmount
	}
	return checkKnownAmount
}

// value reports a value, unless it is not even of its form: that the reader has
// found already.
func (w *walk) value(id ruleID, n wire.Node) {
	if n.Element().Type.Check(n.Bytes()) == schema.None {
		w.report(id, n)
	}
}

func checkBIC(w *walk, n wire.Node) {
	if bic := n.Bytes(); len(bic) >= 6 && knownCountry(bic[4], bic[5]) == unknown {
		w.value(bicCountry, n)
	}
}

func checkCountry(w *walk, n wire.Node) {
	if code := n.Bytes(); len(code) == 2 && knownCountry(code[0], code[1]) == unknown {
		w.value(country, n)
	}
}

func checkLanguage(w *walk, n wire.Node) {
	code := n.Bytes()
	if len(code) != 2 {
		w.value(language, n)
		return
	}
	// The codes are in lower case, for which the table has no place.
	if at, ok := pairAt(code[0]-'a'+'A', code[1]-'a'+'A'); !ok || languages[at] == 0 {
		w.value(language, n)
	}
}

func checkIBAN(w *walk, n wire.Node) {
	iban := n.Bytes()
	if len(iban) < 4 {
		return
	}
	at, ok := pairAt(iban[0], iban[1])
	switch {
	case !ok:
	case ibans[at] == 0:
		w.value(ibanCountry, n)
	case len(iban) != int(ibans[at]):
		w.value(ibanLength, n)
	case remainder(remainder(0, iban[4:]), iban[:4]) != 1:
		w.value(ibanChecksum, n)
	}
}

func checkLEI(w *walk, n wire.Node) {
	if lei := n.Bytes(); len(lei) == 20 && remainder(0, lei) != 1 {
		w.value(leiChecksum, n)
	}
}

// remainder continues a division by 97 over digits and letters, each letter
// standing for two digits, A for 10 (ISO 7064, MOD 97-10).
func remainder(carry int, text []byte) int {
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			carry = (carry*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			carry = (carry*100 + int(c-'A') + 10) % 97
		case c >= 'a' && c <= 'z':
			carry = (carry*100 + int(c-'a') + 10) % 97
		}
	}
	return carry
}

// checkISIN adds up the digits of the number that the characters make, every
// second one doubled from the right (ISO 6166, annex A).
func checkISIN(w *walk, n wire.Node) {
	isin := n.Bytes()
	sum, double := 0, false
	add := func(digit int) {
		if double {
			digit *= 2
		}
		sum += digit/10 + digit%10
		double = !double
	}
	for i := len(isin) - 1; i >= 0; i-- {
		switch c := isin[i]; {
		case c >= '0' && c <= '9':
			add(int(c - '0'))
		case c >= 'A' && c <= 'Z':
			add((int(c-'A') + 10) % 10)
			add((int(c-'A') + 10) / 10)
		default:
			return
		}
	}
	if sum%10 != 0 {
		w.value(isinChecksum, n)
	}
}

// creditorIdentifier reports whether the check digits of a SEPA creditor
// identifier are right: country, two check digits, a business code that does not
// count, and the national identifier (EPC AT-02, EPC262-08).
func creditorIdentifier(id []byte) bool {
	return len(id) > 7 && remainder(remainder(0, id[7:]), id[:4]) == 1
}

func checkActiveCurrency(w *walk, n wire.Node) {
	if kind := currencyOf(n.Bytes()); kind == unknown || kind == past {
		w.value(currencyActive, n)
	}
}

func checkKnownCurrency(w *walk, n wire.Node) {
	if currencyOf(n.Bytes()) == unknown {
		w.value(currencyKnown, n)
	}
}

func checkActiveAmount(w *walk, n wire.Node) { checkAmount(w, n, currencyActive) }
func checkKnownAmount(w *walk, n wire.Node)  { checkAmount(w, n, currencyKnown) }

func checkAmount(w *walk, n wire.Node, id ruleID) {
	code := n.CurrencyBytes()
	if len(code) == 0 {
		return
	}
	kind := currencyOf(code)
	if kind == unknown || kind == past && id == currencyActive {
		w.report(id, n)
	}
	text := n.Bytes()
	if !plain(text) {
		w.value(amountForm, n)
	} else if kind >= active && fractionLength(text) > int(kind-active) {
		w.value(amountDigits, n)
	}
}

func checkImpliedAmount(w *walk, n wire.Node) {
	if !plain(n.Bytes()) {
		w.value(amountForm, n)
	}
}

// plain reports whether a number has a digit on both sides of its point, if it
// has one, and no sign. Readers of the world disagree on anything else.
func plain(number []byte) bool {
	if len(number) == 0 {
		return true
	}
	first, last := number[0], number[len(number)-1]
	return first >= '0' && first <= '9' && last != '.'
}

// fractionLength counts the digits behind the point without zeros at the end.
func fractionLength(number []byte) int {
	for i := range number {
		if number[i] != '.' {
			continue
		}
		end := len(number)
		for number[end-1] == '0' {
			end--
		}
		return end - i - 1
	}
	return 0
}

// What a table knows of a code: nothing, or that it is one. An active currency
// is active plus the digits of its minor unit.
const (
	unknown uint8 = iota
	past
	special
	active
)

var (
	countries  = pairTable(countryCodes)
	languages  = pairTable(strings.ToUpper(languageCodes))
	ibans      = ibanTable()
	currencies = currencyTable()
)

func knownCountry(first, second byte) uint8 {
	at, ok := pairAt(first, second)
	if !ok {
		return unknown
	}
	return countries[at]
}

func pairTable(codes string) *pairs {
	var table pairs
	for code := range strings.FieldsSeq(codes) {
		if at, ok := pairAt(code[0], code[1]); ok {
			table[at] = 1
		}
	}
	return &table
}

func ibanTable() *pairs {
	var table pairs
	for entry := range strings.FieldsSeq(ibanLengths) {
		if at, ok := pairAt(entry[0], entry[1]); ok {
			table[at] = (entry[2]-'0')*10 + entry[3] - '0'
		}
	}
	return &table
}

// currencyTable holds what is known of each combination of three letters.
func currencyTable() *[26 * 26 * 26]uint8 {
	var table [26 * 26 * 26]uint8
	set := func(code string, kind uint8) {
		if at, ok := pairAt(code[0], code[1]); ok {
			table[at*26+int(code[2]-'A')] = kind
		}
	}
	for code := range strings.FieldsSeq(pastCurrencies) {
		set(code, past)
	}
	for code := range strings.FieldsSeq(specialCurrencies) {
		set(code, special)
	}
	for _, c := range money.Currencies() {
		set(string(c), active+uint8(c.Exponent()))
	}
	return &table
}

func currencyOf(code []byte) uint8 {
	if len(code) != 3 || code[2] < 'A' || code[2] > 'Z' {
		return unknown
	}
	at, ok := pairAt(code[0], code[1])
	if !ok {
		return unknown
	}
	return currencies[at*26+int(code[2]-'A')]
}
