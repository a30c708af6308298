package money_test

import (
	"errors"
	"testing"

	"github.com/causeway-pay/causeway/money"
)

// The groups that ISO 4217 list one has beside two digits.
func TestExponents(t *testing.T) {
	want := map[int][]money.Currency{
		0: {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
			"RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"},
		3: {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"},
		4: {"CLF", "UYW"},
	}
	special := map[money.Currency]int{}
	for digits, currencies := range want {
		for _, c := range currencies {
			special[c] = digits
		}
	}
	for _, c := range money.Currencies() {
		digits, listed := special[c]
		if !listed {
			digits = 2
		}
		if c.Exponent() != digits {
			t.Errorf("%s has %d digits, want %d", c, c.Exponent(), digits)
		}
		delete(special, c)
	}
	if len(special) > 0 {
		t.Errorf("missing from the table: %v", special)
	}
}

func TestCurrencyCodes(t *testing.T) {
	all := money.Currencies()
	if len(all) < 150 || len(all) > 180 {
		t.Errorf("%d currencies", len(all))
	}
	for _, c := range all {
		if len(c) != 3 || !c.Known() {
			t.Errorf("%q is no currency code", c)
		}
	}
	for _, code := range []string{"", "eur", "EURO", "XXX", "XTS", "XAU", "XDR", "HRK", "DEM", "EUR "} {
		if c, err := money.ParseCurrency(code); !errors.Is(err, money.ErrUnknownCurrency) || c != "" {
			t.Errorf("ParseCurrency(%q) = %q, %v", code, c, err)
		}
	}
	if c, err := money.ParseCurrency("EUR"); err != nil || c != "EUR" {
		t.Errorf("ParseCurrency(EUR) = %q, %v", c, err)
	}
}
