package recon_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/window"
)

const account = "HUB.NOSTRO.HKD"

var at = monday.Add(30 * time.Hour)

// each runs a test on every engine of the database.
func each(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	dbtest.Each(t, body, dbtest.Load(t, migrationsOf()...))
}

// migrationsOf are of the domains whose tables are needed.
func migrationsOf() []func() ([]db.Migration, error) {
	return []func() ([]db.Migration, error){
		ledger.Migrations, position.Migrations, window.Migrations, instruct.Migrations, recon.Migrations,
	}
}

func inTx(t *testing.T, pool *db.Pool, work func(ctx context.Context, tx db.Tx) error) error {
	t.Helper()
	return pool.InTx(t.Context(), work)
}

// books are lines of ours, as a source reads them.
func books(lines ...recon.Line) recon.Source {
	return func(_ context.Context, _ db.Reader, after time.Time) ([]recon.Line, error) {
		return slices.DeleteFunc(slices.Clone(lines), func(l recon.Line) bool { return !l.BookedAt.After(after) }), nil
	}
}

// stated is their statement of some lines.
func stated(name string, from, to int, lines ...recon.Line) recon.Statement {
	return recon.Statement{
		Source: "test", Holder: "BANK-1", Reference: name, Currency: "HKD", From: monday.AddDate(0, 0, from),
		To: monday.AddDate(0, 0, to), SHA256: sha256.Sum256(fmt.Append(nil, name, lines)), Lines: slices.Clone(lines),
	}
}

// take takes a statement, and fails the test if something is forgotten then.
func take(t *testing.T, pool *db.Pool, in string, s recon.Statement, ours recon.Source,
	rules recon.Rules) (recon.Outcome, error) {
	t.Helper()
	var outcome recon.Outcome
	err := inTx(t, pool, func(ctx context.Context, tx db.Tx) (err error) {
		outcome, err = recon.Take(ctx, tx, in, s, ours, rules, at)
		return err
	})
	return outcome, err
}

// booked gives lines of ours the moment at which they were booked.
func booked(lines ...recon.Line) []recon.Line {
	for i := range lines {
		lines[i].BookedAt = lines[i].ValueDate.Add(12 * time.Hour)
	}
	return lines
}

// totals are the sums of an account by side and part, and their counts.
func totals(t *testing.T, pool *db.Pool, in string) (sums, counts map[string]int64) {
	t.Helper()
	list, err := recon.Totals(t.Context(), pool, in)
	if err != nil {
		t.Fatal(err)
	}
	sums, counts = map[string]int64{}, map[string]int64{}
	for _, total := range list {
		sums[string(total.Side)+" "+total.Part] = total.Minor
		counts[string(total.Side)+" "+total.Part] = total.Lines
	}
	return sums, counts
}

func cases(t *testing.T, pool *db.Pool, state recon.State) []recon.Case {
	t.Helper()
	list, err := recon.Cases(t.Context(), pool, state, "", 1_000)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestLaterStatementsClear: what one statement lacks is a break until another has
// it; what no statement is about yet is none; a line that comes again later is a
// duplicate.
func TestLaterStatementsClear(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		ours := booked(line(t, "o1 +100 5 R1"), line(t, "o2 +200 6 R2"), line(t, "o3 +300 9 R3"))
		outcome, err := take(t, pool, account, stated("1", 0, 1, line(t, "t1 +100 5 R1")), books(ours...), nil)
		if err != nil || outcome.Matched != 1 || outcome.Broken != 1 || outcome.Waiting != 1 {
			t.Fatalf("%+v, %v", outcome, err)
		}
		open := cases(t, pool, recon.Open)
		if len(open) != 1 || open[0].Kind != recon.MissingTheirs || open[0].Difference() != money.New(-200, "HKD") ||
			open[0].Age(monday.AddDate(0, 0, 11)) != 10 {
			t.Fatalf("%+v", open)
		}
		err = inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return recon.Assign(ctx, tx, open[0].ID, "Mei") })
		if err != nil {
			t.Fatal(err)
		}
		outcome, err = take(t, pool, account, stated("2", 2, 2, line(t, "t2 +200 7 R2"), line(t, "t1 +100 7 R1")),
			books(ours...), nil)
		if err != nil || outcome.Matched != 1 || outcome.Broken != 1 || outcome.Waiting != 1 {
			t.Fatalf("%+v, %v", outcome, err)
		}
		cleared := cases(t, pool, recon.Cleared)
		if len(cleared) != 1 || cleared[0].ID != open[0].ID || cleared[0].Owner != "Mei" || cleared[0].ClosedAt.IsZero() {
			t.Errorf("%+v", cleared)
		}
		if open = cases(t, pool, recon.Open); len(open) != 1 || open[0].Kind != recon.Duplicate || open[0].Theirs != 100 {
			t.Errorf("%+v", open)
		}
		sums, _ := totals(t, pool, account)
		want := map[string]int64{"OURS MATCHED": 300, "OURS WAITING": 300, "THEIRS MATCHED": 300, "THEIRS BROKEN": 100}
		if difference := cmp.Diff(want, sums); difference != "" {
			t.Error(difference)
		}
	})
}

