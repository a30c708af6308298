package route

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones must not depend on what the machine has installed

	"github.com/causeway-pay/causeway/internal/reason"
)

// Hours are when a corridor is open, by the clocks on the walls of one place. On the
// day that clocks go forward the hour that is left out is nowhere; when they go back
// both hours of that name count. The zero Hours are all hours.
type Hours struct {
	// days says on which days the opening begins, Sunday first.
	days [7]bool
	// from and until are minutes of the day, at most 24 hours; until is after
	// midnight if it is before from.
	from, until int
	zone        *time.Location
}

// hoursMost bounds the text of hours: seven days, a span and the longest zone name
// have 72 characters.
const hoursMost = 100

const dayMinutes = 24 * 60

var dayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ParseHours reads hours as String writes them: the days on which they begin, from
// and until, and a zone of the IANA database, as in
// "mon tue wed thu fri 09:00-17:30 Asia/Tokyo" or "sat 22:00-02:00 Europe/Paris".
// The empty text is all hours. The error is of kind [reason.InvalidRequest].
func ParseHours(text string) (Hours, error) {
	var h Hours
	if text == "" {
		return h, nil
	}
	words := strings.Split(text, " ")
	if len(text) > hoursMost || len(words) < 3 {
		return Hours{}, badHours("want days, from-until and a time zone")
	}
	span, zone := words[len(words)-2], words[len(words)-1]
	for _, word := range words[:len(words)-2] {
		day := slices.Index(dayNames[:], word)
		if day < 0 || h.days[day] {
			return Hours{}, badHours("a day is one of sun to sat, each once")
		}
		h.days[day] = true
	}
	var err error
	if h.from, h.until, err = parseSpan(span); err != nil {
		return Hours{}, err
	}
	// "Local" would be another place on another machine.
	if h.zone, err = time.LoadLocation(zone); err != nil || zone == "Local" || zone == "" {
		return Hours{}, badHours("a time zone is a name such as Asia/Tokyo")
	}
	return h, nil
}

func badHours(detail string) error {
	return reason.New(reason.InvalidRequest, "route.ParseHours", "hours: "+detail)
}

func parseSpan(text string) (from, until int, err error) {
	first, second, _ := strings.Cut(text, "-")
	from, ok := parseClock(first)
	if !ok || from == dayMinutes {
		return 0, 0, badHours("from is 00:00 to 23:59")
	}
	until, ok = parseClock(second)
	if !ok || until == 0 || until == from {
		return 0, 0, badHours("until is 00:01 to 24:00, and another time than from")
	}
	return from, until, nil
}

func parseClock(text string) (minutes int, ok bool) {
	if len(text) != len("00:00") || text[2] != ':' || strings.Trim(text[:2]+text[3:], "0123456789") != "" {
		return 0, false
	}
	hour, minute := int(text[0]-'0')*10+int(text[1]-'0'), int(text[3]-'0')*10+int(text[4]-'0')
	minutes = hour*60 + minute
	return minutes, minute < 60 && minutes <= dayMinutes
}

// String writes hours in their one form, and "" for all hours.
func (h Hours) String() string {
	if h.zone == nil {
		return ""
	}
	var text strings.Builder
	for i := range dayNames {
		if day := (i + 1) % len(dayNames); h.days[day] { // the week begins on Monday
			text.WriteString(dayNames[day] + " ")
		}
	}
	fmt.Fprintf(&text, "%02d:%02d-%02d:%02d %s", h.from/60, h.from%60, h.until/60, h.until%60, h.zone)
	return text.String()
}

// Open reports whether a time is within the hours: from the first minute on, and
// before the last.
func (h Hours) Open(at time.Time) bool {
	if h.zone == nil {
		return true
	}
	wall := at.In(h.zone)
	today, minute := int(wall.Weekday()), wall.Hour()*60+wall.Minute()
	if h.from < h.until {
		return h.days[today] && minute >= h.from && minute < h.until
	}
	yesterday := (today + 6) % 7
	return h.days[today] && minute >= h.from || h.days[yesterday] && minute < h.until
}
