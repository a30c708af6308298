package window

import (
	"time"
	_ "time/tzdata" // a hub without the system's zones must know them too

	"github.com/causeway-pay/causeway/money"
)

// Calendar says on which days the settlement system of a currency works. A day
// is its midnight in UTC, whatever the zone.
type Calendar struct {
	Currency money.Currency
	// Zone is where the days of the currency begin and end.
	Zone *time.Location
	// Covered is the last day for which the holidays are listed. Beyond it only
	// weekends and the holidays of every year are known.
	Covered time.Time
	// Source names the rule that the holidays follow.
	Source string
	// Days is how many business days after the close money is due.
	Days int

	fixed  map[monthDay]bool
	easter map[int]bool
	listed map[time.Time]bool
}

type monthDay struct {
	month time.Month
	day   int
}

// DaysUsual is how many business days after the close money is due unless
// configured otherwise: T+1, as the schemes do it.
const DaysUsual = 1

// restMax bounds the days in a row on which no system works, so that a calendar
// by mistake without business days ends the search. The longest real one, the
// end of Ramadan with weekends, has ten.
const restMax = 60

// DateOf returns the calendar's day at a moment.
func (c Calendar) DateOf(moment time.Time) time.Time {
	local := moment.In(c.Zone)
	return date(local.Year(), local.Month(), local.Day())
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// BusinessDay reports whether money moves on a day.
func (c Calendar) BusinessDay(day time.Time) bool {
	switch {
	case day.Weekday() == time.Saturday || day.Weekday() == time.Sunday:
		return false
	case c.fixed[monthDay{day.Month(), day.Day()}] || c.listed[day]:
		return false
	default:
		return !c.easter[int(day.Sub(easterSunday(day.Year()))/(24*time.Hour))]
	}
}

// NextBusinessDay returns the first business day after a day.
func (c Calendar) NextBusinessDay(day time.Time) time.Time {
	next := day.AddDate(0, 0, 1)
	for range restMax {
		if c.BusinessDay(next) {
			break
		}
		next = next.AddDate(0, 0, 1)
	}
	return next
}

// ValueDate returns the day on which money of a window that closes at a moment
// is due: so many business days after the day of the close as the calendar says.
// With none it is the day itself, or the next business day.
func (c Calendar) ValueDate(closed time.Time) time.Time {
	if c.Days == 0 {
		return c.Soonest(closed)
	}
	day := c.DateOf(closed)
	for range c.Days {
		day = c.NextBusinessDay(day)
	}
	return day
}

// Soonest returns the first day on which money can move from a moment on.
func (c Calendar) Soonest(moment time.Time) time.Time {
	day := c.DateOf(moment)
	if !c.BusinessDay(day) {
		return c.NextBusinessDay(day)
	}
	return day
}

// easterSunday returns Easter of the western churches (Meeus, Jones and
// Butcher's rule for the Gregorian calendar).
func easterSunday(year int) time.Time {
	golden, century, rest := year%19, year/100, year%100
	correction := (century - (century+8)/25 + 1) / 3
	epact := (19*golden + century - century/4 - correction + 15) % 30
	weekday := (32 + 2*(century%4) + 2*(rest/4) - epact - rest%4) % 7
	shift := (golden + 11*epact + 22*weekday) / 451
	month, day := (epact+weekday-7*shift+114)/31, (epact+weekday-7*shift+114)%31+1
	return date(year, time.Month(month), day)
}
