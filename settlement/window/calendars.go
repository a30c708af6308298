package window

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// Calendars are the calendars of all currencies. The zero value knows none, so
// that every currency rests at the weekend alone.
type Calendars struct {
	byCurrency map[money.Currency]Calendar
}

//go:embed calendars.txt
var published string

// Published returns the calendars that come with the switch.
func Published() (Calendars, error) { return ReadCalendars(Calendars{}, strings.NewReader(published)) }

// Of returns the calendar of a currency.
func (c Calendars) Of(currency money.Currency) Calendar {
	if calendar, found := c.byCurrency[currency]; found {
		return calendar
	}
	return Calendar{
		Currency: currency, Zone: time.UTC, Covered: date(9999, 12, 31), Source: "weekends", Days: DaysUsual,
	}
}

// daysMax bounds T+N.
const daysMax = 30

// WithDays returns calendars in which money of a currency is due so many
// business days after the close.
func (c Calendars) WithDays(currency money.Currency, days int) (Calendars, error) {
	if days < 0 || days > daysMax || !currency.Known() {
		return Calendars{}, fmt.Errorf("%w: T+%d of %q: a known currency and 0 to %d days", ErrCalendar, days, currency,
			daysMax)
	}
	changed := c.Of(currency)
	changed.Days = days
	return c.with(changed), nil
}

func (c Calendars) with(calendar Calendar) Calendars {
	all := maps.Clone(c.byCurrency)
	if all == nil {
		all = map[money.Currency]Calendar{}
	}
	all[calendar.Currency] = calendar
	return Calendars{byCurrency: all}
}

// ErrCalendar means that a list of holidays cannot be read.
var ErrCalendar = errors.New("window: calendar")

// linesMax bounds a list of holidays: 150 currencies of 250 lines.
const linesMax = 40_000

// ReadCalendars reads a list of holidays in the form of the published one and
// returns the calendars with those that it names put in the place of the old
// ones.
func ReadCalendars(base Calendars, list io.Reader) (Calendars, error) {
	read, number := calendarReader{calendars: base}, 0
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		if number++; number > linesMax {
			return Calendars{}, fmt.Errorf("%w: more than %d lines", ErrCalendar, linesMax)
		}
		if err := read.line(strings.TrimSpace(lines.Text())); err != nil {
			return Calendars{}, fmt.Errorf("%w: line %d: %w", ErrCalendar, number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return Calendars{}, fmt.Errorf("%w: %w", ErrCalendar, err)
	}
	return read.calendars, nil
}

type calendarReader struct {
	calendars Calendars
	current   *Calendar
	seen      map[money.Currency]bool
}

func (r *calendarReader) line(text string) error {
	rule, rest, _ := strings.Cut(text, " ")
	switch {
	case text == "" || text[0] == '#':
		return nil
	case rule == "calendar":
		return r.start(rest)
	case r.current == nil:
		return errors.New("a holiday before the first calendar")
	case strings.TrimSpace(rest) == "":
		return errors.New("a holiday without a name")
	default:
		return r.current.add(rule)
	}
}

func (r *calendarReader) start(text string) error {
	fields := strings.SplitN(text, " ", 4)
	if len(fields) < 4 {
		return errors.New("a calendar has a currency, a zone, the last day covered and a source")
	}
	currency := money.Currency(fields[0])
	zone, err := time.LoadLocation(fields[1])
	covered, dateErr := time.Parse(time.DateOnly, fields[2])
	switch {
	case !currency.Known():
		return fmt.Errorf("currency %q is not known", currency)
	case r.seen[currency]:
		return fmt.Errorf("%s has two calendars", currency)
	case err != nil || fields[1] == "" || fields[1] == "Local":
		return fmt.Errorf("zone %q is not known", fields[1])
	case dateErr != nil:
		return fmt.Errorf("%q is not a day", fields[2])
	}
	if r.seen == nil {
		r.seen = map[money.Currency]bool{}
	}
	r.seen[currency] = true
	calendar := Calendar{
		Currency: currency, Zone: zone, Covered: covered, Source: fields[3], Days: r.calendars.Of(currency).Days,
		fixed: map[monthDay]bool{}, easter: map[int]bool{}, listed: map[time.Time]bool{},
	}
	r.current, r.calendars = &calendar, r.calendars.with(calendar)
	return nil
}

// leapYear is a year in which every day of a year is one.
const leapYear = "2000-"

func (c *Calendar) add(rule string) error {
	if offset, found := strings.CutPrefix(rule, "easter"); found {
		days, err := strconv.Atoi(offset)
		if err != nil || days < -60 || days > 60 {
			return fmt.Errorf("%q is not a day around Easter", rule)
		}
		c.easter[days] = true
		return nil
	}
	if day, err := time.Parse(time.DateOnly, leapYear+rule); err == nil {
		c.fixed[monthDay{day.Month(), day.Day()}] = true
		return nil
	}
	day, err := time.Parse(time.DateOnly, rule)
	if err != nil {
		return fmt.Errorf("%q is not a day", rule)
	}
	if day.After(c.Covered) {
		return fmt.Errorf("%s is after the last day that is covered", rule)
	}
	c.listed[day] = true
	return nil
}
