package bench

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/switch/node"
)

// migrated is a database with all tables of the switch.
func migrated(t *testing.T) (*db.Pool, string) {
	t.Helper()
	address := dbtest.URL(t)
	if _, err := node.Migrate(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	return dbtest.Open(t, address), address
}

// TestDatabaseWorkCounts: a transaction that writes is in the server's counters, which
// it tells within a moment.
func TestDatabaseWorkCounts(t *testing.T) {
	pool, _ := migrated(t)
	before, err := databaseWork(t.Context(), pool, false)
	if err != nil || before.Statements != -1 || before.Size == 0 {
		t.Fatalf("%+v, %v", before, err)
	}
	wallets := ofRole(cast(4), "wallet")
	if _, err := issue(t.Context(), pool, wallets, mixed(500, 1, 2, Mix{}, 1), systemClock.Now()); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		after, err := databaseWork(t.Context(), pool, false)
		if err != nil {
			t.Fatal(err)
		}
		if after.Written-before.Written >= 500 && after.Commits > before.Commits && after.WALBytes > before.WALBytes &&
			after.Tables["payment_code"] > before.Tables["payment_code"] {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v, then %+v", before, after)
		}
	}
}

// TestCodesOfAPlan: each payment has a code of its own that waits for it, and the
// payer whose wallet does what the payment is for.
func TestCodesOfAPlan(t *testing.T) {
	pool, _ := migrated(t)
	picks := mixed(3000, 2, 2, Mix{Decline: 0.3}, 1)
	payments, err := issue(t.Context(), pool, ofRole(cast(4), "wallet"), picks, systemClock.Now())
	if err != nil {
		t.Fatal(err)
	}
	different := map[string]bool{}
	for i, p := range payments {
		different[p.Code] = true
		if p.Acquirer != picks[i].acquirer || p.Amount == "" {
			t.Fatalf("payment %d: %+v of %+v", i, p, picks[i])
		}
	}
	var codes, declined int
	err = pool.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE payer_reference LIKE 'd-%') FROM payment_code
		WHERE expires_at > valid_from + INTERVAL '50 minutes'`).Scan(&codes, &declined)
	wanted := 0
	for _, p := range picks {
		if p.behaviour == decline {
			wanted++
		}
	}
	if err != nil || len(different) != 3000 || codes != 3000 || declined != wanted {
		t.Errorf("%d codes in the plan, %d stored, %d of %d to be declined, %v", len(different), codes, declined, wanted, err)
	}
	if err := tidyCodes(t.Context(), pool); err != nil {
		t.Error(err)
	}
	if err := tidy(t.Context(), pool); err != nil {
		t.Error(err)
	}
	if err := maintain(t.Context(), pool, `ANALYZE nothing`); err == nil {
		t.Error("a table that is not there is no error")
	}
}

// TestBacklogAndStates look at payments that were made.
func TestBacklogAndStates(t *testing.T) {
	pool, _ := migrated(t)
	a := &alone{EngineOptions: EngineOptions{Partners: 2, Log: func(string) {}}, pool: pool, clock: systemClock, cast: cast(2)}
	if err := a.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := readBacklog(t.Context(), pool, regionOfRun); err != nil || left != (backlog{}) {
		t.Errorf("%+v, %v", left, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go a.engine.Run(ctx)
	payments, err := issue(t.Context(), pool, ofRole(a.cast, "wallet"), mixed(3, 1, 1, Mix{}, 1), systemClock.Now())
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"B1-0", "B1-1", "B10-0"} {
		if err := a.pay(t.Context(), id, payments[i]); err != nil {
			t.Fatal(err)
		}
	}
	states, err := statesOf(t.Context(), pool, acquirerID(0), "B1")
	if diff := cmp.Diff(map[string]string{"B1-0": "POSTED", "B1-1": "POSTED"}, states); diff != "" || err != nil {
		t.Error(diff, err)
	}
	left, err := readBacklog(t.Context(), pool, regionOfRun)
	if err != nil || left.open != 0 || left.unpublished != 6 || left.unsealed == 0 {
		t.Errorf("%+v, %v", left, err)
	}
	if err := a.pay(t.Context(), "B1-2", payments[0]); err == nil || !strings.Contains(err.Error(), "B1-2") {
		t.Errorf("a code that was used: %v", err)
	}
}

// TestServer: the processes of a server on this machine are found, and pgbench runs.
func TestServer(t *testing.T) {
	pool, address := migrated(t)
	s, err := findServer(t.Context(), pool, address, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no /proc here")
	}
	usage, known := s.usage()
	if !known || s.process == 0 || usage.CPU <= 0 || usage.MemoryMost < 1<<20 {
		t.Errorf("%+v, process %d, %v", usage, s.process, known)
	}
	if _, known := (server{proc: s.proc}).usage(); known {
		t.Error("a server elsewhere has an account here")
	}
	result, err := s.pgbench(t.Context(), 1, func(string) {})
	if err != nil || result.perSecond < 1 || result.latency <= 0 || result.processor <= 0 {
		t.Errorf("%+v, %v", result, err)
	}
	tools := pgbenchTools{url: address, folder: s.programs()}
	if _, err := tools.run(t.Context(), "", "pgbench", "--nonsense"); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("%v", err)
	}
	tools.folder = t.TempDir()
	if err := tools.prepare(t.Context()); err == nil {
		t.Error("no programs, no error")
	}
}

// TestStatements: where the server counts statements, they are told with what they
// cost; where it does not, that is known.
func TestStatements(t *testing.T) {
	pool, _ := migrated(t)
	if !countStatements(t.Context(), pool) {
		t.Skip("the server of the tests does not count statements")
	}
	if err := resetStatements(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	top, err := topStatements(t.Context(), pool, 5)
	if err != nil || len(top) == 0 || len(top) > 5 {
		t.Errorf("%+v, %v", top, err)
	}
}
