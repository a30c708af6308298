package clock_test

import (
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
)

func TestSystem(t *testing.T) {
	before := time.Now().Add(-time.Millisecond)
	now := clock.System{}.Now()
	if now.Before(before) || now.After(time.Now()) || now.Location() != time.UTC || now.Nanosecond()%1000 != 0 {
		t.Errorf("got %s", now)
	}
}

func TestFixed(t *testing.T) {
	c := &clock.Fixed{At: time.Date(2026, 1, 2, 3, 4, 5, 6789, time.FixedZone("JST", 9*60*60))}
	if want := time.Date(2026, 1, 1, 18, 4, 5, 6000, time.UTC); c.Now() != want {
		t.Errorf("got %s, want %s", c.Now(), want)
	}
	c.Advance(time.Hour)
	if c.Now().Hour() != 19 {
		t.Errorf("got %s after an hour", c.Now())
	}
}
