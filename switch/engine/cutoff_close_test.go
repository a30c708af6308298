package engine_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/window"
)

// state is the present state of a window.
func (h *hub) state(id ids.ID) window.State {
	h.t.Helper()
	w, err := window.Get(h.t.Context(), h.pool, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return w.State
}

// TestResumeAfterEveryStep: a hub that dies after any step of a close is
// followed by one that finishes it, with the same figures and obligations, and
// payments made meanwhile are in the next window.
func TestResumeAfterEveryStep(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		for step, steps := range []func(id ids.ID) error{
			func(ids.ID) error { return h.inTx(h.closeOnly) },
			func(ids.ID) error { _, err := h.CutOff(t.Context()); return err },
			func(id ids.ID) error {
				if _, err := h.CutOff(t.Context()); err != nil {
					return err
				}
				_, err := h.Report(t.Context(), t.TempDir(), id)
				return err
			},
		} {
			h.day(string(rune('A' + step)))
			id, err := window.Current(t.Context(), h.pool, region)
			if err != nil {
				t.Fatal(err)
			}
			if err := steps(id); err != nil {
				t.Fatal(err)
			}
			h.start(t)
			if _, err := h.pay("PR-LATE-"+string(rune('A'+step)), jpy(700)); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := h.Resume(t.Context(), t.TempDir(), 0); err != nil {
					t.Fatal(err)
				}
			}
			obligations, err := instruct.Of(t.Context(), h.pool, id)
			if err != nil || len(obligations) != 2 || h.state(id) != window.Settling {
				t.Errorf("after step %d: %s with %d obligations, %v", step, h.state(id), len(obligations), err)
			}
			// The late payments of the steps before came into this window.
			want := jpy(2644)
			if step > 0 {
				want = jpy(2644 + 694)
			}
			if obligations[1].Amount != want {
				t.Errorf("after step %d: %s, want %s", step, obligations[1].Amount, want)
			}
			h.sound()
		}
	})
}

func (h *hub) inTx(work func(ctx context.Context, tx db.Tx) error) error {
	return h.pool.InTx(h.t.Context(), work)
}

func (h *hub) closeOnly(ctx context.Context, tx db.Tx) error {
	_, err := window.Close(ctx, tx, region, h.clock.Now())
	return err
}

// TestCarriedIsKept: what is brought into every 64th window is kept when it is instructed, once,
// and is what the windows before it come to.
func TestCarriedIsKept(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.day("A")
		var w window.Window
		for range 64 {
			w = h.mustCutOff()
		}
		for range 2 {
			if _, err := h.Instruct(t.Context(), t.TempDir(), w.ID); err != nil {
				t.Fatal(err)
			}
		}
		var owners, last int64
		row := h.pool.QueryRow(t.Context(), `SELECT count(*), max(number) FROM window_carried WHERE participant_id <> 'HUB'`)
		if err := row.Scan(&owners, &last); err != nil || owners != 2 || last != 64 {
			t.Errorf("it is kept of %d owners, until window %d, %v", owners, last, err)
		}
		h.sound()
	})
}

// TestRested: a closing that another hub may be at work on is left alone.
func TestRested(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.day("A")
		w, err := h.CutOff(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Resume(t.Context(), t.TempDir(), time.Hour); err != nil || h.state(w.ID) != window.Closed {
			t.Errorf("%s, %v", h.state(w.ID), err)
		}
	})
}

// TestCutOffOnTime: hubs that look at the same schedule close a window once, when
// it is due, however late and however often they look.
func TestCutOffOnTime(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		now := h.clock.Now()
		soon, err := window.NewSchedule("UTC", []string{now.Add(10 * time.Minute).Format("15:04")})
		if err != nil {
			t.Fatal(err)
		}
		// The window was opened before the clock of the test began, so a schedule
		// of today is due when its time has come today.
		h.mustCutOff()
		if _, closed, err := h.CutOffDue(t.Context(), soon); err != nil || closed {
			t.Fatalf("closed too early: %v, %v", closed, err)
		}
		if _, closed, err := h.CutOffDue(t.Context(), window.Schedule{}); err != nil || closed {
			t.Fatalf("closed without a schedule: %v, %v", closed, err)
		}
		h.clock.Advance(11 * time.Minute)
		var times atomic.Int64
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				_, closed, err := h.CutOffDue(t.Context(), soon)
				if err != nil && !errors.Is(err, db.ErrConflict) {
					t.Error(err)
				}
				if closed {
					times.Add(1)
				}
			})
		}
		wg.Wait()
		if recent, err := window.Recent(t.Context(), h.pool, region, 10); err != nil || len(recent) != 3 || times.Load() != 1 {
			t.Errorf("%d windows, closed %d times, %v", len(recent), times.Load(), err)
		}
	})
}

func (h *hub) mustCutOff() window.Window {
	h.t.Helper()
	w, err := h.CutOff(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return w
}
