package window

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Schedule says when the window of a region closes by itself.
type Schedule struct {
	zone  *time.Location
	times []wallTime
}

// wallTime is what a clock on the wall shows.
type wallTime struct{ hour, minute int }

// timesMax bounds the cut-offs of a day: one every half hour.
const timesMax = 48

// NewSchedule returns the schedule of cut-offs at times of day, such as "16:00",
// in a zone, every day. Without times it never closes a window.
func NewSchedule(zone string, times []string) (Schedule, error) {
	location, err := time.LoadLocation(cmp.Or(zone, "UTC"))
	if err != nil || zone == "Local" {
		return Schedule{}, fmt.Errorf("%w: zone %q is not known", ErrCalendar, zone)
	}
	if len(times) > timesMax {
		return Schedule{}, fmt.Errorf("%w: %d cut-offs a day, at most %d", ErrCalendar, len(times), timesMax)
	}
	schedule := Schedule{zone: location}
	for _, text := range times {
		moment, err := time.Parse("15:04", text)
		if err != nil {
			return Schedule{}, fmt.Errorf("%w: %q is not a time of day", ErrCalendar, text)
		}
		schedule.times = append(schedule.times, wallTime{moment.Hour(), moment.Minute()})
	}
	slices.SortFunc(schedule.times, func(a, b wallTime) int {
		return cmp.Or(cmp.Compare(a.hour, b.hour), cmp.Compare(a.minute, b.minute))
	})
	schedule.times = slices.Compact(schedule.times)
	return schedule, nil
}

// Next returns the first cut-off after a moment, and the zero time if there is
// none. When clocks go forward over a cut-off it comes as much later, and when
// they go back it comes once, at the first of the two moments.
func (s Schedule) Next(after time.Time) time.Time {
	var first time.Time
	if len(s.times) == 0 {
		return first
	}
	local := after.In(s.zone)
	// The day before and two days after take in every shift of a zone.
	for day := -1; day <= 2; day++ {
		for _, at := range s.times {
			moment := s.moment(local.Year(), local.Month(), local.Day()+day, at)
			if moment.After(after) && (first.IsZero() || moment.Before(first)) {
				first = moment
			}
		}
	}
	return first.UTC()
}

// moment is when the clocks of a day show a time, or would if they had not gone
// forward over it.
func (s Schedule) moment(year int, month time.Month, day int, at wallTime) time.Time {
	moment := time.Date(year, month, day, at.hour, at.minute, 0, 0, s.zone)
	_, offset := moment.Zone()
	wanted := time.Date(year, month, day, at.hour, at.minute, 0, 0, time.UTC)
	shown := moment.UTC().Add(time.Duration(offset) * time.Second)
	return moment.Add(max(0, wanted.Sub(shown)))
}

// Due reports whether a window that was opened at a moment should have been
// closed by now.
func (s Schedule) Due(opened, now time.Time) bool {
	next := s.Next(opened)
	return !next.IsZero() && !next.After(now)
}
