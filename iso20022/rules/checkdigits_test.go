package rules

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// expanded writes letters as two digits each, A as 10.
func expanded(text string) string {
	var b strings.Builder
	for _, c := range text {
		if c >= '0' && c <= '9' {
			b.WriteRune(c)
		} else {
			fmt.Fprint(&b, c-'A'+10)
		}
	}
	return b.String()
}

// mod97 divides the whole number at once, as ISO 7064 states it.
func mod97(text string) int64 {
	n, _ := new(big.Int).SetString(expanded(text), 10)
	return new(big.Int).Mod(n, big.NewInt(97)).Int64()
}

// luhn is the check of ISO 6166 from left to right: a digit counts double if an
// odd number of digits stands behind it.
func luhn(text string) bool {
	digits, sum := expanded(text), 0
	for i, c := range digits {
		digit := int(c - '0')
		if (len(digits)-i)%2 == 0 {
			digit *= 2
		}
		sum += digit%10 + digit/10
	}
	return sum%10 == 0
}

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// TestIBANAgainstBigNumbers: an IBAN of every registered country, of any
// characters, is right exactly if the big number says so, and if it has the
// length of its country.
func TestIBANAgainstBigNumbers(t *testing.T) {
	registered := strings.Fields(ibanLengths)
	rapid.Check(t, func(t *rapid.T) {
		entry := rapid.SampledFrom(registered).Draw(t, "country")
		length := int(entry[2]-'0')*10 + int(entry[3]-'0')
		length += rapid.SampledFrom([]int{0, 0, 0, -1, 1}).Draw(t, "off")
		account := rapid.StringOfN(rapid.SampledFrom([]rune(alphanumeric)), min(length-4, 30), min(length-4, 30), -1).
			Draw(t, "account")
		digits := fmt.Sprintf("%02d", 98-mod97(account+entry[:2]+"00"))
		if rapid.Bool().Draw(t, "wrong") {
			digits = rapid.StringMatching(`[0-9]{2}`).Draw(t, "digits")
		}
		spelled := account
		if rapid.Bool().Draw(t, "lower") {
			spelled = strings.ToLower(account) // which counts as the capitals do
		}
		iban := entry[:2] + digits + spelled
		want := ""
		switch {
		case fmt.Sprint(len(iban)) != entry[2:]:
			want = "iban-length"
		case mod97(account+entry[:2]+digits) != 1:
			want = "iban-checksum"
		}
		if got := strings.Join(rulesOf("IBAN", iban), " "); got != want {
			t.Fatalf("%s breaks %q, want %q", iban, got, want)
		}
	})
}

// TestLEIAgainstBigNumbers: the same for the LEI.
func TestLEIAgainstBigNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9A-Z]{18}`).Draw(t, "body")
		digits := fmt.Sprintf("%02d", 98-mod97(body+"00"))
		if rapid.Bool().Draw(t, "wrong") {
			digits = rapid.StringMatching(`[0-9]{2}`).Draw(t, "digits")
		}
		want := ""
		if mod97(body+digits) != 1 {
			want = "lei-checksum"
		}
		if got := strings.Join(rulesOf("LEI", body+digits), " "); got != want {
			t.Fatalf("%s breaks %q, want %q", body+digits, got, want)
		}
	})
}

// TestCreditorIdentifiersAgainstBigNumbers: the business code in the middle of a
// SEPA creditor identifier does not count.
func TestCreditorIdentifiersAgainstBigNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.StringMatching(`[A-Z]{2}`).Draw(t, "country")
		business := rapid.StringMatching(`[0-9A-Z]{3}`).Draw(t, "business")
		national := rapid.StringMatching(`[0-9A-Z]{1,28}`).Draw(t, "national")
		digits := rapid.StringMatching(`[0-9]{2}`).Draw(t, "digits")
		if rapid.Bool().Draw(t, "right") {
			digits = fmt.Sprintf("%02d", 98-mod97(national+country+"00"))
		}
		id := country + digits + business + national
		if got, want := creditorIdentifier([]byte(id)), mod97(national+country+digits) == 1; got != want {
			t.Fatalf("%s is right: %v, want %v", id, got, want)
		}
	})
}

// instrument is a statement that names a security.
const instrument = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-01T00:00:00Z</CreDtTm></GrpHdr>
<Ntfctn><Id>N</Id><Acct><Id><Othr><Id>1</Id></Othr></Id></Acct>
<Ntry><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>
<NtryDtls><TxDtls><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><FinInstrmId><ISIN>{ISIN}</ISIN></FinInstrmId>
</TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`

