package emvqr_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/money"
)

// TestCutCodes: half a code is no code. A camera or a copied line loses the end.
func TestCutCodes(t *testing.T) {
	whole := []string{oneApplication, twoApplications, qrisPayer, unionPayPayer}
	for _, v := range vectors {
		whole = append(whole, v.text)
	}
	for _, text := range whole {
		for end := range len(text) {
			code, err := emvqr.Parse(text[:end])
			// Digits alone may be a payment code, and are told to be one.
			if err == nil && code.Form != emvqr.DigitsForm {
				t.Errorf("%s is accepted as %s", text[:end], code.Form)
			}
		}
		for start := 1; start < len(text); start++ {
			code, err := emvqr.Parse(text[start:])
			if err == nil && code.Form != emvqr.DigitsForm {
				t.Errorf("%s is accepted as %s", text[start:], code.Form)
			}
		}
	}
}

// TestJoinedCodes: two codes in one text are none.
func TestJoinedCodes(t *testing.T) {
	for _, first := range vectors {
		for _, second := range vectors {
			if len(first.text)+len(second.text) > emvqr.SizeMax {
				continue
			}
			if _, err := emvqr.Parse(first.text + second.text); err == nil {
				t.Errorf("%s and %s are accepted as one", first.name, second.name)
			}
		}
	}
}

// ber writes an element on its own, so that tests do not trust the writer they test.
func ber(tag string, value []byte) []byte {
	head, err := hex.DecodeString(tag)
	if err != nil {
		return nil
	}
	switch n := len(value); {
	case n > 255:
		head = append(head, 0x82, byte(n/256), byte(n%256))
	case n > 127:
		head = append(head, 0x81, byte(n))
	default:
		head = append(head, byte(n))
	}
	return append(head, value...)
}

// TestConsumerLengths: every length that fits, read from another writer's bytes, and
// written as they were.
func TestConsumerLengths(t *testing.T) {
	aid := ber("4F", []byte{0xA0, 0, 0, 6, 2})
	for n := range 350 {
		value := []byte(strings.Repeat("x", n))
		data := slices.Concat(ber("85", []byte("CPV01")), ber("61", slices.Concat(aid, ber("9F74", value))))
		text := base64.StdEncoding.EncodeToString(data)
		c, findings := emvqr.ReadConsumer(text)
		if len(findings) > 0 {
			t.Fatalf("%d bytes: %v", n, findings)
		}
		if e, ok := c.At("61/9F74"); !ok || string(e.Value) != string(value) || e.Offset != len(data)-len(ber("9F74", value)) {
			t.Fatalf("%d bytes: %d of them at %d", n, len(e.Value), e.Offset)
		}
		if again, err := c.Build(); err != nil || again != text {
			t.Fatalf("%d bytes: built %s, %v", n, again, err)
		}
	}
}

// TestAmountsOfEveryCurrency: what is written is read, to the last minor unit.
func TestAmountsOfEveryCurrency(t *testing.T) {
	all := money.Currencies()
	slices.Sort(all)
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom(all).Draw(t, "currency")
		want := money.New(rapid.Int64Range(1, 99_999_999).Draw(t, "minor"), currency)
		d := draft()
		d.Currency, d.Amount = currency, want
		m, err := d.Build()
		if err != nil {
			t.Fatal(err)
		}
		if got, stated, err := m.Amount(); err != nil || !stated || got != want {
			t.Fatalf("%v became %v (%v)", want, got, err)
		}
		number, _ := emvqr.NumberOf(currency)
		if o, _ := m.At("53"); o.Value != number {
			t.Fatalf("%s has number %s", currency, o.Value)
		}
	})
}

// TestOrderDoesNotMatter: but for the first and the last, objects may stand in any
// order, and say the same.
func TestOrderDoesNotMatter(t *testing.T) {
	want, err := emvqr.Parse(with())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		shuffled := rapid.Permutation(whole[1:]).Draw(t, "order")
		code, err := emvqr.Parse(sealed(whole[0] + strings.Join(shuffled, "")))
		if err != nil {
			t.Fatal(err)
		}
		got, wanted := emvqr.Identify(code, emvqr.Issuers{}), emvqr.Identify(want, emvqr.Issuers{})
		if fmt.Sprint(got) != fmt.Sprint(wanted) || code.Merchant.Canonical() != want.Merchant.Text() {
			t.Fatalf("%+v, want %+v", got, wanted)
		}
	})
}
