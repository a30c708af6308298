package window_test

import (
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/settlement/window"
)

// TestBefore: the windows before one are those with lower numbers, the oldest
// first; each has the id that its number gives it.
func TestBefore(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		start(t, pool)
		var last window.Window
		for i := range 4 {
			w, err := closeWindow(t, pool, at.Add(time.Duration(i+1)*time.Hour))
			if err != nil || w.ID != window.IDOf(region, w.Number) {
				t.Fatalf("%+v, %v", w, err)
			}
			last = w
		}
		for from, want := range map[int64]int{0: 3, 1: 3, 3: 1, 4: 0} {
			list, err := window.Before(t.Context(), pool, last, from)
			if err != nil || len(list) != want {
				t.Fatalf("from %d: %d windows, want %d, %v", from, len(list), want, err)
			}
			for i, w := range list {
				if w.Number != max(from, 1)+int64(i) {
					t.Errorf("from %d: window %d at place %d", from, w.Number, i)
				}
			}
		}
	})
}
