package keeper

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

// TestSame: files that make the version that is there are not read again, packed or
// not; any other are.
func TestSame(t *testing.T) {
	const rows = "id,name\n7,Viktor Blocksworth\n"
	list, err := lists.Read("OWN", lists.FormatSimple, strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := pack([]byte(rows))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		parts []part
		want  bool
	}{
		"as it was":   {[]part{{body: []byte(rows)}}, true},
		"packed":      {[]part{{body: packed}}, true},
		"a letter":    {[]part{{body: []byte(strings.ToUpper(rows))}}, false},
		"twice":       {[]part{{body: []byte(rows)}, {body: []byte(rows)}}, false},
		"cut off":     {[]part{{body: packed[:len(packed)-9]}}, false},
		"no gzip":     {[]part{{body: packed[:4]}}, false},
		"empty":       {[]part{{}}, false},
		"not a thing": {nil, false},
	} {
		if got := same(list, c.parts); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestRedirects: servers may hand on, but not for ever, and not from https to where
// anybody can write.
func TestRedirects(t *testing.T) {
	request := func(place string) *http.Request {
		r, err := http.NewRequest(http.MethodGet, place, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for name, c := range map[string]struct {
		to   string
		from []string
		good bool
	}{
		"on":                {"https://b.example", []string{"https://a.example"}, true},
		"up":                {"https://b.example", []string{"http://a.example"}, true},
		"as it was":         {"http://b.example", []string{"http://a.example"}, true},
		"down":              {"http://b.example", []string{"https://a.example"}, false},
		"down, later":       {"http://b.example", []string{"https://a.example", "https://b.example"}, false},
		"the fifth":         {"https://f.example", slices.Repeat([]string{"https://a.example"}, 4), true},
		"one after another": {"https://f.example", slices.Repeat([]string{"https://a.example"}, 5), false},
	} {
		var via []*http.Request
		for _, place := range c.from {
			via = append(via, request(place))
		}
		if err := client().CheckRedirect(request(c.to), via); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTurns: a list is due from its time on, for one hub, and one that is not there for
// everybody.
func TestTurns(t *testing.T) {
	steps, err := Migrations()
	if err != nil {
		t.Fatal(err)
	}
	pool := dbtest.Migrated(t, steps)
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	in := func(work func(ctx context.Context, tx db.Tx) error) {
		t.Helper()
		if err := pool.InTx(t.Context(), work); err != nil {
			t.Fatal(err)
		}
	}
	turn := func(list string, at time.Time) (due bool) {
		t.Helper()
		in(func(ctx context.Context, tx db.Tx) (err error) {
			due, err = takeTurn(ctx, tx, list, at, at.Add(time.Hour))
			return err
		})
		return due
	}
	in(func(ctx context.Context, tx db.Tx) error {
		return activate(ctx, tx, "OWN", "", "1", noon, noon.Add(time.Hour))
	})
	for i, step := range []struct {
		list string
		at   time.Duration
		due  bool
	}{
		{"OWN", 0, false}, {"OWN", time.Hour - time.Microsecond, false}, {"OWN", time.Hour, true}, {"OWN", time.Hour, false},
		{"OWN", 2*time.Hour - time.Microsecond, false}, {"OWN", 3 * time.Hour, true}, {"OWN", 3 * time.Hour, false},
		{"NEW", 0, true}, {"NEW", 0, true},
	} {
		if due := turn(step.list, noon.Add(step.at)); due != step.due {
			t.Errorf("step %d, %+v: %v", i+1, step, due)
		}
	}
}
