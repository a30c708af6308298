package money_test

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/money"
)

func FuzzParseMinor(f *testing.F) {
	for _, text := range []string{"0", "1500", "999999999999999999", "01", "-1", "1.5", ""} {
		f.Add(text, "KWD")
	}
	f.Fuzz(func(t *testing.T, text, code string) {
		amount, err := money.ParseMinor(text, money.Currency(code))
		if err != nil {
			return
		}
		whole := money.New(amount.Minor, "JPY").Decimal()
		if amount.Minor < 0 || whole != text || string(amount.Currency) != code || !amount.Currency.Known() {
			t.Fatalf("%q became %v", text, amount)
		}
	})
}

func FuzzParseDecimal(f *testing.F) {
	for _, text := range []string{"0", "15.00", ".5", "5.", "00.50", "9007199254740993", "1e3", "1.23456", ""} {
		f.Add(text, "KWD")
		f.Add(text, "JPY")
	}
	f.Fuzz(func(t *testing.T, text, code string) {
		amount, err := money.ParseDecimal(text, money.Currency(code))
		if err != nil {
			return
		}
		again, err := money.ParseDecimal(amount.Decimal(), amount.Currency)
		if err != nil || again != amount || amount.Minor < 0 || amount.Minor > 1e18-1 {
			t.Fatalf("%q became %v and then %v, %v", text, amount, again, err)
		}
		if strings.ContainsAny(text, "eE+- ") {
			t.Fatalf("%q was accepted", text)
		}
	})
}

func FuzzParseRate(f *testing.F) {
	for _, text := range []string{"156.6", "0.000000000000000001", "999999999999999999", "1.0", "0", ".", "1e3"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rate, err := money.ParseRate("USD", "JPY", text)
		if err != nil {
			return
		}
		again, err := money.ParseRate("USD", "JPY", rate.Decimal())
		if err != nil || again != rate || !rate.Valid() {
			t.Fatalf("%q became %v and then %v, %v", text, rate, again, err)
		}
	})
}
