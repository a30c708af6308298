package crash_test

import (
	"context"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbserver"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/api/client"
)

// TestFailOver loses the machine of the database while partners go on paying. A standby
// that has confirmed each commit takes over, and the same hub goes on with it: whatever
// was answered is in the books, nobody is debited twice, and the window is closed on what
// was the copy.
func TestFailOver(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole stage is not short")
	}
	primary, err := dbserver.Start(t.Context(), dbserver.Options{Kind: dbserver.PostgreSQL, Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = primary.Stop() })
	standby, err := primary.Standby(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = standby.Stop() })
	s := stagetest.Open(t, stage.Options{
		Timing: hurried(), Customers: hardCustomers(), DatabaseURL: either(t, primary.URL(), standby.URL()),
	})
	traffic := startTraffic(t, s, rand.Uint64())
	pause(t.Context(), 3*time.Second)

	lost := time.Now()
	if err := primary.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	promoted := time.Since(lost)
	if !until(t, settleWait, func() bool { return postedSince(t, s, lost.Add(promoted)) }) {
		t.Fatalf("no payment is made for %s after the standby took over", settleWait)
	}
	t.Logf("the standby took over %s after the loss, payments were made again after %s",
		promoted.Round(time.Millisecond), time.Since(lost).Round(time.Millisecond))
	pause(t.Context(), 2*time.Second)
	traffic.stop()
	settle(t, s)
	traffic.judge()
	closeAtStandby(t, s)
	t.Log(traffic.summary())
}

// either is a URL of two servers, of which the one that takes writes is meant.
func either(t *testing.T, one, other string) string {
	t.Helper()
	address, err := url.Parse(one)
	if err != nil {
		t.Fatal(err)
	}
	second, err := url.Parse(other)
	if err != nil {
		t.Fatal(err)
	}
	address.Host += "," + second.Host
	address.RawQuery += "&target_session_attrs=read-write"
	return address.String()
}

// postedSince reports whether a payment was posted since; a connection of before the loss
// does not answer.
func postedSince(t *testing.T, s *stage.Stage, since time.Time) bool {
	t.Helper()
	var posted bool
	err := s.Pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM payment WHERE state = 'POSTED' AND completed_at > $1)`,
			since).Scan(&posted)
	})
	return err == nil && posted
}

// closeAtStandby closes the window, and all that was paid before and after is settled.
func closeAtStandby(t *testing.T, s *stage.Stage) {
	t.Helper()
	token := stagetest.Must[string](t)(s.Token(s.Operators()[0]))
	operator := &client.Client{BaseURL: s.OperatorsURL(), Token: telemetry.Personal(token)}
	if _, err := operator.CloseWindow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !until(t, settleWait, func() bool { return !interrupted(t, s) }) {
		t.Error("the window was never handed to the banks")
	}
	stagetest.Invariants(t, s)
}
