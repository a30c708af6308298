package message_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/message"
	"github.com/causeway-pay/causeway/money"
)

// What has to come out digit for digit does.
func TestDecimalsKeepTheirDigits(t *testing.T) {
	for _, text := range []string{
		"1000000.00", "0.30", "0.1", "999999999999999999", "21000000", "123456789012345.67", "9007199254740993", "1000000000000000.01",
		"0", "0.00000", "0.00001", "-5", "-0.05", "12345678901.0123456",
	} {
		d, err := message.ParseDecimal(text)
		if err != nil || d.String() != text {
			t.Errorf("%s: %s %v", text, d, err)
		}
	}
	for text, want := range map[string]string{
		"1000000.": "1000000", ".5": "0.5", "007": "7", "+5": "5", "-.5": "-0.5", "1." + strings.Repeat("0", 40): "1." + strings.Repeat("0", 17),
		"0000000000000000000000000.30": "0.30",
	} {
		d, err := message.ParseDecimal(text)
		if err != nil || d.String() != want {
			t.Errorf("%s: %s %v, want %s", text, d, err, want)
		}
	}
	for _, text := range []string{"", ".", "+", "-", "NaN", "1e3", "1,5", "1 2", "1.2.3", "--1", "+-1", "1234567890123456789", "0.1234567890123456789", "٣", "0x1"} {
		if d, err := message.ParseDecimal(text); !errors.Is(err, message.ErrDecimal) {
			t.Errorf("%q: %s %v", text, d, err)
		}
	}
}

func TestDecimalIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := message.Decimal{
			Units: rapid.Int64Range(-999_999_999_999_999_999, 999_999_999_999_999_999).Draw(t, "units"),
			Scale: uint8(rapid.IntRange(0, 17).Draw(t, "scale")),
		}
		exact, ok := new(big.Rat).SetString(d.String())
		want := new(big.Rat).SetFrac(big.NewInt(d.Units), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.Scale)), nil))
		if !ok || exact.Cmp(want) != 0 {
			t.Fatalf("%d/10^%d is written %s", d.Units, d.Scale, d)
		}
		if back, err := message.ParseDecimal(d.String()); err != nil || back != d {
			t.Fatalf("%+v comes back as %+v: %v", d, back, err)
		}
	})
}

func TestAmounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]money.Currency{"JPY", "HKD", "KWD", "CLF", "IDR"}).Draw(t, "currency")
		want := money.New(rapid.Int64Range(0, 999_999_999_999_999_999).Draw(t, "minor"), currency)
		amount := message.AmountOf(want)
		if got, err := amount.Money(); err != nil || got != want {
			t.Fatalf("%s is %v: %v", amount, got, err)
		}
	})
	if got := (message.Amount{Decimal: message.Decimal{Units: 30, Scale: 2}, Ccy: "HKD"}).String(); got != "0.30 HKD" {
		t.Error(got)
	}
	for _, wrong := range []message.Amount{
		{Decimal: message.Decimal{Units: 15, Scale: 1}, Ccy: "JPY"}, {Decimal: message.Decimal{Units: 1}, Ccy: "XXQ"}, {},
	} {
		if got, err := wrong.Money(); err == nil {
			t.Errorf("%s is %v", wrong, got)
		}
	}
	if got := message.AmountOf(money.Amount{}); got != (message.Amount{}) {
		t.Errorf("nothing is %s", got)
	}
}

func TestTimes(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	at := time.Date(2026, 7, 21, 10, 15, 30, 120e6, zone)
	if got := message.At(at); got != "2026-07-21T10:15:30.12+08:00" {
		t.Error(got)
	}
	if got := message.On(at); got != "2026-07-21" {
		t.Error(got)
	}
	got, err := message.DateTime("2026-07-21T10:15:30.120+08:00").Time()
	if _, offset := got.Zone(); err != nil || !got.Equal(at) || offset != 8*3600 {
		t.Error(got, err)
	}
	if _, err := message.DateTime("2026-07-21T10:15:30").Time(); !errors.Is(err, message.ErrNoOffset) {
		t.Error(err)
	}
	if _, err := message.DateTime("today").Time(); err == nil || errors.Is(err, message.ErrNoOffset) {
		t.Error(err)
	}
	for text, want := range map[message.Date]string{"2026-07-21": "2026-07-21", "2026-07-21+08:00": "2026-07-21", "2026-07-21Z": "2026-07-21"} {
		if day, err := text.Day(); err != nil || day.Format(time.DateOnly) != want || day.Location() != time.UTC {
			t.Error(text, day, err)
		}
	}
	if _, err := message.Date("21.7.2026").Day(); err == nil {
		t.Error("a date of another form")
	}
}

func TestBinary(t *testing.T) {
	if got, err := message.Binary("QU\nJD").Bytes(); err != nil || string(got) != "ABC" {
		t.Error(got, err)
	}
	if _, err := message.Binary("?").Bytes(); err == nil {
		t.Error("no base 64")
	}
}
