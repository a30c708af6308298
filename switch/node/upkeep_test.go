package node

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/switch/engine"
)

// What is too old goes slice by slice until a slice is not full, and only what is committed
// is said to have gone.
func TestSweep(t *testing.T) {
	at := &clock.Fixed{At: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	n, said := logged(t, at)
	n.pool = dbtest.New(t)
	trouble := errors.New("no such table")
	for name, c := range map[string]struct {
		counts []int64 // of the slices; -1 fails after it has done some
		slices int
		says   [][]string
	}{
		"nothing":    {[]int64{0}, 1, nil},
		"a few":      {[]int64{7}, 1, [][]string{{"level=INFO", "msg=upkeep", "of=things", "rows=7"}}},
		"many":       {[]int64{500, 500, 0}, 3, [][]string{{"level=INFO", "rows=1000"}}},
		"fails":      {[]int64{-1}, 1, [][]string{{"level=WARN", "upkeep interrupted", "of=things", "no such table"}}},
		"fails then": {[]int64{500, -1}, 2, [][]string{{"level=WARN", "interrupted"}, {"level=INFO", "rows=500"}}},
	} {
		t.Run(name, func(t *testing.T) {
			slices := 0
			n.sweep(t.Context(), sweep{"things", time.Hour,
				func(_ context.Context, _ db.Tx, before time.Time, limit int) (int64, error) {
					if !before.Equal(at.At.Add(-time.Hour)) || limit != upkeepSlice {
						t.Errorf("asked for %d before %s", limit, before)
					}
					if slices++; c.counts[slices-1] < 0 {
						return 3, trouble
					}
					return c.counts[slices-1], nil
				}})
			lines := strings.SplitAfter(said(), "\n")
			if slices != c.slices || len(lines) != len(c.says)+1 {
				t.Errorf("%d slices, %q", slices, lines)
			}
			for i, words := range c.says {
				wants(t, name, lines[i], words...)
			}
		})
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	n.sweep(ended, sweep{"things", 0, func(context.Context, db.Tx, time.Time, int) (int64, error) {
		t.Error("it sweeps beyond its end")
		return 0, nil
	}})
	wants(t, "at the end", said())
}

// Whoever is like a listed entry is told of, each with what people need to look.
func TestListedAreTold(t *testing.T) {
	n, said := logged(t, &clock.Fixed{})
	n.tellListed(t.Context(), nil)
	wants(t, "nobody", said())
	n.tellListed(t.Context(), []engine.Listed{{ParticipantID: "HK-WALLET", List: "OWN", Entry: "7", Score: 97}})
	wants(t, "a participant", said(), "level=ERROR", "a participant is like", "participant=HK-WALLET", "list=OWN",
		"entry=7", "score=97")
	n.tellListed(t.Context(), []engine.Listed{
		{ParticipantID: "JP-ACQUIRER", MerchantID: "M-1", StoreID: "S-2", List: "OWN"},
	})
	wants(t, "a merchant", said(), "a registered merchant is like", "merchant=M-1", "store=S-2")
}
