package recon_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/recon"
)

// versionsOf are versions of the statements of some days with balances, as a bank that
// corrects itself sends them, and lines of ours.
func versionsOf(t *testing.T, in string) (files []recon.Statement, ours []recon.Line) {
	t.Helper()
	for day := range 3 {
		own := line(t, fmt.Sprintf("o%d +10 5 R%d", day, day))
		own.ID, own.ValueDate = ids.Derive(own.ID, in, 1), monday.AddDate(0, 0, day)
		ours = append(ours, own)
		for version, moved := range []int{7, 10} {
			l := line(t, fmt.Sprintf("t%d +%d 5 R%d", day, moved, day))
			l.ValueDate = monday.AddDate(0, 0, day)
			s := balanced(stated(fmt.Sprint("day ", day), day, day, l), int64(day)*10, int64(day)*10+int64(moved))
			s.SHA256[2] = byte(version)
			files = append(files, s)
		}
	}
	return files, booked(ours...)
}

// linesOf is what is on record of an account, by side and state.
func linesOf(t *testing.T, pool *db.Pool, in string) map[string]int64 {
	t.Helper()
	rows, err := pool.Query(t.Context(), `SELECT side || ' ' || state, count(*) FROM recon_line WHERE account_id = $1 GROUP BY 1`, in)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]int64{}
	for rows.Next() {
		var name string
		var count int64
		if err := rows.Scan(&name, &count); err != nil {
			t.Fatal(err)
		}
		found[name] = count
	}
	return found
}

// TestStatementsTakenAtOnce: hubs that take the same files of a bank at once, each twice,
// come to what one hub does that takes each once.
func TestStatementsTakenAtOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		files, ours := versionsOf(t, account)
		for number := 0; number < len(files); number += 2 { // corrections come after what they correct
			if _, err := take(t, pool, account, files[number], books(ours...), nil); err != nil {
				t.Fatal(err)
			}
		}
		var hubs sync.WaitGroup
		for range 4 {
			hubs.Go(func() {
				for _, s := range slices.Concat(files, files) {
					s.Lines = slices.Clone(s.Lines)
					err := dbtest.Persistently(func() error {
						return pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
							_, err := recon.Take(ctx, tx, account, s, books(ours...), nil, at)
							return err
						})
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		hubs.Wait()
		correctedOnce(t, pool, account)
	})
}

// correctedOnce checks that each of three days was corrected once: all is matched, and what
// the former versions said is on record.
func correctedOnce(t *testing.T, pool *db.Pool, in string) {
	t.Helper()
	want := map[string]int64{"OURS MATCHED": 3, "THEIRS MATCHED": 3, "THEIRS REPLACED": 3}
	if difference := cmp.Diff(want, linesOf(t, pool, in)); difference != "" {
		t.Error(difference)
	}
	if open := found(t, pool, in, recon.Open); len(open) > 0 {
		t.Errorf("open: %v", open)
	}
	var versions int64
	err := pool.QueryRow(t.Context(), `SELECT count(*) FROM recon_statement_version v
		JOIN recon_statement s ON s.statement_id = v.statement_id WHERE s.account_id = $1`, in).Scan(&versions)
	if err != nil || versions != 3 {
		t.Errorf("%d versions of the past, %v", versions, err)
	}
}

// TestStatementsThroughLostCommits: a hub whose commits or their answers are lost takes a
// file again until it knows, and nothing is counted twice.
func TestStatementsThroughLostCommits(t *testing.T) {
	url := dbtest.URL(t)
	straight := dbtest.Open(t, url)
	migrations := dbtest.Load(t, migrationsOf()...)
	if _, err := db.Migrate(t.Context(), straight, clock.System{}, migrations); err != nil {
		t.Fatal(err)
	}
	proxy := dbtest.NewProxy(t, url)
	pool := dbtest.Open(t, proxy.URL())
	random := rand.New(rand.NewPCG(7, 53))
	lost := 0
	for round := range 12 {
		in := fmt.Sprintf("BANK-%d.NOSTRO.HKD", round)
		files, ours := versionsOf(t, in)
		for _, s := range files {
			proxy.BreakCommits(dbtest.Loss(1+random.IntN(2)), random.IntN(3))
			for {
				s.Lines = slices.Clone(s.Lines)
				err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
					_, err := recon.Take(ctx, tx, in, s, books(ours...), nil, at)
					return err
				})
				if err == nil {
					break
				}
				if !errors.Is(err, db.ErrAmbiguous) && !errors.Is(err, db.ErrUnavailable) {
					t.Fatal(err)
				}
				lost++
			}
			proxy.BreakCommits(0, 0)
		}
		correctedOnce(t, straight, in)
	}
	if lost < 12 {
		t.Errorf("only %d commits were lost", lost)
	}
}
