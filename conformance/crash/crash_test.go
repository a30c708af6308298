package crash_test

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/switch/route"
)

// hurried are schedules of seconds instead of minutes, so that what a crash
// leaves behind is found out while the test runs.
func hurried() stage.Timing {
	return stage.Timing{
		WalletPatience: 600 * time.Millisecond, CodeWindow: 4 * time.Second, Inquiries: "200ms,400ms,800ms",
		Cancels:       "100ms,300ms,1s",
		Notifications: "200ms,300ms,500ms,1s,1s,1s,2s,2s,2s,2s,2s,2s,2s,2s,2s,2s,2s,2s,2s,2s",
	}
}

// Customers of every wallet who make it hard.
const (
	slow   = "traveller-slow"
	later  = "traveller-later"
	double = "traveller-double"
)

// slowness is how long a slow customer's wallet takes.
const slowness = 400 * time.Millisecond

func hardCustomers() []sandbox.Customer {
	const wealth = 100_000_000_000
	return []sandbox.Customer{
		{ID: slow, Name: "Ambler Lateboot", Balance: wealth, Behaviour: sandbox.Slow,
			DelayMillis: int(slowness.Milliseconds())},
		{ID: later, Name: "Tarry Afterwood", Balance: wealth, Behaviour: sandbox.Later, DelayMillis: 700},
		{ID: double, Name: "Echo Twiceton", Balance: wealth, Behaviour: sandbox.Duplicates},
	}
}

// open starts a stage one of whose acquirers is not notified of what its answers have told.
func open(t *testing.T) *stage.Stage {
	cast := stage.Cast()
	for i, p := range cast {
		if p.ID == shops[1].acquirer {
			cast[i].Notices = route.NoticesUntold.String()
		}
	}
	return stagetest.Open(t, stage.Options{Cast: cast, Timing: hurried(), Customers: hardCustomers()})
}

// setting reads a number that the environment may ask for.
func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

// tills is how many tills each acquirer has. Two cores sign some ninety
// payments a second; a hub that starts needs its share.
const tills = 4

// TestKills is the run of the package's comment.
func TestKills(t *testing.T) {
	rounds := setting(t, "CAUSEWAY_TEST_CRASH_ROUNDS", 25)
	seed := setting(t, "CAUSEWAY_TEST_CRASH_SEED", rand.Uint64())
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("repeat with CAUSEWAY_TEST_CRASH_SEED=%d CAUSEWAY_TEST_CRASH_ROUNDS=%d", seed, rounds)
		}
	})
	s := open(t)
	traffic := startTraffic(t, s, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var slowest time.Duration
	for round := range rounds {
		pause(t.Context(), between(random, 100*time.Millisecond, 1200*time.Millisecond))
		s.KillHub()
		if round%5 == 4 {
			stagetest.Invariants(t, s) // which hold at any time
			killAtStart(t, s, random)
		}
		pause(t.Context(), between(random, 0, 200*time.Millisecond))
		started := time.Now()
		if err := s.StartHub(t.Context()); err != nil {
			t.Fatalf("round %d: the hub does not start again: %v", round, err)
		}
		slowest = max(slowest, time.Since(started))
	}
	traffic.stop()
	t.Logf("%d kills, slowest start %s, %s", rounds, slowest.Round(time.Millisecond), traffic.summary())
	settle(t, s)
	traffic.judge()
	if len(stagetest.Texts(t, s, selectTold)) == 0 {
		t.Error("no payment was told by its answer alone")
	}
}

// killAtStart kills a hub that has not come up yet.
func killAtStart(t *testing.T, s *stage.Stage, random *rand.Rand) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), between(random, 20*time.Millisecond, 500*time.Millisecond))
	defer cancel()
	_ = s.StartHub(ctx) // either way it is killed
	s.KillHub()
}

func between(random *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(random.Int64N(int64(most-least)))
}

func pause(ctx context.Context, length time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}
