package node

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/internal/keys"
)

const year = 365 * 24 * time.Hour

// TestPersonsStayLongEnough: nobody is erased before the time that the law asks for, and
// nobody is asked to be kept for less than a payment may be refunded.
func TestPersonsStayLongEnough(t *testing.T) {
	for _, c := range []struct {
		keep, minimum, want time.Duration
		problem             string
	}{
		{0, 0, 5 * year, ""},
		{3 * year, 0, 3 * year, ""},
		{5 * year, 0, 5 * year, ""},
		{10 * year, 0, 5 * year, ""},
		{10 * year, 2 * year, 2 * year, ""},
		{10 * year, 10 * year, 10 * year, ""},
		{0, 7 * year, 7 * year, ""},
		{2 * year, 2 * year, 2 * year, ""},
		{2*year - 1, 0, 2*year - 1, "privacy.keep: want"},
		{-1, 0, 5 * year, "privacy.keep: want"},
		{0, 2*year - 1, 2*year - 1, "privacy.minimum: want"},
		{3 * year, 3*year + 1, 3*year + 1, "longer than privacy.keep"},
	} {
		p := PrivacyConfig{Keep: c.keep, Minimum: c.minimum}
		if got := p.minimum(); got != c.want {
			t.Errorf("%+v: persons stay for %s, want %s", p, got, c.want)
		}
		err := p.validate()
		if (err != nil) != (c.problem != "") || err != nil && !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%+v: %v, want %q", p, err, c.problem)
		}
	}
	many := PrivacyConfig{Keys: slices.Repeat([]string{"x"}, keysMost+1)}
	if err := many.validate(); err == nil || !strings.Contains(err.Error(), "more than 520") {
		t.Errorf("%d keys: %v", len(many.Keys), err)
	}
}

// TestKeysAreKnownInTime: what is not said has its default, less than nothing is at once
// or for ever, and a new version is seen by every hub before it is signed with.
func TestKeysAreKnownInTime(t *testing.T) {
	for _, c := range []struct {
		announce, lifetime, refresh time.Duration
		want                        keys.Policy
		good                        bool
	}{
		{0, 0, 0, keys.Policy{Announce: 24 * time.Hour, Lifetime: year, Refresh: 10 * time.Second}, true},
		{-1, -1, time.Second, keys.Policy{Refresh: time.Second}, true},
		{20 * time.Second, 0, 10 * time.Second,
			keys.Policy{Announce: 20 * time.Second, Lifetime: year, Refresh: 10 * time.Second}, true},
		{20 * time.Second, 0, 10*time.Second + 1,
			keys.Policy{Announce: 20 * time.Second, Lifetime: year, Refresh: 10*time.Second + 1}, false},
		{0, 0, -1, keys.Policy{Announce: 24 * time.Hour, Lifetime: year}, false},
	} {
		k := KeysConfig{Dir: "keys", Announce: c.announce, Lifetime: c.lifetime, Refresh: c.refresh}
		if got := k.policy(); got != c.want {
			t.Errorf("%+v: %+v, want %+v", k, got, c.want)
		}
		err := k.validate()
		if (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), "keys.refresh") {
			t.Errorf("%+v: %v", k, err)
		}
	}
	for _, k := range []KeysConfig{{}, {Dir: "keys", Transit: "hub"}} {
		if err := k.validate(); err == nil || !strings.Contains(err.Error(), "keys.dir") {
			t.Errorf("%+v: %v", k, err)
		}
	}
}

// TestListsAreLookedAt: files of one name are one list, in the order in which they are
// named, which is looked at as often as the most urgent of them.
func TestListsAreLookedAt(t *testing.T) {
	got := sources([]ListConfig{
		{Name: "UN", Format: "un-xml", URL: "https://un.example/list"},
		{Name: "OFAC", Format: "ofac-xml", File: "sdn.xml"},
		{Name: "OWN", Format: "simple", File: "own.csv", Every: time.Hour},
		{Name: "OFAC", Format: "ofac-xml", URL: "https://ofac.example/more"},
		{Name: "OWN", Format: "simple", File: "more.csv", Every: 30 * time.Second},
	})
	want := []keeper.Source{
		{Name: "UN", Every: 15 * time.Minute, Files: []keeper.File{{Format: "un-xml", Place: "https://un.example/list"}}},
		{Name: "OFAC", Every: time.Minute, Files: []keeper.File{
			{Format: "ofac-xml", Place: "sdn.xml"}, {Format: "ofac-xml", Place: "https://ofac.example/more"},
		}},
		{Name: "OWN", Every: 30 * time.Second, Files: []keeper.File{
			{Format: "simple", Place: "own.csv"}, {Format: "simple", Place: "more.csv"},
		}},
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
	for every, good := range map[time.Duration]bool{0: true, listEveryMin: true, listEveryMin - 1: false, -1: false} {
		l := ListConfig{Name: "OWN", Format: "simple", File: "own.csv", Every: every}
		if err := l.validate("lists[0]"); (err == nil) != good {
			t.Errorf("every %s: %v", every, err)
		}
	}
}

// TestListsMayChange: what is said takes the place of the default, what is not leaves it.
func TestListsMayChange(t *testing.T) {
	for config, want := range map[ComplianceConfig]string{
		{}: fmt.Sprint(24*time.Hour, lists.DefaultGuard),
		{ListAge: time.Hour, ShrinkPercent: 99, GrowPercent: 300}: fmt.Sprint(time.Hour,
			lists.Guard{ShrinkMax: 99, GrowMax: 300}),
		{GrowPercent: 1}: fmt.Sprint(24*time.Hour, lists.Guard{ShrinkMax: lists.DefaultGuard.ShrinkMax, GrowMax: 1}),
	} {
		if got := fmt.Sprint(config.listAge(), config.guard()); got != want {
			t.Errorf("%+v: %s, want %s", config, got, want)
		}
	}
}
