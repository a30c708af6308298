package window_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/settlement/window"
)

func schedule(t testing.TB, zone string, times ...string) window.Schedule {
	t.Helper()
	s, err := window.NewSchedule(zone, times)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNextCutOff(t *testing.T) {
	cases := []struct {
		zone        string
		times       []string
		after, next string
	}{
		{"Asia/Singapore", []string{"00:00"}, "2026-11-25T10:00:00Z", "2026-11-25T16:00:00Z"},
		{"Asia/Singapore", []string{"00:00"}, "2026-11-25T16:00:00Z", "2026-11-26T16:00:00Z"},
		{"", []string{"18:00", "06:00", "18:00"}, "2026-12-31T19:00:00Z", "2027-01-01T06:00:00Z"},
		// Clocks go forward from 02:00 to 03:00: the cut-off comes at 03:30 in summer time.
		{"America/New_York", []string{"02:30"}, "2026-03-08T05:00:00Z", "2026-03-08T07:30:00Z"},
		{"America/New_York", []string{"02:30"}, "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"},
		// Clocks go back from 02:00 to 01:00: the cut-off comes at the first 01:30, and once.
		{"America/New_York", []string{"01:30"}, "2026-11-01T04:00:00Z", "2026-11-01T05:30:00Z"},
		{"America/New_York", []string{"01:30"}, "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"},
		// Here they go forward at midnight.
		{"Africa/Cairo", []string{"00:30"}, "2026-04-23T12:00:00Z", "2026-04-23T22:30:00Z"},
		{"Europe/Berlin", []string{"17:00"}, "2026-03-28T17:00:00Z", "2026-03-29T15:00:00Z"},
		{"Europe/Berlin", []string{"17:00"}, "2026-10-24T15:00:00Z", "2026-10-25T16:00:00Z"},
	}
	for _, tt := range cases {
		got := schedule(t, tt.zone, tt.times...).Next(moment(t, tt.after))
		if !got.Equal(moment(t, tt.next)) {
			t.Errorf("%s %v after %s: %s, want %s", tt.zone, tt.times, tt.after, got, tt.next)
		}
	}
}

// TestCutOffsComeInTurn: from any moment in any zone the cut-offs follow each
// other, each once a day, and one is due exactly from its moment on.
func TestCutOffsComeInTurn(t *testing.T) {
	zones := []string{"UTC", "Asia/Singapore", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata"}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		at := fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
		s, err := window.NewSchedule(zone, []string{at})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		after := start.Add(time.Duration(rapid.Int64Range(0, 2*365*24*3600).Draw(t, "second")) * time.Second)
		first := s.Next(after)
		second := s.Next(first)
		gap := second.Sub(first)
		if !first.After(after) || first.Sub(after) > 26*time.Hour || gap < 22*time.Hour || gap > 26*time.Hour {
			t.Fatalf("%s %s after %s: %s, then %s", zone, at, after, first, second)
		}
		if s.Due(after, first.Add(-time.Second)) || !s.Due(after, first) || s.Due(first, first) {
			t.Fatalf("%s %s: due at the wrong moment", zone, at)
		}
	})
}

func TestNoSchedule(t *testing.T) {
	var none window.Schedule
	if !none.Next(at).IsZero() || none.Due(at, at.AddDate(1, 0, 0)) {
		t.Error("a schedule without times closes windows")
	}
	for name, build := range map[string]func() (window.Schedule, error){
		"zone": func() (window.Schedule, error) { return window.NewSchedule("Asia/Edo", nil) },
		"here": func() (window.Schedule, error) { return window.NewSchedule("Local", nil) },
		"time": func() (window.Schedule, error) { return window.NewSchedule("UTC", []string{"24:00"}) },
		"many": func() (window.Schedule, error) { return window.NewSchedule("UTC", make([]string, 49)) },
	} {
		if _, err := build(); !errors.Is(err, window.ErrCalendar) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
