package crash_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/api/client"
)

// closeKills is how often a close is interrupted: from right away to after all
// that a close does, files and signatures included.
const closeKills = 8

// TestKilledCloses kills the hub in the middle of closing its window, a little
// later each time, and lets the next one finish.
func TestKilledCloses(t *testing.T) {
	s := open(t)
	for i := range closeKills {
		var paying sync.WaitGroup
		for j := range 3 {
			pay(t, s, &paying, fmt.Sprint(stage.Regular, "-", j), fmt.Sprint("CLOSE-", i, "-", j))
		}
		paying.Wait()
		closeAndKill(t, s, time.Duration(i)*6*time.Millisecond)
		finished := until(t, time.Minute, func() bool { return !interrupted(t, s) })
		if !finished {
			t.Fatalf("kill %d: a window was never finished", i)
		}
	}
	settle(t, s)
	stagetest.Invariants(t, s)
}

// closeAndKill has an operator close the window and kills the hub meanwhile.
func closeAndKill(t *testing.T, s *stage.Stage, after time.Duration) {
	t.Helper()
	token, err := s.Token(s.Operators()[0])
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		// The answer is lost with the hub, or not: both are fine.
		_, _ = (&client.Client{BaseURL: s.OperatorsURL(), Token: telemetry.Personal(token)}).CloseWindow(t.Context())
	}()
	select {
	case <-asked:
	case <-time.After(after):
	}
	kill(t, s)
	<-asked
}

// interrupted reports whether a window is neither open nor handed to the banks.
func interrupted(t *testing.T, s *stage.Stage) bool {
	t.Helper()
	for _, state := range []window.State{window.Closing, window.Closed} {
		left, err := window.InState(t.Context(), s.Pool, stage.Region, state, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(left) > 0 {
			return true
		}
	}
	return false
}
