package window_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/window"
)

func published(t testing.TB) window.Calendars {
	t.Helper()
	calendars, err := window.Published()
	if err != nil {
		t.Fatal(err)
	}
	return calendars
}

func day(t testing.TB, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func moment(t testing.TB, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// listed are the currencies with holidays of their own.
var listed = []money.Currency{"EUR", "USD", "GBP", "JPY", "HKD", "SGD", "THB", "MYR", "KRW", "PHP", "IDR"}

func TestBusinessDays(t *testing.T) {
	calendars := published(t)
	cases := []struct {
		currency money.Currency
		day      string
		business bool
	}{
		{"EUR", "2026-04-03", false}, {"EUR", "2026-04-06", false}, {"EUR", "2026-04-07", true},
		{"EUR", "2026-05-01", false}, {"EUR", "2026-12-24", true}, {"EUR", "2031-12-25", false},
		{"EUR", "2031-04-11", false}, {"EUR", "2031-04-14", false}, // Good Friday and Easter Monday of 2031
		{"USD", "2026-11-26", false}, {"USD", "2026-07-03", true}, {"USD", "2027-07-05", false},
		{"USD", "2027-12-24", true}, {"USD", "2026-04-03", true},
		{"GBP", "2026-12-28", false}, {"GBP", "2027-12-28", false}, {"GBP", "2027-12-29", true},
		{"JPY", "2026-05-06", false}, {"JPY", "2026-05-07", true}, {"JPY", "2027-12-31", false},
		{"JPY", "2026-09-22", false}, {"JPY", "2026-12-25", true}, {"JPY", "2028-01-03", false},
		{"HKD", "2026-04-07", false}, {"HKD", "2026-02-19", false}, {"HKD", "2026-02-20", true},
		{"SGD", "2026-11-09", false}, {"THB", "2026-04-15", false}, {"MYR", "2026-08-31", false},
		{"KRW", "2026-02-16", false}, {"PHP", "2026-04-02", false}, {"IDR", "2026-05-14", false},
		{"AUD", "2026-12-25", true}, {"AUD", "2026-12-26", false}, // no calendar: weekends alone
	}
	for _, tt := range cases {
		if got := calendars.Of(tt.currency).BusinessDay(day(t, tt.day)); got != tt.business {
			t.Errorf("%s %s: business day %v", tt.currency, tt.day, got)
		}
	}
}

// TestPublishedIsWhole: every currency listed covers the years that it claims,
// with as many holidays as its country has.
func TestPublishedIsWhole(t *testing.T) {
	calendars := published(t)
	for _, currency := range listed {
		calendar := calendars.Of(currency)
		if calendar.Covered.Before(day(t, "2027-12-31")) || calendar.Source == "" || calendar.Days != window.DaysUsual {
			t.Errorf("%s: %+v", currency, calendar)
		}
		for _, year := range []int{2026, 2027} {
			rests := 0
			for d := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
				weekday := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
				if weekday && !calendar.BusinessDay(d) {
					rests++
				}
			}
			if rests < 3 || rests > 24 {
				t.Errorf("%s %d: %d holidays on weekdays", currency, year, rests)
			}
		}
	}
}

func TestValueDate(t *testing.T) {
	calendars := published(t)
	cases := []struct {
		currency    money.Currency
		closed, due string
	}{
		{"HKD", "2026-01-01T10:00:00Z", "2026-01-02"}, // Thursday
		{"HKD", "2026-01-02T10:00:00Z", "2026-01-05"}, // Friday
		{"HKD", "2026-01-02T17:00:00Z", "2026-01-05"}, // Saturday in Hong Kong
		{"HKD", "2026-01-04T17:00:00Z", "2026-01-06"}, // Monday in Hong Kong
		{"JPY", "2026-05-01T06:00:00Z", "2026-05-07"}, // Golden Week
		{"JPY", "2026-12-30T06:00:00Z", "2027-01-04"}, // the turn of the year
		{"EUR", "2026-04-02T22:30:00Z", "2026-04-07"}, // already Good Friday in Frankfurt
		{"USD", "2026-11-26T03:00:00Z", "2026-11-27"}, // the evening before Thanksgiving in New York
		{"USD", "2026-12-31T23:00:00Z", "2027-01-04"},
		{"AUD", "2026-12-24T12:00:00Z", "2026-12-25"},
	}
	for _, tt := range cases {
		if got := calendars.Of(tt.currency).ValueDate(moment(t, tt.closed)); !got.Equal(day(t, tt.due)) {
			t.Errorf("%s closed %s: due %s, want %s", tt.currency, tt.closed, got.Format(time.DateOnly), tt.due)
		}
	}
}

func TestDaysAreConfigured(t *testing.T) {
	calendars := published(t)
	friday := moment(t, "2026-04-03T02:00:00Z") // Good Friday
	for days, due := range map[int]string{0: "2026-04-08", 1: "2026-04-08", 2: "2026-04-09", 5: "2026-04-14"} {
		changed, err := calendars.WithDays("HKD", days)
		if err != nil {
			t.Fatal(err)
		}
		if got := changed.Of("HKD").ValueDate(friday); !got.Equal(day(t, due)) {
			t.Errorf("T+%d is %s, want %s", days, got.Format(time.DateOnly), due)
		}
		if calendars.Of("HKD").Days != window.DaysUsual || changed.Of("JPY").Days != window.DaysUsual {
			t.Error("another calendar changed")
		}
	}
	for currency, days := range map[money.Currency]int{"HKD": -1, "JPY": 31, "XYZ": 1} {
		if _, err := calendars.WithDays(currency, days); !errors.Is(err, window.ErrCalendar) {
			t.Errorf("T+%d of %s: %v", days, currency, err)
		}
	}
}

// TestValueDateHolds: for any close the value date is a business day of the
// currency, after the day of the close and as many business days later as the
// calendar says, and a later close is never due earlier.
func TestValueDateHolds(t *testing.T) {
	calendars := published(t)
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom(append([]money.Currency{"AUD"}, listed...)).Draw(t, "currency")
		days := rapid.IntRange(0, 5).Draw(t, "days")
		changed, err := calendars.WithDays(currency, days)
		if err != nil {
			t.Fatal(err)
		}
		calendar := changed.Of(currency)
		from := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
		closed := from.Add(time.Duration(rapid.Int64Range(0, 3*366*24*3600).Draw(t, "second")) * time.Second)
		due, today := calendar.ValueDate(closed), calendar.DateOf(closed)
		if !calendar.BusinessDay(due) || due.Before(today) || days > 0 && !due.After(today) {
			t.Fatalf("%s closed %s: due %s", currency, closed, due)
		}
		business := 0
		for d := today.AddDate(0, 0, 1); !d.After(due); d = d.AddDate(0, 0, 1) {
			if calendar.BusinessDay(d) {
				business++
			}
		}
		if business != days && (days > 0 || calendar.BusinessDay(today) || business != 1) {
			t.Fatalf("%s T+%d closed %s: due %s, %d business days later", currency, days, closed, due, business)
		}
		later := closed.Add(time.Duration(rapid.Int64Range(0, 40*24*3600).Draw(t, "later")) * time.Second)
		if calendar.ValueDate(later).Before(due) {
			t.Fatalf("%s closed %s is due %s, closed %s earlier", currency, closed, due, later)
		}
	})
}

