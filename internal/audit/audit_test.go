package audit_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func migrations(t testing.TB) []db.Migration {
	t.Helper()
	steps, err := audit.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

func entry(n int) audit.Entry {
	return audit.Entry{
		ID: ids.New(), At: noon.Add(time.Duration(n) * time.Second), Actor: fmt.Sprintf("operator-%d", n%3),
		Action: "case.comment", Subject: fmt.Sprint("case-", n/4),
		Detail: map[string]string{"line": fmt.Sprint(n), "reason": "RR04"},
	}
}

func appendAll(t testing.TB, pool *db.Pool, log audit.Log, entries ...audit.Entry) {
	t.Helper()
	if err := tryAppend(pool, log, entries...); err != nil {
		t.Fatal(err)
	}
}

func tryAppend(pool *db.Pool, log audit.Log, entries ...audit.Entry) error {
	return pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
		return log.Append(ctx, tx, entries...)
	})
}

func verify(t testing.TB, pool *db.Pool, verifier audit.Verifier) map[string]audit.Report {
	t.Helper()
	heads, err := audit.Heads(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	reports := map[string]audit.Report{}
	for _, head := range heads {
		report, err := audit.Verify(t.Context(), pool, head, verifier)
		if err != nil {
			t.Fatal(err)
		}
		reports[head.Name] = report
	}
	return reports
}

// pair is a signing key in two versions.
type pair struct{ keys [2]ed25519.PrivateKey }

func newPair(t *testing.T) *pair {
	p := &pair{}
	for i := range p.keys {
		_, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		p.keys[i] = key
	}
	return p
}

func (p *pair) Sign(_ context.Context, text []byte) ([]byte, int, error) {
	return ed25519.Sign(p.keys[1], text), 2, nil
}

func (p *pair) Verify(_ context.Context, owner string, version int, text, signature []byte) error {
	if owner != audit.Owner || version < 1 || version > 2 || !ed25519.Verify(p.keys[version-1].Public().(ed25519.PublicKey), text, signature) {
		return errors.New("not signed by us")
	}
	return nil
}

func TestLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		operators, cases := audit.NewLog("operators"), audit.NewLog("cases")
		var want []audit.Entry
		for n := range 5 {
			want = append(want, entry(n))
		}
		appendAll(t, pool, operators)
		appendAll(t, pool, operators, want[0])
		appendAll(t, pool, operators, want[1:4]...)
		appendAll(t, pool, cases, entry(9))
		appendAll(t, pool, operators, want[4])
		got, err := audit.After(t.Context(), pool, "operators", 0, 10)
		if err != nil || len(got) != 5 {
			t.Fatalf("%d rows, %v", len(got), err)
		}
		for i, row := range got {
			if row.Sequence != int64(i+1) || row.ID != want[i].ID || !row.At.Equal(want[i].At) ||
				row.Detail["line"] != want[i].Detail["line"] || row.Subject != want[i].Subject {
				t.Errorf("row %d: %+v", i, row)
			}
		}
		newest, err := audit.Before(t.Context(), pool, "operators", 5, 2)
		if err != nil || len(newest) != 2 || newest[0].Sequence != 4 || newest[1].Sequence != 3 {
			t.Errorf("before 5: %v, %v", newest, err)
		}
		newest, err = operators.Newest(t.Context(), pool, want[3].At, want[3].ID, 2)
		if err != nil || len(newest) != 2 || newest[0].ID != want[2].ID || newest[1].ID != want[1].ID {
			t.Errorf("before the fourth: %v, %v", newest, err)
		}
		for chain, rows := range map[string]int64{"operators": 5, "cases": 1} {
			report := verify(t, pool, nil)[chain]
			if report.Rows != rows || report.Head.Number != rows || len(report.Breaks) > 0 {
				t.Errorf("%s: %+v", chain, report)
			}
		}
	}, migrations(t))
}

