package recon_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/recon"
)

// drawVersion is a version of a file about up to six lines of ours, each of which it has, has
// with another amount or day, or lacks, and one that only it has.
func drawVersion(r *rapid.T, t *testing.T, count int) (lines []recon.Line) {
	t.Helper()
	for i := range count {
		switch rapid.IntRange(0, 4).Draw(r, "line") {
		case 1, 2:
			lines = append(lines, line(t, fmt.Sprintf("t%d +%d 5 R%d", i, 100+i, i)))
		case 3:
			lines = append(lines, line(t, fmt.Sprintf("t%d +%d 5 R%d", i, 500+i, i)))
		case 4:
			lines = append(lines, line(t, fmt.Sprintf("t%d +%d 9 R%d", i, 100+i, i)))
		}
	}
	if rapid.Bool().Draw(r, "more") {
		lines = append(lines, line(t, "t77 +7 5 R77"))
	}
	return lines
}

// TestNoBreakIsForgotten: whatever a bank corrects and people explain meanwhile, each line of
// the last version and of our books is matched, or in one break that is open or was explained,
// and what is broken or resolved is what the open and the resolved breaks come to.
func TestNoBreakIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		round := 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			in := fmt.Sprintf("FORGET-%d.TRANSACTIONS.HKD", round)
			count := rapid.IntRange(1, 6).Draw(r, "lines")
			var ours []recon.Line
			for i := range count {
				own := line(t, fmt.Sprintf("o%d +%d 5 R%d", i, 100+i, i))
				own.ID = ids.Derive(own.ID, in, 1)
				ours = append(ours, own)
			}
			for number := range rapid.IntRange(1, 6).Draw(r, "versions") {
				version := drawVersion(r, t, count)
				s := corrected("1", slices.Clone(version)...)
				s.SHA256[0] = byte(number)
				if _, err := take(t, pool, in, s, books(booked(ours...)...), nil); err != nil {
					r.Fatal(err)
				}
				remembered(r, t, pool, in, ours, version)
				explainSome(r, t, pool, in)
				remembered(r, t, pool, in, ours, version)
			}
		})
	})
}

// explainSome lets people explain some of the open breaks.
func explainSome(r *rapid.T, t *testing.T, pool *db.Pool, in string) {
	t.Helper()
	open, err := recon.Cases(t.Context(), pool, recon.Open, in, 1_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range open {
		if rapid.IntRange(0, 2).Draw(r, "explain") > 0 {
			continue
		}
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return recon.Explain(ctx, tx, recon.Resolution{BreakID: c.ID, ID: ids.New(), By: "Mei", Why: "seen", At: at})
		})
		if err != nil {
			r.Fatal(err)
		}
	}
}

// remembered checks that all lines of both sides are somewhere, and that what is not matched is
// in breaks.
func remembered(r *rapid.T, t *testing.T, pool *db.Pool, in string, ours, theirs []recon.Line) {
	t.Helper()
	sums, counts := totals(t, pool, in)
	for side, lines := range map[string][]recon.Line{"OURS ": ours, "THEIRS ": theirs} {
		want, minor, somewhere := int64(0), int64(0), int64(0)
		for _, l := range lines {
			want += l.Amount.Minor
		}
		for _, part := range []string{"MATCHED", "BROKEN", "RESOLVED", "WAITING"} {
			minor, somewhere = minor+sums[side+part], somewhere+counts[side+part]
		}
		if somewhere != int64(len(lines)) || minor != want {
			r.Fatalf("%s%d of %d lines, %d of %d: %v", side, somewhere, len(lines), minor, want, counts)
		}
	}
	inBreaks := map[string]int64{}
	for state, part := range map[recon.State]string{recon.Open: "BROKEN", recon.Resolved: "RESOLVED"} {
		all, err := recon.Cases(t.Context(), pool, state, in, 1_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			_, lines, found, err := recon.Find(t.Context(), pool, c.ID)
			if err != nil || !found || len(lines) == 0 && state == recon.Open { // a decision stays when its lines are gone
				r.Fatalf("%+v with %d lines, %v", c, len(lines), err)
			}
			for _, l := range lines {
				inBreaks[string(l.Side)+" "+part] += l.Amount.Minor
			}
		}
	}
	for _, key := range []string{"OURS BROKEN", "THEIRS BROKEN", "OURS RESOLVED", "THEIRS RESOLVED"} {
		if inBreaks[key] != sums[key] {
			r.Fatalf("%s is %d, in breaks %d", key, sums[key], inBreaks[key])
		}
	}
}