func TestOwnCalendars(t *testing.T) {
	own, err := window.ReadCalendars(published(t), strings.NewReader(
		"# ours\ncalendar AUD Australia/Sydney 2026-12-31 RITS\n12-25 Christmas\n2026-01-26 Australia Day\n\n"+
			"calendar JPY Asia/Tokyo 2026-12-31 our own\neaster+0 nothing\n"))
	if err != nil {
		t.Fatal(err)
	}
	if own.Of("AUD").BusinessDay(day(t, "2026-01-26")) || own.Of("AUD").BusinessDay(day(t, "2030-12-25")) {
		t.Error("a holiday of an own calendar is a business day")
	}
	if !own.Of("JPY").BusinessDay(day(t, "2026-05-04")) || own.Of("HKD").BusinessDay(day(t, "2026-07-01")) {
		t.Error("an own calendar replaces that of its currency alone")
	}
}

func TestBadCalendarsAreRefused(t *testing.T) {
	const start = "calendar JPY Asia/Tokyo 2026-12-31 BOJ\n"
	for name, text := range map[string]string{
		"no calendar":      "01-01 New Year\n",
		"fields missing":   "calendar JPY Asia/Tokyo 2026-12-31\n",
		"unknown currency": "calendar XYZ Asia/Tokyo 2026-12-31 BOJ\n",
		"unknown zone":     "calendar JPY Asia/Edo 2026-12-31 BOJ\n",
		"zone of here":     "calendar JPY Local 2026-12-31 BOJ\n",
		"no last day":      "calendar JPY Asia/Tokyo soon BOJ\n",
		"twice":            start + start,
		"no such day":      start + "2026-02-29 Leap day\n",
		"no such month":    start + "13-01 Never\n",
		"beyond":           start + "2027-01-11 Coming of Age Day\n",
		"not Easter":       start + "easter+x Sometime\n",
		"far from Easter":  start + "easter+90 Sometime\n",
		"no name":          start + "01-01\n",
		"endless":          strings.Repeat("#\n", 40_001),
		"long line":        strings.Repeat("x", 1<<17),
	} {
		if _, err := window.ReadCalendars(window.Calendars{}, strings.NewReader(text)); !errors.Is(err, window.ErrCalendar) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzReadCalendars: whatever a list says, it is refused or gives value dates
// that are not before the close.
func FuzzReadCalendars(f *testing.F) {
	f.Add("calendar JPY Asia/Tokyo 2026-12-31 BOJ\n01-01 New Year\neaster-2 Good Friday\n2026-05-04 Greenery Day\n")
	f.Add("calendar EUR UTC 9999-12-31 x\n02-29 Leap day\n")
	f.Fuzz(func(t *testing.T, text string) {
		calendars, err := window.ReadCalendars(window.Calendars{}, strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, window.ErrCalendar) {
				t.Fatal(err)
			}
			return
		}
		closed := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		for _, currency := range listed {
			if calendar := calendars.Of(currency); !calendar.ValueDate(closed).After(calendar.DateOf(closed)) {
				t.Fatalf("%s: due %s", currency, calendar.ValueDate(closed))
			}
		}
	})
}
