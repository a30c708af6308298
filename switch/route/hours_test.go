package route_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/route"
)

func hours(t testing.TB, text string) route.Hours {
	t.Helper()
	h, err := route.ParseHours(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestHoursOpen: the bounds, the week, midnight, and both changes of the clocks. In
// Paris they go forward on 2026-03-29 at 01:00 UTC and back on 2026-10-25 at 01:00
// UTC; in Tokyo never.
func TestHoursOpen(t *testing.T) {
	const (
		tokyo  = "mon tue wed thu fri 09:00-17:30 Asia/Tokyo"
		night  = "sat 22:00-02:00 Europe/Paris"
		gap    = "sun 02:00-03:00 Europe/Paris"
		paris  = "mon tue wed thu fri sat sun 09:00-17:00 Europe/Paris"
		allDay = "sun 00:00-24:00 America/New_York"
	)
	for _, c := range []struct {
		hours, at string
		want      bool
	}{
		{"", "2026-11-25T03:00:00Z", true},
		{tokyo, "2026-11-24T23:59:59Z", false}, {tokyo, "2026-11-25T00:00:00Z", true}, // Wednesday 09:00
		{tokyo, "2026-11-25T08:29:59Z", true}, {tokyo, "2026-11-25T08:30:00Z", false},
		{tokyo, "2026-11-28T03:00:00Z", false}, {tokyo, "2026-11-27T03:00:00Z", true}, // Saturday, Friday
		{tokyo, "2026-11-29T23:59:00Z", false}, {tokyo, "2026-11-30T00:00:00Z", true}, // Monday
		{night, "2026-11-28T20:59:59Z", false}, {night, "2026-11-28T21:00:00Z", true},
		{night, "2026-11-29T00:59:59Z", true}, {night, "2026-11-29T01:00:00Z", false}, // Sunday 02:00
		{night, "2026-11-29T21:30:00Z", false}, {night, "2026-11-28T00:30:00Z", false},
		// Winter: 09:00 in Paris is 08:00 UTC; summer: 07:00 UTC.
		{paris, "2026-03-28T07:30:00Z", false}, {paris, "2026-03-28T08:00:00Z", true},
		{paris, "2026-03-29T07:00:00Z", true}, {paris, "2026-03-29T06:59:59Z", false},
		{paris, "2026-03-29T15:00:00Z", false}, {paris, "2026-10-25T07:30:00Z", false},
		{paris, "2026-10-25T08:00:00Z", true}, {paris, "2026-10-25T15:59:59Z", true},
		// The hour that is left out in spring is nowhere; in autumn it is there twice.
		{gap, "2026-03-29T00:59:59Z", false}, {gap, "2026-03-29T01:00:00Z", false}, {gap, "2026-03-29T01:30:00Z", false},
		{gap, "2026-10-24T23:59:59Z", false}, {gap, "2026-10-25T00:30:00Z", true}, {gap, "2026-10-25T01:30:00Z", true},
		{gap, "2026-10-25T02:00:00Z", false},
		// The night of spring is one hour shorter: from 21:00 UTC until 02:00, which is not
		// there, so until 03:00 summer time.
		{night, "2026-03-28T21:00:00Z", true}, {night, "2026-03-29T00:59:59Z", true}, {night, "2026-03-29T01:00:00Z", false},
		// The night of autumn is one hour longer.
		{night, "2026-10-24T20:00:00Z", true}, {night, "2026-10-24T23:59:59Z", true}, {night, "2026-10-25T00:00:00Z", false},
		{allDay, "2026-11-29T04:59:59Z", false}, {allDay, "2026-11-29T05:00:00Z", true},
		{allDay, "2026-11-30T04:59:59Z", true}, {allDay, "2026-11-30T05:00:00Z", false},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := hours(t, c.hours).Open(at); got != c.want {
			t.Errorf("%q at %s: %v", c.hours, c.at, got)
		}
	}
}

func TestHoursThatAreRefused(t *testing.T) {
	for _, text := range []string{
		" ", "mon", "mon 09:00-17:00", "09:00-17:00 Asia/Tokyo", "mon 09:00 Asia/Tokyo", "mon 9:00-17:00 Asia/Tokyo",
		"Mon 09:00-17:00 Asia/Tokyo", "mon mon 09:00-17:00 Asia/Tokyo", "mon  tue 09:00-17:00 Asia/Tokyo",
		"mon,tue 09:00-17:00 Asia/Tokyo", "mon 09:00-09:00 Asia/Tokyo", "mon 24:00-09:00 Asia/Tokyo",
		"mon 09:00-00:00 Asia/Tokyo", "mon 09:00-24:01 Asia/Tokyo", "mon 09:60-10:00 Asia/Tokyo",
		"mon 09:00-17:00 Local", "mon 09:00-17:00 ", "mon 09:00-17:00 Asia/Edo", "mon 09:00-17:00 ../../etc/passwd",
		"mon 09:00-17:00 +09:00", "mon -9:00-17:00 Asia/Tokyo", "mon 0٩:00-17:00 Asia/Tokyo",
		"mon 09:00-17:00-18:00 Asia/Tokyo", "mon 09:00-17:00 Asia/Tokyo ", strings.Repeat("mon ", 30) + "09:00-17:00 UTC",
	} {
		if h, err := route.ParseHours(text); reason.Of(err) != reason.InvalidRequest {
			t.Errorf("%q is %q, %v", text, h, err)
		}
	}
}

// TestHoursAreOneWeekLong: written and read again they are the same; they are open for
// as long as their days and their span say, in a week without a change of clocks; and a
// minute is open exactly when the plain rule says so.
func TestHoursAreOneWeekLong(t *testing.T) {
	names := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 7, rapid.ID[string]).Draw(t, "days")
		from := rapid.IntRange(0, 1439).Draw(t, "from")
		until := rapid.IntRange(1, 1440).Filter(func(m int) bool { return m != from }).Draw(t, "until")
		zone := rapid.SampledFrom([]string{"UTC", "Asia/Tokyo", "Asia/Kathmandu", "Pacific/Kiritimati"}).Draw(t, "zone")
		text := fmt.Sprintf("%s %02d:%02d-%02d:%02d %s", strings.Join(days, " "), from/60, from%60, until/60, until%60, zone)
		h, err := route.ParseHours(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		again, err := route.ParseHours(h.String())
		if err != nil || again.String() != h.String() {
			t.Fatalf("%q becomes %q, then %q: %v", text, h, again, err)
		}
		length := until - from
		if length < 0 {
			length += 1440
		}
		open, start := 0, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
		for minute := range 7 * 1440 {
			if h.Open(start.Add(time.Duration(minute) * time.Minute)) {
				open++
			}
		}
		if open != len(days)*length {
			t.Fatalf("%q is open for %d minutes of a week, want %d", text, open, len(days)*length)
		}
	})
}

