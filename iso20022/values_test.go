package iso20022

import (
	"testing"
	"time"

	"github.com/causeway-pay/causeway/money"
)

func TestFormatTime(t *testing.T) {
	zone := func(seconds int) *time.Location { return time.FixedZone("", seconds) }
	tests := []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 7, 21, 10, 15, 30, 0, time.UTC), "2026-07-21T10:15:30Z"},
		{time.Date(2026, 7, 21, 10, 15, 30, 120_000_000, zone(8*3600)), "2026-07-21T10:15:30.12+08:00"},
		{time.Date(2026, 7, 21, 10, 15, 30, 1, zone(-3*3600-1800)), "2026-07-21T10:15:30.000000001-03:30"},
		{time.Date(2026, 7, 21, 10, 0, 0, 0, zone(14*3600)), "2026-07-21T10:00:00+14:00"},
		{time.Date(2026, 7, 21, 10, 0, 0, 0, zone(-14*3600)), "2026-07-21T10:00:00-14:00"},
		{time.Date(2026, 7, 21, 20, 0, 0, 0, zone(14*3600+60)), "2026-07-21T05:59:00Z"},
		{time.Date(2026, 7, 21, 1, 0, 1, 0, zone(1)), "2026-07-21T01:00:00Z"},
		{time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), "1970-01-01T00:00:00Z"},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), "9999-12-31T23:59:59Z"},
		{time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), ""},
		{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), ""},
		{time.Date(10000, 1, 1, 0, 0, 0, 0, zone(15*3600)), "9999-12-31T09:00:00Z"},
	}
	for _, tt := range tests {
		got := formatTime(tt.at)
		if got != tt.want {
			t.Errorf("%s is written %q, want %q", tt.at, got, tt.want)
		}
		if back, understood := parseTime(got); understood != (got != "") || understood && !back.Equal(tt.at) {
			t.Errorf("%q came back as %s, %v", got, back, understood)
		}
	}
}

