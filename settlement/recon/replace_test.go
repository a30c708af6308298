package recon_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/recon"
)

// corrected is a statement of the first two days, or a version of it.
func corrected(name string, lines ...recon.Line) recon.Statement { return stated(name, 0, 1, lines...) }

// found are the open breaks of an account in a form that a reader checks at a glance.
func found(t *testing.T, pool *db.Pool, in string, state recon.State) (list []string) {
	t.Helper()
	all, err := recon.Cases(t.Context(), pool, state, in, 1_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		list = append(list, fmt.Sprintf("%s %d %d", c.Kind, c.Ours, c.Theirs))
	}
	slices.Sort(list)
	return list
}

// TestCorrectedFile: a new version of a file takes the place of the former: lines that it
// changes are compared anew, the others stay matched, breaks that it ends are cleared,
// and the version before is not taken for a new one.
func TestCorrectedFile(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		ours := books(booked(line(t, "o1 +100 5 R1"), line(t, "o2 +200 5 R2"), line(t, "o3 +300 5 R3"))...)
		first := corrected("1", line(t, "t1 +100 5 R1"), line(t, "t2 +250 5 R2"), line(t, "t4 +7 5 R4"))
		outcome, err := take(t, pool, account, first, ours, nil)
		if err != nil || outcome.Version != 1 || outcome.Matched != 1 {
			t.Fatalf("%+v, %v", outcome, err)
		}
		want := []string{"AMOUNT_DIFFERS 200 250", "MISSING_WITH_THEM 300 0", "MISSING_WITH_US 0 7"}
		if difference := cmp.Diff(want, found(t, pool, account, recon.Open)); difference != "" {
			t.Fatal(difference)
		}
		second := corrected("1", line(t, "t1 +100 5 R1"), line(t, "t2 +200 5 R2"), line(t, "t5 +301 5 R3"))
		outcome, err = take(t, pool, account, second, ours, nil)
		if err != nil || outcome.Version != 2 || outcome.Matched != 1 || outcome.Repeated {
			t.Fatalf("%+v, %v", outcome, err)
		}
		if difference := cmp.Diff([]string{"AMOUNT_DIFFERS 300 301"}, found(t, pool, account, recon.Open)); difference != "" {
			t.Error(difference)
		}
		if difference := cmp.Diff(want, found(t, pool, account, recon.Cleared)); difference != "" {
			t.Error(difference)
		}
		sums, _ := totals(t, pool, account)
		if difference := cmp.Diff(map[string]int64{
			"OURS MATCHED": 300, "OURS BROKEN": 300, "THEIRS MATCHED": 300, "THEIRS BROKEN": 301,
		}, sums); difference != "" {
			t.Error(difference)
		}
		for name, again := range map[string]recon.Statement{"present": second, "former": first} {
			if outcome, err := take(t, pool, account, again, ours, nil); err != nil || !outcome.Repeated {
				t.Errorf("the %s version: %+v, %v", name, outcome, err)
			}
		}
		if after, _ := totals(t, pool, account); !cmp.Equal(sums, after) {
			t.Errorf("%v, then %v", sums, after)
		}
		var versions, lines int64
		err = pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM recon_statement_version WHERE version = 1 AND line_count = 3),
			(SELECT count(*) FROM recon_line WHERE state = 'REPLACED')`).Scan(&versions, &lines)
		if err != nil || versions != 1 || lines != 2 {
			t.Errorf("%d versions and %d lines of the past, %v", versions, lines, err)
		}
	})
}

// TestCorrectionOpensWhatWasEnded: a version without a line undoes its match, and what
// people have decided about it: the line of ours and the entry that corrected our books
// are differences again.
func TestCorrectionOpensWhatWasEnded(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		treasury(t, pool)
		ours := books(booked(line(t, "o1 +100 5 R1"), line(t, "o2 +200 5 R2"))...)
		first := corrected("1", line(t, "t1 +100 5 R1"), line(t, "t2 +250 5 R2"), line(t, "t3 +5 5 R3"))
		if _, err := take(t, pool, account, first, ours, nil); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases(t, pool, recon.Open) {
			r := recon.Resolution{ID: ids.New(), BreakID: c.ID, By: "Mei", Why: "theirs is right", At: at, Region: "asia-1"}
			must(t, pool, func(ctx context.Context, tx db.Tx) error {
				if c.Ours == 200 {
					return recon.Correct(ctx, tx, r)
				}
				return recon.Explain(ctx, tx, r)
			})
		}
		sums, _ := totals(t, pool, account)
		if sums["OURS RESOLVED"] != 250 || sums["THEIRS RESOLVED"] != 255 {
			t.Fatalf("%v", sums)
		}
		if _, err := take(t, pool, account, corrected("1", line(t, "t3 +5 5 R3")), ours, nil); err != nil {
			t.Fatal(err)
		}
		want := []string{"MISSING_WITH_THEM 100 0", "MISSING_WITH_THEM 200 0", "MISSING_WITH_THEM 50 0"}
		if difference := cmp.Diff(want, found(t, pool, account, recon.Open)); difference != "" {
			t.Error(difference)
		}
		sums, _ = totals(t, pool, account)
		if difference := cmp.Diff(map[string]int64{"OURS BROKEN": 350, "THEIRS RESOLVED": 5}, sums); difference != "" {
			t.Error(difference)
		}
		if resolved := found(t, pool, account, recon.Resolved); len(resolved) != 2 {
			t.Errorf("what people decided is forgotten: %v", resolved)
		}
	})
}

// TestNotCorrected: under a name that is taken, what cannot be about the same is refused,
// and nothing changes: other days, another currency, or the next statement of a bank that
// uses its names again.
func TestNotCorrected(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		ours := books(booked(line(t, "o1 +100 5 R1"))...)
		if _, err := take(t, pool, account, balanced(corrected("1", line(t, "t1 +100 5 R1")), 50, 150), ours, nil); err != nil {
			t.Fatal(err)
		}
		foreign := corrected("1")
		foreign.Currency = "JPY"
		for name, s := range map[string]recon.Statement{
			"later": stated("1", 2, 3), "earlier": stated("1", -2, -1), "foreign": foreign,
			"next": balanced(stated("1", 1, 2, line(t, "t1 +101 5 R1")), 150, 251),
		} {
			_, err := take(t, pool, account, s, ours, nil)
			if !errors.Is(err, recon.ErrDiffers) || !strings.Contains(err.Error(), "1 of BANK-1") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if sums, _ := totals(t, pool, account); sums["THEIRS MATCHED"] != 100 || len(sums) != 2 {
			t.Errorf("%v", sums)
		}
		// One that opens where the former opened is a correction, wherever that closed.
		still := balanced(corrected("1", line(t, "t1 +100 5 R1"), line(t, "t2 -100 5 R2")), 50, 50)
		if outcome, err := take(t, pool, account, still, ours, nil); err != nil || outcome.Version != 2 {
			t.Errorf("%+v, %v", outcome, err)
		}
	})
}

// TestVersionsAreForgetful: after any versions of a file the account is as if the last
// one had been the first: the same lines matched, broken and waiting, and the same breaks.
func TestVersionsAreForgetful(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			through, direct := fmt.Sprintf("THROUGH-%d.TRANSACTIONS.HKD", round), fmt.Sprintf("DIRECT-%d.TRANSACTIONS.HKD", round)
			count := rapid.IntRange(1, 6).Draw(rt, "lines")
			version := rapid.Custom(func(rt *rapid.T) (lines []recon.Line) {
				for i := range count {
					// 0: left out; 1: as in our books; 2: another amount; 3: another day.
					switch rapid.IntRange(0, 3).Draw(rt, "line") {
					case 1:
						lines = append(lines, line(t, fmt.Sprintf("t%d +%d 5 R%d", i, 100+i, i)))
					case 2:
						lines = append(lines, line(t, fmt.Sprintf("t%d +%d 5 R%d", i, 500+i, i)))
					case 3:
						lines = append(lines, line(t, fmt.Sprintf("t%d +%d 9 R%d", i, 100+i, i)))
					}
				}
				return lines
			})
			versions := rapid.SliceOfN(version, 1, 5).Draw(rt, "versions")
			source := func(in string) recon.Source {
				var ours []recon.Line
				for i := range count {
					own := line(t, fmt.Sprintf("o%d +%d 5 R%d", i, 100+i, i))
					own.ID = ids.Derive(own.ID, in, 1)
					ours = append(ours, own)
				}
				return books(booked(ours...)...)
			}
			for number, lines := range versions {
				s := corrected("1", slices.Clone(lines)...)
				s.SHA256[0] = byte(number) // also a version that says what an earlier one did is a new file
				if _, err := take(t, pool, through, s, source(through), nil); err != nil {
					rt.Fatal(err)
				}
			}
			last := corrected("1", slices.Clone(versions[len(versions)-1])...)
			if _, err := take(t, pool, direct, last, source(direct), nil); err != nil {
				rt.Fatal(err)
			}
			sums, counts := totals(t, pool, through)
			wantSums, wantCounts := totals(t, pool, direct)
			if difference := cmp.Diff([]any{wantSums, wantCounts, found(t, pool, direct, recon.Open)},
				[]any{sums, counts, found(t, pool, through, recon.Open)}); difference != "" {
				rt.Fatalf("%v: %s", versions, difference)
			}
		})
	})
}
