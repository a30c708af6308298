package engine

import (
	"context"
	"testing"
	"time"
)

// TestDutyShare: a partner has so many places, and so many may wait; whoever comes after
// is put off at once, and another partner is not concerned.
func TestDutyShare(t *testing.T) {
	shares, ctx := newDutyShares(), t.Context()
	var leave []func()
	for range partnerDuties {
		one, entered := shares.enter(ctx, "SLOW")
		if !entered {
			t.Fatal("a place was not given")
		}
		leave = append(leave, one)
	}
	waited := make(chan bool, partnerDuties)
	for range partnerDuties {
		go func() {
			one, entered := shares.enter(context.Background(), "SLOW")
			if entered {
				one()
			}
			waited <- entered
		}()
	}
	share := shares.of("SLOW")
	for deadline := time.Now().Add(dutyPatience / 2); len(share.waiting) < partnerDuties && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if _, entered := shares.enter(ctx, "SLOW"); entered {
		t.Error("one too many was let in")
	}
	if one, entered := shares.enter(ctx, "QUICK"); !entered {
		t.Error("another partner was put off")
	} else {
		one()
	}
	leave[0]() // those that wait come one after the other
	for range partnerDuties {
		if !<-waited {
			t.Fatal("one that waited was put off")
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	taken, _ := shares.enter(ctx, "SLOW")
	if _, entered := shares.enter(ended, "SLOW"); entered {
		t.Error("let in after the end")
	}
	taken()
}
