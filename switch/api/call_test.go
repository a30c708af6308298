package api

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

type line struct {
	at time.Time
	id ids.ID
}

// before is the order of the listings: newest first, ties by id.
func before(a line, at time.Time, id ids.ID) bool {
	return a.at.Before(at) || a.at.Equal(at) && a.id.String() < id.String()
}

// TestPagesAreTheWhole: whatever the rows and the length of the page, following
// the cursors shows each row once and in order.
func TestPagesAreTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := make([]line, rapid.IntRange(0, 40).Draw(t, "rows"))
		for i := range rows {
			rows[i] = line{time.UnixMicro(rapid.Int64Range(0, 5).Draw(t, "at")).UTC(), ids.Derive(ids.Nil, "row", int64(i))}
		}
		slices.SortFunc(rows, func(a, b line) int {
			return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.id.String(), a.id.String()))
		})
		limit := fmt.Sprint(rapid.IntRange(1, 10).Draw(t, "limit"))
		var seen []line
		next := ""
		for pages := 0; ; pages++ {
			p, err := pageOf(url.Values{"limit": {limit}, "before": {next}})
			if err != nil || pages > len(rows) {
				t.Fatalf("page %d: %v", pages, err)
			}
			var found []line
			for _, row := range rows {
				if before(row, p.before, p.id) && len(found) < p.more() {
					found = append(found, row)
				}
			}
			var page []line
			page, next = cut(p, found, func(l line) (time.Time, ids.ID) { return l.at, l.id })
			seen = append(seen, page...)
			if next == "" {
				break
			}
		}
		if !slices.Equal(seen, rows) {
			t.Fatalf("saw %d rows of %d", len(seen), len(rows))
		}
	})
}

// TestProblems: each reason has its own status and name; only a final one says
// more.
func TestProblems(t *testing.T) {
	for _, kind := range reason.Kinds() {
		wrapped := fmt.Errorf("somewhere: %w", reason.New(kind, "test", "a detail"))
		problem, codes := problemOf(wrapped), kind.Codes()
		if kind == reason.NotFound {
			codes = reason.Missing.Codes()
		}
		if problem.Status != codes.HTTP || problem.Reason != codes.Name || problem.Title != codes.Text ||
			problem.Type != "urn:causeway:reason:"+codes.Name {
			t.Errorf("%s: %+v", kind, problem)
		}
		says := kind.Final() && kind != reason.NotFound
		if (problem.Detail == "a detail") != says || !says && problem.Detail != "" {
			t.Errorf("%s: detail %q", kind, problem.Detail)
		}
	}
	inner := problemOf(errors.New("password of the database"))
	if inner.Status != http.StatusInternalServerError || strings.Contains(fmt.Sprint(inner), "password") {
		t.Errorf("%+v", inner)
	}
}

// TestRolesAreSets: the order and repetition of roles mean nothing, and they
// come back from the database as they went.
func TestRolesAreSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.SliceOfN(rapid.SampledFrom(Roles()), 1, 8).Draw(t, "roles")
		sorted, err := sortedRoles(given)
		if err != nil {
			t.Fatal(err)
		}
		back, err := splitRoles(joinRoles(sorted))
		if err != nil || !slices.Equal(back, sorted) {
			t.Fatalf("%v came back as %v, %v", sorted, back, err)
		}
		for _, role := range Roles() {
			operator := Operator{Roles: sorted}
			if operator.Has([]Role{role}) != slices.Contains(given, role) {
				t.Fatalf("%v of %v", role, given)
			}
		}
		if _, err := sortedRoles(append(given, "root")); err == nil {
			t.Fatal("an unknown role was accepted")
		}
	})
	if _, err := splitRoles(""); err == nil {
		t.Error("no role is a role")
	}
}

// TestListing: an endpoint that lists reads what it knows, each once, and where its page
// starts; what it does not know is refused and not left out.
func TestListing(t *testing.T) {
	id := ids.New()
	for query, c := range map[string]struct {
		refused bool
		want    place
	}{
		"":                                   {false, place{before: end, limit: pageDefault}},
		"limit=7":                            {false, place{before: end, limit: 7}},
		"limit=500&state=OPEN":               {false, place{before: end, limit: 500}},
		"before=5." + id.String():            {false, place{time.UnixMicro(5).UTC(), id, pageDefault}},
		"limit=0":                            {refused: true},
		"limit=501":                          {refused: true},
		"limit=many":                         {refused: true},
		"limit=1&limit=2":                    {refused: true},
		"state=OPEN&state=OPEN":              {refused: true},
		"colour=red":                         {refused: true},
		"before=-1." + id.String():           {refused: true},
		"before=5":                           {refused: true},
		"before=99999999999999999999." + "x": {refused: true},
		"state=%zz":                          {refused: true},
	} {
		request, err := http.NewRequest(http.MethodGet, "/v1/things?"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		values, got, err := call{Request: request}.listing("state", "before", "limit")
		if (err != nil) != c.refused || got != c.want {
			t.Errorf("%q: %+v, %v", query, got, err)
		}
		if c.refused && reason.Of(err) != reason.InvalidRequest {
			t.Errorf("%q is refused as %s", query, reason.Of(err))
		}
		if !c.refused && strings.Contains(query, "state=OPEN") && values.Get("state") != "OPEN" {
			t.Errorf("%q: %v", query, values)
		}
	}
}

// TestTokenHashText: a hash has one spelling.
func TestTokenHashText(t *testing.T) {
	hash, err := HashToken(NewToken())
	if err != nil {
		t.Fatal(err)
	}
	if back, ok := parseTokenHash(hash.String()); !ok || back != hash {
		t.Error("a hash does not come back")
	}
	text := hash.String()
	for _, wrong := range []string{"", text[1:], text + "00", strings.ToUpper("ab" + text[2:]), "zz" + text[2:], " " + text[1:]} {
		if _, ok := parseTokenHash(wrong); ok {
			t.Errorf("%q is a hash", wrong)
		}
	}
}

// TestPrintable: an approver reads a name as it is, or not at all.
func TestPrintable(t *testing.T) {
	for name, want := range map[string]bool{
		"Anna": true, "Jürgen 李": true, "O'Neil": true, "": false, " ": false, "a ": false, "a\n": false, "a\x00b": false,
		"a\u202eb": false, "a\u200bb": false, strings.Repeat("a", nameMax): true, strings.Repeat("é", nameMax): false,
	} {
		if printable(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}
