package recon_test

import (
	"context"
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

// balanced gives a statement balances, which make it another file.
func balanced(s recon.Statement, opening, closing int64) recon.Statement {
	s.HasBalances, s.Opening, s.Closing = true, opening, closing
	s.SHA256[0] ^= byte(opening)
	s.SHA256[1] ^= byte(closing)
	return s
}

// daily is the statement of a day with balances.
func daily(day int, opening, closing int64) recon.Statement {
	return balanced(stated(fmt.Sprint("day ", day), day, day), opening, closing)
}

// takeAll takes statements of the account without lines of ours.
func takeAll(t *testing.T, pool *db.Pool, all ...recon.Statement) {
	t.Helper()
	for _, s := range all {
		if _, err := take(t, pool, account, s, books(), nil); err != nil {
			t.Fatalf("%s: %v", s.Reference, err)
		}
	}
}

// differing fails unless these are the breaks of balances in a state.
func differing(t *testing.T, pool *db.Pool, state recon.State, want ...string) {
	t.Helper()
	for i := range want {
		want[i] = "BALANCE_DIFFERS " + want[i]
	}
	if difference := cmp.Diff(want, found(t, pool, account, state)); difference != "" {
		t.Errorf("%s: %s", state, difference)
	}
}

// TestCorrectedBalances: a bank's statement that comes again corrected is held against
// those before and after it. The breaks that it ends are cleared and say why, those that it
// makes are opened, and what people have decided stays.
func TestCorrectedBalances(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		takeAll(t, pool, daily(0, 0, 100), daily(1, 100, 240), daily(2, 250, 300))
		differing(t, pool, recon.Open, "240 250")
		takeAll(t, pool, daily(1, 90, 250))
		differing(t, pool, recon.Open, "100 90")
		differing(t, pool, recon.Cleared, "240 250")
		cleared := cases(t, pool, recon.Cleared)[0]
		if cleared.Resolution != "version 2 of statement day 1 of BANK-1" || !cleared.ClosedAt.Equal(at) || cleared.ClosedBy != "" {
			t.Errorf("%+v", cleared)
		}
		// Another wrong opening is another break; the former stays on record.
		takeAll(t, pool, daily(1, 95, 240))
		differing(t, pool, recon.Open, "100 95", "240 250")
		differing(t, pool, recon.Cleared, "100 90")
		if reopened := cases(t, pool, recon.Open); slices.ContainsFunc(reopened, func(c recon.Case) bool {
			return c.Resolution != "" || !c.ClosedAt.IsZero()
		}) {
			t.Errorf("an open break has an end: %+v", reopened)
		}
		explained(t, pool, 240)
		again := daily(1, 100, 240) // which says what the first version said, in another file
		again.SHA256[2]++
		takeAll(t, pool, again)
		differing(t, pool, recon.Resolved, "240 250")
		differing(t, pool, recon.Open)
		takeAll(t, pool, daily(1, 100, 245))
		differing(t, pool, recon.Open, "245 250")
		var versions, last int64
		err := pool.QueryRow(t.Context(), `SELECT count(*), max(CASE WHEN version = 4 THEN closing_minor END)::BIGINT
			FROM recon_statement_version WHERE has_balances`).Scan(&versions, &last)
		if err != nil || versions != 4 || last != 240 {
			t.Errorf("%d versions of the past, the last closes with %d, %v", versions, last, err)
		}
	})
}

// explained ends the open break with an amount of ours.
func explained(t *testing.T, pool *db.Pool, ours int64) {
	t.Helper()
	for _, c := range cases(t, pool, recon.Open) {
		if c.Ours != ours {
			continue
		}
		err := inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return recon.Explain(ctx, tx, recon.Resolution{BreakID: c.ID, ID: ids.New(), By: "Mei", Why: "seen", At: at})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A statement between two others, and one that loses its balances, change what the next
// one goes on from.
func TestStatementsBetween(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		takeAll(t, pool, daily(0, 0, 100), daily(2, 250, 300))
		differing(t, pool, recon.Open, "100 250")
		takeAll(t, pool, daily(1, 100, 250))
		differing(t, pool, recon.Open)
		differing(t, pool, recon.Cleared, "100 250")
		without := daily(1, 1, 2)
		without.HasBalances = false
		takeAll(t, pool, without)
		differing(t, pool, recon.Open, "100 250")
		with := daily(1, 100, 250)
		with.SHA256[2]++
		takeAll(t, pool, with)
		differing(t, pool, recon.Open)
		// A correction that is about more days comes after the statement that went on from it.
		takeAll(t, pool, balanced(stated("day 1", 1, 3), 300, 320))
		differing(t, pool, recon.Open, "100 250")
		takeAll(t, pool, daily(0, 0, 250))
		differing(t, pool, recon.Open)
	})
}

// Pages of a day, which come in one message at one moment, go on from one another as they
// stand in it, also after one of them was corrected.
func TestPagesOfADay(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		page := func(number int, opening, closing int64) recon.Statement {
			return balanced(stated(fmt.Sprint("S/", number), 0, 0), opening, closing)
		}
		for number := range 6 {
			takeAll(t, pool, page(number, int64(number)*10, int64(number+1)*10))
		}
		takeAll(t, pool, daily(1, 60, 70))
		differing(t, pool, recon.Open)
		takeAll(t, pool, page(2, 20, 31))
		differing(t, pool, recon.Open, "31 30")
		takeAll(t, pool, page(3, 31, 40))
		differing(t, pool, recon.Open)
	})
}