// FuzzParseHours: what is read has one form, which reads the same.
func FuzzParseHours(f *testing.F) {
	for _, seed := range []string{
		"", "mon tue wed thu fri 09:00-17:30 Asia/Tokyo", "sat 22:00-02:00 Europe/Paris", "sun 00:00-24:00 UTC",
		"mon 09:00-17:00 Local", "mon 09:00-17:00 ../x", "mon 99:99-99:99 UTC",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := route.ParseHours(text)
		if err != nil {
			return
		}
		again, err := route.ParseHours(h.String())
		if err != nil || again.String() != h.String() || len(h.String()) > 100 {
			t.Errorf("%q becomes %q, then %q: %v", text, h, again, err)
		}
		for hour := range 48 {
			at := time.Date(2026, 3, 28, hour, 30, 0, 0, time.UTC)
			if h.Open(at) != again.Open(at) {
				t.Errorf("%q and %q differ at %s", text, h, at)
			}
		}
	})
}

// TestCorridorRules: each rule with the result code that a partner sees.
func TestCorridorRules(t *testing.T) {
	at := time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC) // Wednesday noon in Tokyo
	rules := func(change func(*route.Corridor)) route.Corridor {
		c := corridor()
		change(&c)
		return c
	}
	closed := rules(func(c *route.Corridor) { c.Closed = true })
	least := rules(func(c *route.Corridor) { c.Minimum = 500 })
	daytime := rules(func(c *route.Corridor) { c.Hours = hours(t, "wed 09:00-17:00 Asia/Tokyo") })
	some := rules(func(c *route.Corridor) { c.Wallets = []string{"AA-WALLET", "HK-WALLET"} })
	others := rules(func(c *route.Corridor) { c.Wallets = []string{"AA-WALLET"} })
	for _, c := range []struct {
		name     string
		corridor route.Corridor
		minor    int64
		at       time.Time
		want     string
	}{
		{"closed", closed, 1000, at, "BUSINESS_NOT_SUPPORT"},
		{"the least", least, 500, at, ""},
		{"below the least", least, 499, at, "PARAM_ILLEGAL"},
		{"no amount yet", least, 0, at, ""},
		{"within the hours", daytime, 1000, at, ""},
		{"after hours", daytime, 1000, at.Add(5 * time.Hour), "UNAVAILABLE_PAYMENT_METHOD"},
		{"on another day", daytime, 1000, at.Add(24 * time.Hour), "UNAVAILABLE_PAYMENT_METHOD"},
		{"one of the wallets", some, 1000, at, ""},
		{"none of the wallets", others, 1000, at, "BUSINESS_NOT_SUPPORT"},
		{"above the limit", some, 100_001, at, "PAYMENT_AMOUNT_EXCEED_LIMIT"},
	} {
		d := route.NewDirectory([]route.Participant{wallet(), acquirer()}, []route.Corridor{c.corridor})
		_, err := d.Corridor(wallet(), acquirer(), money.New(c.minor, "JPY"), c.at)
		got := ""
		if err != nil {
			got = reason.Of(err).Codes().APS
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.name, got, c.want, err)
		}
	}
}