func rulesOfISIN(isin string) string {
	m := new(wire.Reader).Read([]byte(strings.Replace(instrument, "{ISIN}", isin, 1)))
	var broken []string
	for _, f := range Check(m, Options{}) {
		broken = append(broken, f.Rule)
	}
	return strings.Join(broken, " ")
}

// TestISINAgainstAnotherReading: the check digit from left to right and from right
// to left is the same; of ten digits exactly one is right.
func TestISINAgainstAnotherReading(t *testing.T) {
	for isin, want := range map[string]string{
		"US0378331005": "", "AU0000XVGZA3": "", "GB0002634946": "", "US0378331006": "isin-checksum",
		"US37833100": wire.RulePattern,
	} {
		if got := rulesOfISIN(isin); got != want {
			t.Errorf("%s breaks %q, want %q", isin, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[A-Z]{2}[0-9A-Z]{9}`).Draw(t, "body")
		right := 0
		for digit := '0'; digit <= '9'; digit++ {
			isin := body + string(digit)
			want := "isin-checksum"
			if luhn(isin) {
				want = ""
				right++
			}
			if got := rulesOfISIN(isin); got != want {
				t.Fatalf("%s breaks %q, want %q", isin, got, want)
			}
		}
		if right != 1 {
			t.Fatalf("%s has %d check digits", body, right)
		}
	})
}

// TestAmountForms: every text of up to five characters of an amount is refused or
// taken as a plain reading of the rules says.
func TestAmountForms(t *testing.T) {
	const characters = "09.+-"
	kind := schema.Lookup("pacs.008.001.08").Body().Type
	for _, name := range []string{"CdtTrfTxInf", "IntrBkSttlmAmt"} {
		kind = kind.Find(name).Type
	}
	var try func(text string)
	tried, plainOnes := 0, 0
	try = func(text string) {
		tried++
		// The schema decides about what is no number; the form about the rest.
		if valid := kind.Check([]byte(text)) == schema.None; valid {
			whole, fraction, point := strings.Cut(text, ".")
			want := isDigits(whole) && (!point || isDigits(fraction))
			if want {
				plainOnes++
				behind := strings.TrimRight(fraction, "0")
				if got := fractionLength([]byte(text)); got != len(behind) {
					t.Errorf("%q has %d digits behind the point, want %d", text, got, len(behind))
				}
			}
			if got := plain([]byte(text)); got != want {
				t.Errorf("%q is plain: %v, want %v", text, got, want)
			}
		}
		if len(text) < 5 {
			for _, c := range characters {
				try(text + string(c))
			}
		}
	}
	try("")
	if tried != 3906 || plainOnes < 100 {
		t.Errorf("tried %d, %d of them plain", tried, plainOnes)
	}
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// TestDigitsOfEachCurrency: one digit more than a currency has is too many, zeros
// aside, in every active currency.
func TestDigitsOfEachCurrency(t *testing.T) {
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			for third := 'A'; third <= 'Z'; third++ {
				code := string([]rune{first, second, third})
				kind := currencyOf([]byte(code))
				if kind < active {
					continue
				}
				digits := int(kind - active)
				fits, exceeds := "1."+strings.Repeat("1", digits)+"0", "1."+strings.Repeat("0", digits)+"1"
				for amount, want := range map[string]string{fits: "", exceeds: "amount-digits"} {
					text := strings.Replace(strings.Replace(instrument, "{ISIN}", "US0378331005", 1),
						`<Amt Ccy="EUR">1</Amt>`, `<Amt Ccy="`+code+`">`+amount+`</Amt>`, 1)
					got := ""
					for _, f := range Check(new(wire.Reader).Read([]byte(text)), Options{}) {
						got += f.Rule
					}
					if got != want {
						t.Errorf("%s %s breaks %q, want %q", code, amount, got, want)
					}
				}
			}
		}
	}
}
