package alipayplus

import (
	"strconv"
	"time"
)

// bodyTimeLayouts are the readings of a DateTime in a body: ISO 8601 with an
// offset, with or without its colon, with or without a fraction.
var bodyTimeLayouts = [...]string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700"}

// Times of bodies are from firstYear to lastYear in UTC, which every message of ours can say.
const (
	firstYear = 1970
	lastYear  = 9999
)

// parseBodyTime reads a DateTime of a body. A time without an offset is
// nowhere, and refused, and so is one that no message could say again.
func parseBodyTime(text string) (time.Time, bool) {
	for _, layout := range bodyTimeLayouts {
		at, err := time.Parse(layout, text)
		if at = at.UTC(); err == nil && at.Year() >= firstYear && at.Year() <= lastYear {
			return at, true
		}
	}
	return time.Time{}, false
}

// parseHeaderTime reads Request-Time and Response-Time for the freshness check
// alone: ISO 8601 with an offset, or what has passed since 1970, in milliseconds as
// some published SDKs send it and in nanoseconds as another one does. For the
// signature the header stays the text that it is.
func parseHeaderTime(text string) (time.Time, bool) {
	if !allDigits(text) {
		return parseBodyTime(text)
	}
	passed, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return time.Time{}, false
	case len(text) <= millisMost:
		return time.UnixMilli(passed).UTC(), true
	default:
		return time.Unix(0, passed).UTC(), true
	}
}

// millisMost is how many digits of milliseconds there are at most until the year
// 33658. Nanoseconds have had more since four months after 1970 began.
const millisMost = 15

// formatTime writes a DateTime: ISO 8601 in UTC, to the millisecond where it is
// not a whole second. The zero time is the absent text.
func formatTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.999Z07:00")
}

// fresh reports whether a time is within the window of now, either way.
func fresh(at, now time.Time, window time.Duration) bool {
	return at.Sub(now).Abs() <= window
}
