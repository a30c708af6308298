package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// ids of the rows under a key of an answer, by a field of theirs, and where the next page
// begins.
func (b *bench) page(path, key, field string, query url.Values) (found []string, next string) {
	b.t.Helper()
	a := b.send("GET", path+"?"+query.Encode(), "", bearer(b.tokens["viewer-1"]))
	var body map[string]json.RawMessage
	var rows []map[string]any
	if err := json.Unmarshal([]byte(a.body), &body); err != nil || a.status != 200 {
		b.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	if err := json.Unmarshal(body[key], &rows); err != nil {
		b.t.Fatalf("%s: %v", path, err)
	}
	if body["next"] != nil {
		if err := json.Unmarshal(body["next"], &next); err != nil {
			b.t.Fatal(err)
		}
	}
	for _, row := range rows {
		found = append(found, fmt.Sprint(row[field]))
	}
	return found, next
}

// pages follows a listing by pages of a length.
func (b *bench) pages(path, key, field string, query url.Values, limit int) []string {
	b.t.Helper()
	var all []string
	query.Set("limit", fmt.Sprint(limit))
	query.Del("before")
	for range 100 {
		found, next := b.page(path, key, field, query)
		if next != "" && len(found) != limit {
			b.t.Errorf("%s: a page of %d of %d", path, len(found), limit)
		}
		all = append(all, found...)
		if next == "" {
			return all
		}
		query.Set("before", next)
	}
	b.t.Fatalf("%s: no end", path)
	return nil
}

// TestRowsOfOneMoment: every listing shows every row once, in one order, also where all of
// them have the same time, as those of one commit may.
func TestRowsOfOneMoment(t *testing.T) {
	const rows = 6
	each(t, func(t *testing.T, b *bench) {
		model := wire.ModelChange{ParticipantID: "JP-ACQUIRER", Currency: "JPY", Model: "GROSS"}
		if err := b.agree(wire.KindModelSet, model, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			b.proposeCap()
			b.escalated(b.pay(fmt.Sprint("PR-", i)))
			b.declared(ids.New(), "M-TAKEN")
		}
		for i := range rows {
			kind := []string{wire.KindParticipantSuspend, wire.KindParticipantResume}[i%2]
			if err := b.agree(kind, wire.ParticipantChange{ParticipantID: "HK-WALLET"}, "operations-1", "compliance-1"); err != nil {
				t.Fatal(err)
			}
		}
		b.holding()
		for i := range rows {
			b.held(fmt.Sprint("PR-HELD-", i))
		}
		for _, c := range []struct {
			path, key, field, update string
			query                    url.Values
			least                    int
		}{
			{"/v1/payments", "payments", "id", "payment SET created_at", url.Values{}, 2 * rows},
			{"/v1/proposals", "proposals", "id", "proposal SET created_at", url.Values{"state": {"OPEN"}}, rows},
			{"/v1/proposals", "proposals", "id", "proposal SET created_at", url.Values{}, 2 * rows},
			{"/v1/disputes", "disputes", "id", "dispute SET opened_at", url.Values{}, rows},
			{"/v1/customs/declarations", "declarations", "id", "customs_declaration SET declared_at", url.Values{}, rows},
			{"/v1/cases", "cases", "id", "review_case SET opened_at", url.Values{}, rows},
			{"/v1/directory/versions", "versions", "number", "directory_version SET changed_at", url.Values{}, rows},
			{"/v1/obligations", "obligations", "id", "obligation SET created_at", url.Values{"participant": {"JP-ACQUIRER"}}, rows},
		} {
			moment := b.clock.Now().Add(-time.Minute).Truncate(time.Microsecond)
			b.exec("UPDATE "+c.update+" = $1", moment)
			whole := b.pages(c.path, c.key, c.field, c.query, 500)
			if len(whole) < c.least {
				t.Errorf("%s: only %d rows", c.path, len(whole))
			}
			for _, limit := range []int{1, 2, 3, len(whole) - 1, len(whole), len(whole) + 1} {
				if got := b.pages(c.path, c.key, c.field, c.query, limit); !slices.Equal(got, whole) {
					t.Errorf("%s by %d: %v, want %v", c.path, limit, got, whole)
				}
			}
		}
	})
}