// What a log does not take, it does not take: not half of it, and not the action
// that it is about.
func TestRefused(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t))
	log := audit.NewLog("operators")
	first := entry(1)
	appendAll(t, pool, log, first)
	for name, spoil := range map[string]func(*audit.Entry){
		"no id":            func(e *audit.Entry) { e.ID = ids.Nil },
		"no actor":         func(e *audit.Entry) { e.Actor = "" },
		"no action":        func(e *audit.Entry) { e.Action = "" },
		"a long actor":     func(e *audit.Entry) { e.Actor = strings.Repeat("x", 129) },
		"a long subject":   func(e *audit.Entry) { e.Subject = strings.Repeat("x", 129) },
		"too much detail":  func(e *audit.Entry) { e.Detail = map[string]string{"x": strings.Repeat("x", 8<<10)} },
		"an entry again":   func(e *audit.Entry) { *e = first },
		"a control string": func(e *audit.Entry) { e.Subject = "a\x00b" },
	} {
		bad := entry(3)
		spoil(&bad)
		if err := tryAppend(pool, log, entry(2), bad); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if report := verify(t, pool, nil)["operators"]; report.Rows != 1 || len(report.Breaks) > 0 {
		t.Errorf("%+v", report)
	}
}

// Everyone who writes at once gets a place, and no place twice.
func TestConcurrentWriters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		const writers, each = 4, 10
		var group sync.WaitGroup
		for w := range writers {
			group.Go(func() {
				for n := range each {
					err := dbtest.Persistently(func() error { return tryAppend(pool, audit.NewLog("operators"), entry(w*each+n)) })
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		if report := verify(t, pool, nil)["operators"]; report.Rows != writers*each || len(report.Breaks) > 0 {
			t.Errorf("%+v", report)
		}
	}, migrations(t))
}

func change(t testing.TB, pool *db.Pool, sql string, arguments ...any) {
	t.Helper()
	err := pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
		rows, err := tx.Exec(ctx, sql, arguments...)
		if err == nil && rows == 0 {
			err = fmt.Errorf("%s changed nothing", sql)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// edit is one way to change the log behind its back, and how to take it back.
type edit struct {
	name     string
	do, undo func(t *testing.T, pool *db.Pool)
}

func statement(sql string) func(t *testing.T, pool *db.Pool) {
	return func(t *testing.T, pool *db.Pool) { change(t, pool, sql) }
}

// edits returns ways to tamper with row n of a chain of rows.
func edits(n, rows int) []edit {
	where := fmt.Sprintf(` WHERE chain = 'operators' AND sequence = %d`, n)
	restored := fmt.Sprintf(` WHERE sequence = %d`, n)
	set := func(column, value string) edit {
		return edit{column, statement(`UPDATE audit_row SET ` + column + ` = ` + value + where),
			statement(`UPDATE audit_row SET ` + column + ` = (SELECT ` + column + ` FROM saved` + restored + `)` + where)}
	}
	swap := func(t *testing.T, pool *db.Pool) { exchange(t, pool, n, n%rows+1) }
	return []edit{
		set("recorded_at", "recorded_at + INTERVAL '1 microsecond'"), set("actor", "actor || 'x'"),
		set("action", "action || ' '"), set("subject", "subject || '0'"), set("detail", "detail || '\\x20'::BYTEA"),
		set("hash", "set_byte(hash, 7, 255 - get_byte(hash, 7))"), set("entry_id", "gen_random_uuid()"),
		{"delete", statement(`DELETE FROM audit_row` + where), statement(`INSERT INTO audit_row SELECT * FROM saved` + restored)},
		{"exchange", swap, swap},
	}
}

var editCount = flag.Int("edits", 300, "how often the log is tampered with")

// Random changes of a log: every one is found.
func TestEveryEditIsFound(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t))
	const rows = 40
	log, keys := audit.NewLog("operators"), newPair(t)
	for n := range rows {
		appendAll(t, pool, log, entry(n))
	}
	if err := log.Seal(t.Context(), pool, keys, noon); err != nil {
		t.Fatal(err)
	}
	// The transaction of the table is not needed twice.
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE saved AS SELECT * FROM audit_row`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range *editCount {
		n := 1 + random.IntN(rows)
		ways := edits(n, rows)
		way := ways[random.IntN(len(ways))]
		way.do(t, pool)
		if report := verify(t, pool, keys)["operators"]; len(report.Breaks) == 0 {
			t.Fatalf("%d: not found: %s of row %d", i, way.name, n)
		}
		way.undo(t, pool)
	}
	if report := verify(t, pool, keys)["operators"]; len(report.Breaks) > 0 || report.Rows != rows || report.Seals != 1 {
		t.Fatalf("the log was not put back: %+v", report)
	}
}

// exchange swaps two rows of the log.
func exchange(t *testing.T, pool *db.Pool, a, b int) {
	t.Helper()
	for _, step := range [][2]int{{a, -1}, {b, a}, {-1, b}} {
		change(t, pool, `UPDATE audit_row SET sequence = $2 WHERE chain = 'operators' AND sequence = $1`, step[0], step[1])
	}
}

// Whoever rewrites a whole chain with good hashes is found by the seals; so is
// whoever cuts its end off and moves the head.
func TestRewrittenChains(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t))
	log, keys := audit.NewLog("operators"), newPair(t)
	for n := range 6 {
		appendAll(t, pool, log, entry(n))
		if n%2 == 1 {
			for range 2 { // the second changes nothing
				if err := log.Seal(t.Context(), pool, keys, noon.Add(time.Duration(n)*time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	honest := verify(t, pool, keys)["operators"]
	if honest.Seals != 3 || len(honest.Breaks) > 0 {
		t.Fatalf("%+v", honest)
	}
	rows, err := audit.After(t.Context(), pool, "operators", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	change(t, pool, `DELETE FROM audit_row WHERE sequence > 5`)
	change(t, pool, `UPDATE audit_chain SET sequence = 5, hash = $1`, rows[4].Hash)
	if report := verify(t, pool, keys)["operators"]; len(report.Breaks) == 0 {
		t.Error("the end was cut off, and nobody noticed")
	}
	change(t, pool, `DELETE FROM audit_row`)
	change(t, pool, `DELETE FROM audit_chain`)
	for n := range 6 {
		other := entry(n)
		other.Actor = "somebody-else"
		appendAll(t, pool, log, other)
	}
	if report := verify(t, pool, nil)["operators"]; len(report.Breaks) != 3 {
		t.Errorf("a new chain under the old seals: %+v", report)
	}
	change(t, pool, `UPDATE audit_seal SET hash = r.hash FROM audit_row r WHERE r.sequence = audit_seal.sequence`)
	if report := verify(t, pool, nil)["operators"]; len(report.Breaks) != 0 {
		t.Errorf("without signatures the new chain is as good: %+v", report)
	}
	if report := verify(t, pool, keys)["operators"]; len(report.Breaks) != 3 {
		t.Errorf("seals that were not signed: %+v", report)
	}
	heads, err := audit.Heads(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	noted, err := audit.Verify(t.Context(), pool, heads[0], nil, honest.Head)
	if err != nil || len(noted.Breaks) != 1 || noted.Breaks[0].Sequence != 6 {
		t.Errorf("the head that was noted elsewhere: %+v, %v", noted, err)
	}
	head := audit.Head{Name: "operators", Number: honest.Head.Number, Hash: honest.Head.Hash}
	if report, err := audit.Verify(t.Context(), pool, head, nil); err != nil || len(report.Breaks) == 0 {
		t.Errorf("the head that was noted elsewhere does not fit, and nobody noticed: %v", err)
	}
	if text := head.String(); !strings.HasPrefix(text, "operators:6:") || !bytes.Contains([]byte(text), fmt.Appendf(nil, "%x", head.Hash)) {
		t.Error(text)
	}
}

func TestSealAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		keys := newPair(t)
		for n, log := range []audit.Log{audit.NewLog("operators"), audit.NewLog("cases"), audit.NewLog("operators")} {
			appendAll(t, pool, log, entry(n))
			for range 2 {
				if err := audit.SealAll(t.Context(), pool, keys, noon); err != nil {
					t.Fatal(err)
				}
			}
		}
		reports := verify(t, pool, keys)
		if reports["operators"].Seals != 2 || reports["cases"].Seals != 1 || len(reports["operators"].Breaks)+len(reports["cases"].Breaks) > 0 {
			t.Errorf("%+v", reports)
		}
	}, migrations(t))
}

func TestSealOfNothing(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t))
	if err := audit.NewLog("operators").Seal(t.Context(), pool, newPair(t), noon); err != nil {
		t.Error(err)
	}
	if reports := verify(t, pool, nil); len(reports) > 0 {
		t.Errorf("%v", reports)
	}
	if audit.System("sealer") != "system:sealer" {
		t.Error("the name of a part of the switch")
	}
}
