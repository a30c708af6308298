package match

import (
	"strconv"
	"strings"
	"time"
)

// Date is a day, month or year, or some years, as lists and people know them.
type Date struct {
	// Year is the year or the first of several; Until is the last, 0 when there
	// is one. Month and Day are 0 when they are not known.
	Year, Month, Day, Until int
	// About says that the list is not sure.
	About bool
}

var dateLayouts = []struct {
	layout string
	parts  int
}{
	{"2 Jan 2006", 3}, {"2 January 2006", 3}, {"2006-01-02", 3}, {"2006-01-02T15:04:05", 3}, {"2.1.2006", 3},
	{"02/01/2006", 3}, {"Jan 2006", 2}, {"January 2006", 2}, {"2006-01", 2}, {"2006", 1},
}

// ParseDate reads a date as the published lists write it: "09 Feb 1980", "Mar
// 1978", "1963", "circa 1963", "1963 to 1964", "1980-02-09", "00/00/1980",
// "9.2.1980". False when it is none of these.
func ParseDate(text string) (Date, bool) {
	text = strings.TrimSpace(text)
	about := false
	for _, word := range []string{"circa ", "Circa ", "approximately ", "c. "} {
		if rest, ok := strings.CutPrefix(text, word); ok {
			text, about = rest, true
		}
	}
	text = strings.TrimPrefix(strings.TrimPrefix(text, "00/"), "00/")
	if first, last, ok := strings.Cut(text, " to "); ok {
		from, okFrom := ParseDate(first)
		until, okUntil := ParseDate(last)
		return rangeOf(from, until, about), okFrom && okUntil
	}
	if month, year, ok := strings.Cut(text, "/"); ok && len(month) == 2 && len(year) == 4 {
		text = year + "-" + month
	}
	for _, l := range dateLayouts {
		if t, err := time.Parse(l.layout, text); err == nil {
			return dateOf(t, l.parts, about), true
		}
	}
	return Date{}, false
}

// rangeOf is the years of two dates, whichever of them comes first.
func rangeOf(from, until Date, about bool) Date {
	about = about || from.About || until.About
	first, last := min(from.Year, until.Year), max(from.Year, until.Year, from.Until, until.Until)
	return Date{Year: first, Until: last, About: about}
}

func dateOf(t time.Time, parts int, about bool) Date {
	d := Date{Year: t.Year(), About: about}
	if parts > 1 {
		d.Month = int(t.Month())
	}
	if parts > 2 {
		d.Day = t.Day()
	}
	return d
}

// String writes the date as far as it is known: 1980-02-09, 1980-02, 1963-1964.
func (d Date) String() string {
	text := strconv.Itoa(d.Year)
	switch {
	case d.Until > 0:
		return text + "-" + strconv.Itoa(d.Until)
	case d.Month == 0:
		return text
	case d.Day == 0:
		return time.Date(d.Year, time.Month(d.Month), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// sloppy is how many years a date may be off that a list is not sure of; others
// may be one off, as years of other calendars often are. Dates that are more
// than farYears apart are not those of one person.
const (
	sloppy   = 3
	farYears = 5
)

// agreement is what two dates say about one another.
type agreement int

const (
	unknownDate agreement = iota
	sameDay
	sameYear
	nearYear
	otherYear
	farYear
)

// agree compares a known date of birth with a listed one, by the years of both that are
// nearest to one another.
func (d Date) agree(listed Date) agreement {
	if d.Year == 0 || listed.Year == 0 {
		return unknownDate
	}
	margin := 1
	if listed.About || d.About {
		margin = sloppy
	}
	apart := max(0, listed.Year-max(d.Until, d.Year), d.Year-max(listed.Until, listed.Year))
	switch {
	case apart > margin+farYears:
		return farYear
	case apart > margin:
		return otherYear
	case apart > 0:
		return nearYear
	case d.Day > 0 && d.Day == listed.Day && d.Month == listed.Month:
		return sameDay
	}
	return sameYear
}