// Whatever a bank corrects, and in whatever order its statements and corrections come: in
// the end what is open and what each side comes to are as if the last versions had come
// alone and in order.
func TestCorrectionsOfABankAreForgetful(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		round := 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			through, direct := fmt.Sprintf("THROUGH-%d.NOSTRO.HKD", round), fmt.Sprintf("DIRECT-%d.NOSTRO.HKD", round)
			days := rapid.IntRange(1, 4).Draw(r, "days")
			last := map[int]recon.Statement{}
			for number := range rapid.IntRange(days, 10).Draw(r, "files") {
				day := rapid.IntRange(0, days-1).Draw(r, "day")
				s := drawDay(r, t, day)
				s.SHA256[2] = byte(number)
				if former, taken := last[day]; taken && s.Opening == former.Closing && s.Opening != former.Opening {
					continue // it would be the next one under a name that is used again
				}
				last[day] = s
				takeIn(r, t, pool, through, s)
			}
			for day := range days {
				if s, taken := last[day]; taken {
					takeIn(r, t, pool, direct, s)
				}
			}
			sums, counts := totals(t, pool, through)
			wantSums, wantCounts := totals(t, pool, direct)
			if difference := cmp.Diff([]any{wantSums, wantCounts, found(t, pool, direct, recon.Open)},
				[]any{sums, counts, found(t, pool, through, recon.Open)}); difference != "" {
				r.Fatal(difference)
			}
		})
	})
}

// drawDay is a version of a day's statement, whose balances and line may be wrong.
func drawDay(r *rapid.T, t *testing.T, day int) recon.Statement {
	t.Helper()
	var lines []recon.Line
	if moved := rapid.SampledFrom([]int64{0, 10, 11}).Draw(r, "moved"); moved > 0 {
		l := line(t, fmt.Sprintf("t%d +%d 5 R%d", day, moved, day))
		l.ValueDate = monday.AddDate(0, 0, day)
		lines = append(lines, l)
	}
	wrong := rapid.SampledFrom([]int64{0, 0, 3}).Draw(r, "opens wrongly by")
	return balanced(stated(fmt.Sprint("day ", day), day, day, lines...), int64(day)*10+wrong, int64(day+1)*10)
}

// takeIn takes a statement of an account in whose books ten moved each day.
func takeIn(r *rapid.T, t *testing.T, pool *db.Pool, in string, s recon.Statement) {
	t.Helper()
	var ours []recon.Line
	for day := range 4 {
		own := line(t, fmt.Sprintf("o%d +10 5 R%d", day, day))
		own.ID, own.ValueDate = ids.Derive(own.ID, in, 1), monday.AddDate(0, 0, day)
		ours = append(ours, own)
	}
	s.Lines = slices.Clone(s.Lines)
	if _, err := take(t, pool, in, s, books(booked(ours...)...), nil); err != nil {
		r.Fatal(err)
	}
}

// TestCorrectedMessages: what a bank sends again as camt.053 or as CSV, corrected, takes
// the place of the former file.
func TestCorrectedMessages(t *testing.T) {
	layout, err := recon.ReadLayout("bank", strings.NewReader("currency HKD\ncolumn amount amount\ncolumn date date\ncolumn reference ref\n"))
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(strings.Replace(bankStatement, "CLOSING", "130.50", 1), ">7.00<", ">13.00<", 1)
	for name, read := range map[string]func(corrected bool) []recon.Statement{
		"camt.053": func(corrected bool) []recon.Statement {
			text := wrong
			if corrected {
				text = strings.Replace(bankStatement, "CLOSING", "124.50", 1)
			}
			all, err := recon.ReadCamt053(account, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			return all
		},
		"CSV": func(corrected bool) []recon.Statement {
			amount := "13.00"
			if corrected {
				amount = "7.00"
			}
			text := "amount,date,ref\n-12.50,2026-01-06,E2E-1\n30.00,2026-01-05,E2E-2\n" + amount + ",2026-01-05,E2E-4\n"
			one, err := layout.Read([]byte(text), "BANK", "20260105")
			if err != nil {
				t.Fatal(err)
			}
			return []recon.Statement{one}
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, pool *db.Pool) {
				ours := books(booked(line(t, "o1 +700 5 E2E-4"))...)
				for version, corrected := range []bool{false, true} {
					for _, s := range read(corrected) {
						outcome, err := take(t, pool, account, s, ours, nil)
						if err != nil || outcome.Version != int64(version+1) {
							t.Fatalf("%+v, %v", outcome, err)
						}
					}
				}
				sums, _ := totals(t, pool, account)
				if sums["OURS MATCHED"] != 700 || sums["THEIRS MATCHED"] != 700 || sums["THEIRS BROKEN"] != 1750 || len(sums) != 3 {
					t.Errorf("%v", sums)
				}
				if ended := found(t, pool, account, recon.Cleared); !slices.Contains(ended, "AMOUNT_DIFFERS 700 1300") {
					t.Errorf("%v", ended)
				}
			})
		})
	}
}