func TestParseTime(t *testing.T) {
	good := map[string]time.Time{
		"2026-07-21T10:15:30Z":                time.Date(2026, 7, 21, 10, 15, 30, 0, time.UTC),
		"2026-07-21T10:15:30.123456789Z":      time.Date(2026, 7, 21, 10, 15, 30, 123456789, time.UTC),
		"2026-07-21T10:15:30.1200+08:00":      time.Date(2026, 7, 21, 2, 15, 30, 120_000_000, time.UTC),
		"2026-07-21T10:15:30-00:00":           time.Date(2026, 7, 21, 10, 15, 30, 0, time.UTC),
		"2024-02-29T23:59:59+14:00":           time.Date(2024, 2, 29, 9, 59, 59, 0, time.UTC),
		"2026-07-21T10:15:30.000000000+05:45": time.Date(2026, 7, 21, 4, 30, 30, 0, time.UTC),
	}
	for text, want := range good {
		if got, understood := parseTime(text); !understood || !got.Equal(want) {
			t.Errorf("%q is read as %s, %v", text, got, understood)
		}
	}
	bad := []string{"", "2026-07-21", "2026-07-21T10:15:30", "2026-07-21T10:15Z", "2026-07-21 10:15:30Z",
		"2026-07-21t10:15:30Z", "2026-07-21T10:15:30z", "2026-07-21T10:15:30.Z", "2026-07-21T10:15:30,5Z",
		"2026-07-21T10:15:30.1234567890Z", "2026-07-21T1:15:30Z", "2026-07-21T24:00:00Z", "2026-07-21T10:60:00Z",
		"2026-07-21T10:15:60Z", "2026-02-29T10:15:30Z", "2026-13-01T10:15:30Z", "2026-00-01T10:15:30Z",
		"2026-07-21T10:15:30+8:00", "2026-07-21T10:15:30+0800", "2026-07-21T10:15:30+14:01",
		"2026-07-21T10:15:30-15:00", "-2026-07-21T10:15:30Z", "12026-07-21T10:15:30Z", "0000-07-21T10:15:30Z",
		"1969-07-21T10:15:30Z", " 2026-07-21T10:15:30Z", "2026-07-21T10:15:30Z\n", "2026-07-21T10:15:30ZZ"}
	for _, text := range bad {
		if got, understood := parseTime(text); understood || !got.IsZero() {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}

func TestDay(t *testing.T) {
	at := time.Date(2026, 7, 22, 1, 2, 3, 4, time.FixedZone("", 8*3600))
	if got := day(at); !got.Equal(time.Date(2026, 7, 22, 0, 0, 0, 0, time.UTC)) || got.Location() != time.UTC {
		t.Errorf("the day of %s is %s", at, got)
	}
}

func TestTextProblem(t *testing.T) {
	tests := []struct {
		text  string
		limit int
		fine  bool
	}{
		{"x", 1, true}, {" ", 1, true}, {"é", 1, true}, {"\U0001F35C", 1, true}, {"ก้", 2, true},
		{"a\u00a0b", 3, true}, {"\u2028", 1, true}, {"<&>\"'", 5, true},
		{"", 1, false}, {"xy", 1, false}, {"ก้", 1, false}, {"\t", 1, false}, {"\n", 1, false}, {"\r", 1, false},
		{"\x00", 1, false}, {"\x1f", 1, false}, {"\x7f", 1, false}, {"\u0085", 1, false}, {"\ufffe", 1, false},
		{"\xc3", 1, false}, {"\xed\xa0\x80", 9, false},
	}
	for _, tt := range tests {
		if problem := textProblem(tt.text, tt.limit); (problem == "") != tt.fine {
			t.Errorf("%q of at most %d: %q", tt.text, tt.limit, problem)
		}
	}
}

func TestAmountProblem(t *testing.T) {
	tests := map[money.Amount]bool{
		money.New(0, "EUR"):      true,
		money.New(1e18-1, "JPY"): true,
		money.New(1e18, "JPY"):   false,
		money.New(-1, "EUR"):     false,
		money.New(1, ""):         false,
		money.New(1, "eur"):      false,
		money.New(1, "XAU"):      false,
	}
	for amount, fine := range tests {
		if problem := amountProblem(amount); (problem == "") != fine {
			t.Errorf("%v: %q", amount, problem)
		}
	}
}

func TestReasonProblem(t *testing.T) {
	tests := []struct {
		must         bool
		reason, text string
		fine         bool
	}{
		{false, "", "", true}, {false, "", "text", true}, {true, "AM04", "", true}, {true, "NARR", "text", true},
		{true, "", "", false}, {true, "", "text", false}, {false, "NARR", "", false},
	}
	for _, tt := range tests {
		if problem := reasonProblem(tt.must, tt.reason, tt.text); (problem == "") != tt.fine {
			t.Errorf("%+v: %q", tt, problem)
		}
	}
}

func TestExchangeProblem(t *testing.T) {
	yen, dollar := money.New(1, "JPY"), money.New(1, "HKD")
	rate := func(base, quote money.Currency) *money.Rate {
		return &money.Rate{Base: base, Quote: quote, Mantissa: 20}
	}
	tests := []struct {
		instructed, settled money.Amount
		rate                *money.Rate
		fine                bool
	}{
		{yen, yen, nil, true},
		{yen, dollar, rate("HKD", "JPY"), true},
		{yen, dollar, rate("JPY", "HKD"), true},
		{money.Amount{}, dollar, nil, true},
		{yen, yen, rate("HKD", "JPY"), false},
		{yen, dollar, nil, false},
		{yen, dollar, rate("USD", "JPY"), false},
		{yen, dollar, rate("HKD", "USD"), false},
		{yen, dollar, rate("JPY", "JPY"), false},
		{money.Amount{}, dollar, rate("HKD", "JPY"), false},
	}
	for i, tt := range tests {
		if problem := exchangeProblem(tt.instructed, tt.settled, tt.rate); (problem == "") != tt.fine {
			t.Errorf("case %d: %q", i, problem)
		}
	}
}

func TestInformalRate(t *testing.T) {
	rate := func(base, quote money.Currency, mantissa int64, scale uint8) money.Rate {
		return money.Rate{Base: base, Quote: quote, Mantissa: mantissa, Scale: scale}
	}
	tests := []struct {
		from, to money.Currency
		rate     money.Rate
		want     string
	}{
		{"HKD", "JPY", rate("HKD", "JPY", 2021, 2), "20.21"},
		{"JPY", "HKD", rate("HKD", "JPY", 20, 0), "0.05"},
		{"IDR", "EUR", rate("EUR", "IDR", 2008205, 2), "0.0000497957"},
		{"CNY", "IDR", rate("CNY", "IDR", 25156964435592, 10), "2515.6964436"},
		{"JPY", "HKD", rate("HKD", "JPY", 1_000_000_000_000, 0), ""},
		{"JPY", "HKD", rate("HKD", "USD", 20, 0), ""},
		{"JPY", "HKD", money.Rate{}, ""},
	}
	for _, tt := range tests {
		if got := informalRate(tt.from, tt.to, tt.rate); got != tt.want {
			t.Errorf("1 %s in %s at %s is %q, want %q", tt.from, tt.to, tt.rate, got, tt.want)
		}
	}
	for _, pair := range [][2]string{{"1.50", "1.5"}, {"01", "1.0"}, {".5", "0.5"}} {
		if !sameRate(pair[0], pair[1]) {
			t.Errorf("%v differ", pair)
		}
	}
	for _, pair := range [][2]string{{"1.5", "1.51"}, {"", ""}, {"x", "x"}, {"0", "0"}} {
		if sameRate(pair[0], pair[1]) {
			t.Errorf("%v are the same", pair)
		}
	}
}