// TestStatementComesTwice: it changes nothing, and under its name none about other days is
// taken.
func TestStatementComesTwice(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		ours := books(booked(line(t, "o1 +100 5 R1"), line(t, "o2 +200 5 R2"))...)
		s := stated("1", 0, 1, line(t, "t1 +100 5 R1"), line(t, "t3 +7 5 R3"))
		first, err := take(t, pool, account, s, ours, nil)
		if err != nil || first.Repeated {
			t.Fatalf("%+v, %v", first, err)
		}
		before, open := fmt.Sprint(totals(t, pool, account)), cases(t, pool, recon.Open)
		again, err := take(t, pool, account, s, ours, nil)
		if err != nil || !again.Repeated || again.StatementID != first.StatementID {
			t.Errorf("%+v, %v", again, err)
		}
		if after := fmt.Sprint(totals(t, pool, account)); after != before {
			t.Errorf("%s, then %s", before, after)
		}
		if difference := cmp.Diff(open, cases(t, pool, recon.Open)); difference != "" {
			t.Error(difference)
		}
		if _, err := take(t, pool, account, stated("1", 5, 6), ours, nil); !errors.Is(err, recon.ErrDiffers) {
			t.Errorf("another statement under the name: %v", err)
		}
		other, err := take(t, pool, "HUB.NOSTRO.JPY", s, books(), nil)
		if err != nil || other.Repeated {
			t.Errorf("on another account: %+v, %v", other, err)
		}
	})
}

// TestContinuity: a statement that does not begin where the one before ended is a
// break, which no later statement clears.
func TestContinuity(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		for i, balances := range [][2]int64{{0, 100}, {100, 250}, {260, 300}} {
			s := stated(fmt.Sprint(i), i, i)
			s.HasBalances, s.Opening, s.Closing = true, balances[0], balances[1]
			if _, err := take(t, pool, account, s, books(), nil); err != nil {
				t.Fatal(err)
			}
		}
		open := cases(t, pool, recon.Open)
		if len(open) != 1 || open[0].Kind != recon.BalanceDiffers || open[0].Ours != 250 || open[0].Theirs != 260 {
			t.Fatalf("%+v", open)
		}
		if _, err := take(t, pool, account, stated("later", 4, 5), books(), nil); err != nil {
			t.Fatal(err)
		}
		if len(cases(t, pool, recon.Open)) != 1 {
			t.Error("it was cleared")
		}
	})
}

// No line is forgotten over any number of statements, whatever happens to them:
// what is matched, broken and waiting is each side, to the unit, and every open
// line that is due is in exactly one open break.
func TestNothingIsForgottenOverTime(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		number := 0
		rapid.Check(t, func(r *rapid.T) {
			number++
			in := fmt.Sprintf("A%d.POSITION.HKD", number)
			ours, theirs, _ := draw(r)
			booked(ours...)
			rules := drawRules(r)
			want, lines := map[recon.Side]int64{}, map[recon.Side]int64{}
			for i, part := range split(r, theirs) {
				s := stated(fmt.Sprint(i), 0, 10, part...)
				for range rapid.IntRange(1, 2).Draw(r, "times") {
					if _, err := take(t, pool, in, s, books(scoped(ours, number)...), rules); err != nil {
						r.Fatal(err)
					}
				}
			}
			for _, l := range ours {
				want[recon.Ours] += l.Amount.Minor
				lines[recon.Ours]++
			}
			for _, l := range theirs {
				want[recon.Theirs] += l.Amount.Minor
				lines[recon.Theirs]++
			}
			checkTotals(r, t, pool, in, want, lines)
		})
	})
}

// scoped gives lines ids of their own in a round.
func scoped(lines []recon.Line, round int) []recon.Line {
	list := slices.Clone(lines)
	for i := range list {
		list[i].ID = ids.Derive(list[i].ID, "round", int64(round))
	}
	return list
}

// split draws how lines are spread over statements; one at least.
func split(r *rapid.T, lines []recon.Line) [][]recon.Line {
	parts := make([][]recon.Line, rapid.IntRange(1, 3).Draw(r, "statements"))
	for _, l := range lines {
		i := rapid.IntRange(0, len(parts)-1).Draw(r, "statement")
		parts[i] = append(parts[i], l)
	}
	return parts
}

