package iso20022

import (
	"regexp"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// Years outside these are mistakes: the schema would take them, nobody means
// them.
const (
	yearMin = 1970
	yearMax = 9999
)

// time walks an ISODateTime. Its offset from UTC is kept and must be there: a
// time without one is no instant.
func (c *codec) time(name string, value *time.Time, need need) {
	var text string
	if !c.reading && !value.IsZero() {
		if text = formatTime(*value); text == "" {
			c.fail(name, "year out of range")
		}
	}
	c.leaf(name, &text, nil, need)
	if c.reading && c.failure == nil && text != "" {
		var understood bool
		if *value, understood = parseTime(text); !understood {
			c.fail(name, "not a time with its offset")
		}
	}
}

func formatTime(t time.Time) string {
	// XML Schema knows whole minutes up to 14 hours; elsewhere the same instant
	// is written in UTC.
	if _, offset := t.Zone(); offset%60 != 0 || offset < -14*3600 || offset > 14*3600 {
		t = t.UTC()
	}
	if t.Year() < yearMin || t.Year() > yearMax {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// timeShape is stricter than package time, which takes commas, single digits
// and more digits than it keeps.
var timeShape = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}` +
	`(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$`)

func parseTime(text string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !timeShape.MatchString(text) || t.Year() < yearMin || t.Year() > yearMax {
		return time.Time{}, false
	}
	_, offset := t.Zone()
	if offset < -14*3600 || offset > 14*3600 {
		return time.Time{}, false
	}
	// The zone of the machine must not show through where its offset fits.
	if offset == 0 {
		return t.UTC(), true
	}
	return t.In(time.FixedZone("", offset)), true
}

// date walks an ISODate: the calendar day of the time in its own location, read
// back as midnight UTC.
func (c *codec) date(name string, value *time.Time, need need) {
	var text string
	if !c.reading && !value.IsZero() {
		if value.Year() < yearMin || value.Year() > yearMax {
			c.fail(name, "year out of range")
		}
		text = value.Format(time.DateOnly)
	}
	c.leaf(name, &text, nil, need)
	if c.reading && c.failure == nil && text != "" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil || day.Year() < yearMin {
			c.fail(name, "not a date")
		}
		*value = day
	}
}

// day returns midnight UTC of the calendar day of t.
func day(t time.Time) time.Time {
	year, month, dayOfMonth := t.Date()
	return time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC)
}

// amount walks an ActiveCurrencyAndAmount: all digits of the currency's minor
// unit, at most 18. The zero Amount stands for absence.
func (c *codec) amount(name string, value *money.Amount, need need) {
	var text, currency string
	if !c.reading && *value != (money.Amount{}) {
		currency = string(value.Currency)
		text = value.Decimal()
		if problem := amountProblem(*value); problem != "" {
			c.fail(name, problem)
		}
	}
	c.leaf(name, &text, &currency, need)
	if c.reading && c.failure == nil && text != "" {
		var err error
		if *value, err = money.ParseDecimal(text, money.Currency(currency)); err != nil {
			c.fail(name, "not an amount of an active currency in its minor unit")
		}
	}
}

func amountProblem(a money.Amount) string {
	switch {
	case !a.Currency.Known():
		return "unknown currency"
	case a.Minor < 0:
		return "negative amount"
	case a.Minor > 1e18-1:
		return "more than 18 digits"
	default:
		return ""
	}
}

// currency walks an ActiveCurrencyCode.
func (c *codec) currency(name string, value *money.Currency) {
	text := string(*value)
	c.checked(name, &text, required, func(code string) string {
		if !money.Currency(code).Known() {
			return "unknown currency"
		}
		return ""
	})
	if c.reading {
		*value = money.Currency(text)
	}
}

// uetr walks a UUIDv4Identifier; the zero UETR stands for absence.
func (c *codec) uetr(name string, value *UETR, need need) {
	var text string
	if !c.reading && *value != (UETR{}) {
		text = value.String()
	}
	c.checked(name, &text, need, func(text string) string {
		if _, err := ParseUETR(text); err != nil {
			return "not a UUID of version 4 in lower case"
		}
		return ""
	})
	if c.reading && c.failure == nil && text != "" {
		// The check above has parsed it already.
		*value, _ = ParseUETR(text)
	}
}
