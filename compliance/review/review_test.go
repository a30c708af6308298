package review_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

var ann, ben, eve = ids.New(), ids.New(), ids.New()

func migrations(t testing.TB) [][]db.Migration {
	t.Helper()
	var all [][]db.Migration
	for _, load := range []func() ([]db.Migration, error){review.Migrations, audit.Migrations} {
		steps, err := load()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, steps)
	}
	return all
}

// in runs a step in a transaction and returns its error.
func in(pool *db.Pool, step func(ctx context.Context, tx db.Tx) error) error {
	return pool.InTx(context.Background(), step)
}

// filed returns a new open case that lapses an hour after noon.
func filed(t testing.TB, pool *db.Pool) review.Case {
	t.Helper()
	c := review.Case{
		Region: "asia-1", PaymentID: ids.New(), DecisionID: ids.New(), OpenedAt: noon, DueAt: noon.Add(time.Hour),
		Held: true,
	}
	if err := in(pool, func(ctx context.Context, tx db.Tx) error { return review.File(ctx, tx, c) }); err != nil {
		t.Fatal(err)
	}
	return found(t, pool, review.CaseOf(c.PaymentID))
}

func found(t testing.TB, pool *db.Pool, id ids.ID) review.Case {
	t.Helper()
	c, err := review.Find(t.Context(), pool, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func decide(pool *db.Pool, d review.Decision) error {
	return in(pool, func(ctx context.Context, tx db.Tx) error {
		_, err := review.Decide(ctx, tx, d)
		return err
	})
}

func comment(pool *db.Pool, c review.Comment) error {
	return in(pool, func(ctx context.Context, tx db.Tx) error {
		_, err := review.AddComment(ctx, tx, c)
		return err
	})
}

// release is a decision of ann and ben about a case as it is.
func release(c review.Case) review.Decision {
	return review.Decision{
		CaseID: c.ID, Version: c.Version, Release: true, Code: "OTHER_PERSON", ProposerID: ann, DeciderID: ben, At: noon.Add(time.Minute),
	}
}

func TestLifeOfACase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		c := filed(t, pool)
		if c.State != review.Open || c.Version != 1 || c.AssigneeID != ids.Nil || !c.DueAt.Equal(noon.Add(time.Hour)) || !c.ClosedAt.IsZero() {
			t.Errorf("%+v", c)
		}
		if err := in(pool, func(ctx context.Context, tx db.Tx) error { return review.Assign(ctx, tx, c.ID, ann, eve, noon) }); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"another date of birth", "the wallet confirms it"} {
			if err := comment(pool, review.Comment{CaseID: c.ID, AuthorID: ann, At: noon, Text: text}); err != nil {
				t.Fatal(err)
			}
		}
		comments, err := review.Comments(t.Context(), pool, c.ID)
		if err != nil || len(comments) != 2 || comments[1].Number != 2 || comments[1].Text != "the wallet confirms it" {
			t.Errorf("%+v, %v", comments, err)
		}
		c = found(t, pool, c.ID)
		if c.Version != 4 || c.AssigneeID != ann {
			t.Errorf("%+v", c)
		}
		if err := decide(pool, release(c)); err != nil {
			t.Fatal(err)
		}
		c = found(t, pool, c.ID)
		if c.State != review.Released || c.ProposerID != ann || c.DeciderID != ben || !c.ClosedAt.Equal(noon.Add(time.Minute)) {
			t.Errorf("%+v", c)
		}
		rows, err := audit.After(t.Context(), pool, "cases", 0, 100)
		var actions []string
		for _, row := range rows {
			actions = append(actions, row.Action)
			if strings.Contains(row.Detail["text"], "birth") {
				t.Error("what somebody wrote is in the audit log")
			}
		}
		if want := "case.open case.assign case.comment case.comment case.release"; err != nil || strings.Join(actions, " ") != want {
			t.Errorf("%v, %v", actions, err)
		}
	}, migrations(t)...)
}