func checkTotals(r *rapid.T, t *testing.T, pool *db.Pool, in string, want, lines map[recon.Side]int64) {
	sums, counts := totals(t, pool, in)
	broken := map[recon.Side]int64{}
	list, err := recon.Cases(t.Context(), pool, recon.Open, in, 1_000)
	if err != nil {
		r.Fatal(err)
	}
	for _, c := range list {
		broken[recon.Ours] += c.Ours
		broken[recon.Theirs] += c.Theirs
	}
	for _, side := range []recon.Side{recon.Ours, recon.Theirs} {
		sum, count := int64(0), int64(0)
		for _, part := range []string{" MATCHED", " BROKEN", " WAITING", " RESOLVED"} {
			sum, count = sum+sums[string(side)+part], count+counts[string(side)+part]
		}
		if sum != want[side] || count != lines[side] {
			r.Errorf("%s: %d lines of %d, want %d of %d", side, count, sum, lines[side], want[side])
		}
		if counts[string(side)+" WAITING"] != 0 {
			r.Errorf("%s: %d lines wait, though every day is covered", side, counts[string(side)+" WAITING"])
		}
		if broken[side] != sums[string(side)+" BROKEN"] {
			r.Errorf("%s: breaks come to %d, their lines to %d", side, broken[side], sums[string(side)+" BROKEN"])
		}
	}
}

// treasury is a hub with a bank and a participant.
func treasury(t *testing.T, pool *db.Pool) {
	t.Helper()
	err := inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		if err := window.Start(ctx, tx, "asia-1", monday); err != nil {
			return err
		}
		return settlement.Onboard(ctx, tx, "HK-WALLET", "asia-1", money.New(1_000_000, "HKD"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestResolve: a difference is explained by one, or corrected by an entry that
// makes our books theirs; the entry is no new line, and nothing is done twice.
func TestResolve(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		treasury(t, pool)
		for _, in := range []string{account, "HK-WALLET.POSITION.HKD"} {
			s := stated("1", 0, 1, line(t, "t1 -30 5 CHARGE"), line(t, "t2 +5 5 INTEREST"))
			s.Lines[0].ID, s.Lines[1].ID = ids.New(), ids.New()
			if _, err := take(t, pool, in, s, recon.FromLedger(in), nil); err != nil {
				t.Fatal(err)
			}
			open, err := recon.Cases(t.Context(), pool, recon.Open, in, 10)
			if err != nil || len(open) != 2 {
				t.Fatalf("%+v, %v", open, err)
			}
			for _, c := range open {
				correct(t, pool, c)
			}
			net, err := ledger.NetOf(t.Context(), pool, in)
			if want := map[string]int64{account: 30, "HK-WALLET.POSITION.HKD": -30}[in]; err != nil || net != want {
				t.Errorf("%s comes to %d, want %d, %v", in, net, want, err)
			}
			later, err := take(t, pool, in, stated("2", 2, 3), recon.FromLedger(in), nil)
			if err != nil || later.Broken != 0 || later.Waiting != 0 || later.Matched != 0 {
				t.Errorf("the correction is a new line: %+v, %v", later, err)
			}
			sums, _ := totals(t, pool, in)
			if difference := cmp.Diff(map[string]int64{"OURS RESOLVED": -30, "THEIRS RESOLVED": -25}, sums); difference != "" {
				t.Error(difference)
			}
		}
	})
}

// TestOnlySomeAccountsAreCorrected: what is not what the hub has with banks, or what it owes,
// is explained but not corrected: a cap that counts prefunding would not follow an entry.
func TestOnlySomeAccountsAreCorrected(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		treasury(t, pool)
		fund(t, pool, 500, "CAMT-1")
		const prefunding = "HK-WALLET.PREFUNDING.HKD"
		if _, err := take(t, pool, prefunding, stated("1", 0, 1, line(t, "t1 +530 5 CAMT-1")), recon.FromLedger(prefunding), nil); err != nil {
			t.Fatal(err)
		}
		open := cases(t, pool, recon.Open)
		if len(open) != 1 || open[0].Difference() != hkd(30) {
			t.Fatalf("%+v", open)
		}
		r := recon.Resolution{BreakID: open[0].ID, ID: ids.New(), Region: "asia-1", By: "Mei, Jo", Why: "x", At: at}
		err := inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return recon.Correct(ctx, tx, r) })
		if !errors.Is(err, recon.ErrAccount) {
			t.Errorf("got %v", err)
		}
		position, err := ledger.NetOf(t.Context(), pool, "HK-WALLET.POSITION.HKD")
		if err != nil || position != 0 || len(cases(t, pool, recon.Open)) != 1 {
			t.Errorf("the position has %d, %v", position, err)
		}
		must(t, pool, func(ctx context.Context, tx db.Tx) error { return recon.Explain(ctx, tx, r) })
		for account, want := range map[string]bool{
			"HUB.NOSTRO.HKD": true, "HUB.LOSS.HKD": false, "HUB.POSITION.HKD": false, "HK-WALLET.POSITION.HKD": true,
			"HK-WALLET.NOSTRO.HKD": false, prefunding: false, recon.TransactionsOf("HK-WALLET", "HKD"): true, "HK-WALLET": false,
		} {
			if recon.Correctable(account) != want {
				t.Errorf("%s: %v", account, !want)
			}
		}
	})
}

