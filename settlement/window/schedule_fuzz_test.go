package window_test

import (
	"errors"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/settlement/window"
)

// FuzzNewSchedule: whatever a configuration says, it is refused, or windows close within two
// days of being opened, later than that, and never twice at one moment.
func FuzzNewSchedule(f *testing.F) {
	f.Add("Asia/Singapore", "00:00", "16:30", int64(1_767_225_600))
	f.Add("Europe/Berlin", "02:30", "02:30", int64(1_774_745_999))
	f.Add("Pacific/Apia", "12:00", "", int64(1_325_239_200))
	f.Add("Local", "24:00", "7:5", int64(0))
	f.Fuzz(func(t *testing.T, zone, first, second string, opened int64) {
		s, err := window.NewSchedule(zone, []string{first, second})
		if err != nil {
			if !errors.Is(err, window.ErrCalendar) {
				t.Errorf("%v", err)
			}
			return
		}
		from := time.Unix(opened%(1<<33), 0)
		next := s.Next(from)
		if !next.After(from) || next.Sub(from) > 50*time.Hour || s.Due(from, next.Add(-1)) || !s.Due(from, next) {
			t.Errorf("%s %s %s: %s after %s", zone, first, second, next, from)
		}
	})
}