// A decision is by two people, about an open case, in time, as it was read.
func TestDecisionsThatDoNotHold(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t)...)
	for name, c := range map[string]struct {
		spoil func(d *review.Decision)
		want  reason.Kind
	}{
		"alone":             {func(d *review.Decision) { d.DeciderID = d.ProposerID }, reason.SelfApproval},
		"nobody":            {func(d *review.Decision) { d.ProposerID = ids.Nil }, reason.SelfApproval},
		"another version":   {func(d *review.Decision) { d.Version++ }, reason.ProposalChanged},
		"an older version":  {func(d *review.Decision) { d.Version-- }, reason.ProposalChanged},
		"too late":          {func(d *review.Decision) { d.At = noon.Add(time.Hour) }, reason.ProposalClosed},
		"no code":           {func(d *review.Decision) { d.Code = "" }, reason.InvalidRequest},
		"code of a refusal": {func(d *review.Decision) { d.Code = "LISTED" }, reason.InvalidRequest},
		"code of a release": {func(d *review.Decision) { d.Release = false }, reason.InvalidRequest},
		"another case":      {func(d *review.Decision) { d.CaseID = ids.New() }, reason.Missing},
	} {
		opened := filed(t, pool)
		d := release(opened)
		c.spoil(&d)
		if err := decide(pool, d); reason.Of(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if now := found(t, pool, opened.ID); now != opened {
			t.Errorf("%s: the case has changed: %+v", name, now)
		}
	}
}

// What is added after the two have read makes their decision void, and a decision
// holds once.
func TestReplayedAndChanged(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t)...)
	c := filed(t, pool)
	d := release(c)
	if err := comment(pool, review.Comment{CaseID: c.ID, AuthorID: eve, At: noon, Text: "wait"}); err != nil {
		t.Fatal(err)
	}
	if err := decide(pool, d); reason.Of(err) != reason.ProposalChanged {
		t.Errorf("after a comment: %v", err)
	}
	d.Version = found(t, pool, c.ID).Version
	if err := decide(pool, d); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := decide(pool, d); reason.Of(err) != reason.ProposalClosed {
			t.Errorf("again: %v", err)
		}
	}
	for name, err := range map[string]error{
		"comment": comment(pool, review.Comment{CaseID: c.ID, AuthorID: eve, At: noon, Text: "late"}),
		"assign":  in(pool, func(ctx context.Context, tx db.Tx) error { return review.Assign(ctx, tx, c.ID, eve, eve, noon) }),
	} {
		if reason.Of(err) != reason.ProposalClosed {
			t.Errorf("%s after the end: %v", name, err)
		}
	}
}

func TestLimits(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t)...)
	c := filed(t, pool)
	for _, text := range []string{"", strings.Repeat("x", review.CommentMax+1)} {
		if err := comment(pool, review.Comment{CaseID: c.ID, AuthorID: ann, At: noon, Text: text}); reason.Of(err) != reason.InvalidRequest {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
	if err := comment(pool, review.Comment{CaseID: ids.New(), AuthorID: ann, At: noon, Text: "x"}); reason.Of(err) != reason.Missing {
		t.Errorf("no case: %v", err)
	}
	if err := in(pool, func(ctx context.Context, tx db.Tx) error {
		return review.File(ctx, tx, review.Case{Region: "asia-1", PaymentID: c.PaymentID, DecisionID: ids.New(), OpenedAt: noon, DueAt: noon})
	}); err == nil {
		t.Error("a second case for a payment")
	}
	if len(review.Codes(true)) < 3 || slices.Contains(review.Codes(false), "OTHER_PERSON") || len(review.States()) != 5 {
		t.Error("codes and states")
	}
}

func TestListAndClose(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t)...)
	var opened []review.Case
	for range 3 {
		opened = append(opened, filed(t, pool))
	}
	slices.SortFunc(opened, func(a, b review.Case) int { return slices.Compare(a.ID[:], b.ID[:]) })
	slices.Reverse(opened)
	first, err := review.List(t.Context(), pool, review.Open, noon.Add(time.Hour), ids.Nil, 2)
	if err != nil || len(first) != 2 || first[0] != opened[0] || first[1] != opened[1] {
		t.Fatalf("%+v, %v", first, err)
	}
	rest, err := review.List(t.Context(), pool, review.Open, first[1].OpenedAt, first[1].ID, 2)
	if err != nil || len(rest) != 1 || rest[0] != opened[2] {
		t.Fatalf("%+v, %v", rest, err)
	}
	for range 2 {
		if err := in(pool, func(ctx context.Context, tx db.Tx) error {
			return review.Close(ctx, tx, opened[0].PaymentID, review.Lapsed, noon.Add(2*time.Hour))
		}); err != nil {
			t.Fatal(err)
		}
	}
	if c := found(t, pool, opened[0].ID); c.State != review.Lapsed || c.Version != 2 {
		t.Errorf("%+v", c)
	}
	rows, err := audit.After(t.Context(), pool, "cases", 0, 100)
	if err != nil || len(rows) != 4 {
		t.Errorf("%d rows in the audit log, %v", len(rows), err)
	}
}