// correct resolves one break: a charge by an entry, anything else by words.
func correct(t *testing.T, pool *db.Pool, c recon.Case) {
	t.Helper()
	resolve := recon.Explain
	if c.Theirs < 0 {
		resolve = recon.Correct
	}
	r := recon.Resolution{BreakID: c.ID, ID: ids.New(), Region: "asia-1", By: "Mei, Jo", Why: "bank charge", At: at}
	for _, want := range []error{nil, recon.ErrClosed} {
		err := inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return resolve(ctx, tx, r) })
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	found, lines, known, err := recon.Find(t.Context(), pool, c.ID)
	if err != nil || !known || found.State != recon.Resolved || found.ClosedBy != "Mei, Jo" ||
		found.Resolution != "bank charge" {
		t.Errorf("%+v, %v", found, err)
	}
	if want := map[bool]int{true: 2, false: 1}[c.Theirs < 0]; len(lines) != want {
		t.Errorf("%d lines, want %d", len(lines), want)
	}
}

func TestCommentsAndOwners(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		if _, err := take(t, pool, account, stated("1", 0, 1, line(t, "t1 +5 5 R1")), books(), nil); err != nil {
			t.Fatal(err)
		}
		id := cases(t, pool, recon.Open)[0].ID
		say := func(breakID ids.ID, text string) error {
			return inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				return recon.AddComment(ctx, tx, ids.New(), breakID, recon.Comment{Author: "Mei", Body: text, At: at})
			})
		}
		if err := errors.Join(say(id, "asked the bank"), say(id, "it is interest")); err != nil {
			t.Fatal(err)
		}
		comments, err := recon.Comments(t.Context(), pool, id, 10)
		if err != nil || len(comments) != 2 || comments[0].Author != "Mei" || !comments[0].At.Equal(at) {
			t.Errorf("%+v, %v", comments, err)
		}
		if err := say(ids.New(), "?"); !errors.Is(err, recon.ErrNoBreak) {
			t.Errorf("an unknown break: %v", err)
		}
		assign := func(breakID ids.ID) error {
			return inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return recon.Assign(ctx, tx, breakID, "Jo") })
		}
		if err := assign(ids.New()); !errors.Is(err, recon.ErrNoBreak) {
			t.Errorf("an unknown break: %v", err)
		}
		if err := assign(id); err != nil || cases(t, pool, recon.Open)[0].Owner != "Jo" {
			t.Errorf("%+v, %v", cases(t, pool, recon.Open), err)
		}
		none := recon.Resolution{BreakID: ids.New(), ID: ids.New(), Region: "asia-1", At: at}
		for _, resolve := range []func(context.Context, db.Tx, recon.Resolution) error{recon.Explain, recon.Correct} {
			err := inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return resolve(ctx, tx, none) })
			if !errors.Is(err, recon.ErrNoBreak) {
				t.Errorf("an unknown break: %v", err)
			}
		}
		if _, _, known, err := recon.Find(t.Context(), pool, ids.New()); known || err != nil {
			t.Errorf("%v, %v", known, err)
		}
	})
}

// TestLongStatement: a statement as long as one may be is compared in the time of
// one request. CAUSEWAY_TEST_LINES names another number of lines, such as 50000.
func TestLongStatement(t *testing.T) {
	count := 3_000
	if text := os.Getenv("CAUSEWAY_TEST_LINES"); text != "" {
		var err error
		if count, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	each(t, func(t *testing.T, pool *db.Pool) {
		var ours, theirs []recon.Line
		for i := range count {
			l := recon.Line{
				ID: ids.Derive(ids.Nil, "long", int64(i)), Side: recon.Ours, References: []string{fmt.Sprint("R", i)},
				Amount: hkd(int64(i + 1)), ValueDate: monday, BookedAt: at,
			}
			if i%1000 != 7 {
				ours = append(ours, l)
			}
			l.Side = recon.Theirs
			theirs = append(theirs, l)
		}
		start := time.Now()
		outcome, err := take(t, pool, account, stated("long", 0, 1, theirs...), books(ours...), nil)
		took := time.Since(start)
		t.Logf("%d lines: %s", count, took.Round(time.Millisecond))
		if err != nil || outcome.Matched != len(ours) || outcome.Broken != count-len(ours) || took > 30*time.Second {
			t.Errorf("%+v in %s, %v", outcome, took, err)
		}
	})
}