func TestCorridorProblem(t *testing.T) {
	if problem := corridor().Problem(); problem != "" {
		t.Fatal(problem)
	}
	for want, change := range map[string]func(*route.Corridor){
		"country": func(c *route.Corridor) { c.PayerCountry = "hk" },
		"markup":  func(c *route.Corridor) { c.MerchantMarkup = 2_001 },
		"limit":   func(c *route.Corridor) { c.Limit.Minor = 0 },
		"minimum": func(c *route.Corridor) { c.Minimum = c.Limit.Minor + 1 },
		"wallets": func(c *route.Corridor) { c.Wallets = []string{"A B"} },
	} {
		c := corridor()
		change(&c)
		if problem := c.Problem(); !strings.Contains(problem, want) {
			t.Errorf("%s: %q", want, problem)
		}
	}
}

// TestCorridorIsStored: with all its rules, and without them again.
func TestCorridorIsStored(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		full := corridor()
		full.Minimum, full.Closed, full.Wallets = 7, true, []string{"HK-A", "HK-B"}
		full.Hours = hours(t, "mon sat 22:00-02:00 Europe/Paris")
		for _, c := range []route.Corridor{full, corridor()} {
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return route.SaveCorridor(ctx, tx, c) })
			d, err := route.Load(t.Context(), pool)
			if err != nil {
				t.Fatal(err)
			}
			got := d.Corridors()
			if len(got) != 1 || got[0].Hours.String() != c.Hours.String() {
				t.Fatalf("%+v", got)
			}
			got[0].Hours, c.Hours = route.Hours{}, route.Hours{}
			if !reflect.DeepEqual(got[0], c) {
				t.Errorf("%+v, want %+v", got[0], c)
			}
		}
	})
}