// Whatever operators try, in whatever order, a case ends at most once, by two
// people, and only as it was last read.
func TestAnyOrder(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t)...)
	people := []ids.ID{ann, ben, eve}
	rapid.Check(t, func(rt *rapid.T) {
		c := filed(t, pool)
		version, ended := c.Version, false
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			by := rapid.SampledFrom(people).Draw(rt, "by")
			if rapid.Bool().Draw(rt, "comment") {
				if err := comment(pool, review.Comment{CaseID: c.ID, AuthorID: by, At: noon, Text: "x"}); (err == nil) == ended {
					rt.Fatalf("comment, ended %v: %v", ended, err)
				}
				if !ended {
					version++
				}
				continue
			}
			d := release(c)
			d.ProposerID, d.DeciderID = rapid.SampledFrom(people).Draw(rt, "proposer"), by
			d.Version = version - rapid.Int64Range(0, 1).Draw(rt, "behind")
			holds := !ended && d.ProposerID != d.DeciderID && d.Version == version
			if err := decide(pool, d); (err == nil) != holds {
				rt.Fatalf("%+v of version %d, ended %v: %v", d, version, ended, err)
			}
			if holds {
				version, ended = version+1, true
			}
		}
		now := found(t, pool, c.ID)
		if now.Version != version || (now.State != review.Open) != ended {
			rt.Fatalf("%+v, want version %d, ended %v", now, version, ended)
		}
	})
}

// TestLapse: a case that holds no payment is closed when its time is over, not before, in
// its own region alone; one that holds a payment is left to the payment.
func TestLapse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		held := filed(t, pool)
		informs := func(region string, due time.Time) ids.ID {
			c := review.Case{Region: region, PaymentID: ids.New(), DecisionID: ids.New(), OpenedAt: noon, DueAt: due}
			if err := in(pool, func(ctx context.Context, tx db.Tx) error { return review.File(ctx, tx, c) }); err != nil {
				t.Fatal(err)
			}
			return review.CaseOf(c.PaymentID)
		}
		over, later := informs("asia-1", noon.Add(time.Hour)), informs("asia-1", noon.Add(2*time.Hour))
		abroad := informs("europe-1", noon.Add(time.Hour))
		for _, want := range []int64{1, 0} {
			err := in(pool, func(ctx context.Context, tx db.Tx) error {
				closed, err := review.Lapse(ctx, tx, "asia-1", noon.Add(time.Hour), 10)
				if err == nil && closed != want {
					t.Errorf("closed %d, want %d", closed, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for id, want := range map[ids.ID]review.State{
			held.ID: review.Open, over: review.Lapsed, later: review.Open, abroad: review.Open,
		} {
			if c := found(t, pool, id); c.State != want {
				t.Errorf("%+v, want %s", c, want)
			}
		}
	}, migrations(t)...)
}
