package engine_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/engine"
)

// dayRows are the rows of the acquirer's file of a value date in a window's report.
func (h *hub) dayRows(w window.Window) (summary []string, details [][]string) {
	h.t.Helper()
	paths, err := h.Report(h.t.Context(), h.t.TempDir(), w.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasPrefix(filepath.Base(path), "settlementDay_JP-ACQUIRER") {
			rows := table(h.t, path, 0)
			return rows[1], rows[3:]
		}
	}
	h.t.Fatal("there is no file of the value date")
	return nil, nil
}

// TestValueDateOfSeveralWindows: the file of a value date lists every window that is due
// on it until the report's, sums them up, begins anew with the next value date, and has
// the same bytes whenever it is issued, however many windows have come since.
func TestValueDateOfSeveralWindows(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		calendars := window.Calendars{} // weekends alone
		friday := h.clock.Now().UTC().Truncate(24 * time.Hour).Add(25 * time.Hour)
		for friday.Weekday() != time.Friday {
			friday = friday.Add(24 * time.Hour)
		}
		h.clock.stopped = friday
		closed := map[time.Time][]window.Window{}
		for i := range 6 {
			if i == 2 {
				h.clock.Advance(24 * time.Hour) // Saturday
			}
			if i == 4 {
				h.clock.Advance(48 * time.Hour) // Monday
			}
			h.clock.Advance(time.Hour)
			if _, err := h.pay(fmt.Sprint("PR-", i), jpy(int64(1000+i))); err != nil {
				t.Fatal(err)
			}
			w := h.mustCutOff()
			due := calendars.Of("JPY").ValueDate(w.ClosedAt)
			closed[due] = append(closed[due], w)
			summary, details := h.dayRows(w)
			if summary[0] != due.Format(time.DateOnly) || summary[2] != fmt.Sprint(len(closed[due])) ||
				len(details) != len(closed[due]) {
				t.Errorf("window %d: %v, %v", w.Number, summary, details)
			}
			sum := int64(0)
			for _, row := range details {
				got, _, err := h.explain(row[0]+"/JP-ACQUIRER/JPY", 100)
				if want := directed(t, row[2], row[3]); err != nil || got != want || want <= 0 {
					t.Errorf("window %d: %v is explained by %d, %v", w.Number, row, got, err)
				}
				sum += directed(t, row[2], row[3])
			}
			if sum != directed(t, summary[3], summary[4]) {
				t.Errorf("window %d: the rows come to %d: %v", w.Number, sum, summary)
			}
			h.explainDay(w, sum, calendars)
		}
		if len(closed) != 2 {
			t.Errorf("%d value dates", len(closed))
		}
		for _, windows := range closed {
			for _, w := range windows {
				h.dayRows(w) // a file that differs from the one on record is an error
			}
		}
		h.sound()
	})
}

// explainDay sees that the sum of a value date until a window is explained by entries, by
// its name and by that of its file, in pages of any size, and is what the books say.
func (h *hub) explainDay(w window.Window, want int64, calendars window.Calendars) {
	h.t.Helper()
	file := fmt.Sprintf("settlementDay_JP-ACQUIRER_JPY_%d_%s_000.csv", w.Number, region)
	for _, text := range []string{fmt.Sprintf("%d/JP-ACQUIRER/JPY/day", w.Number), file, file + "/day"} {
		for _, size := range []int{1, 3, 1000} {
			if got, _, err := h.explain(text, size); err != nil || got != want {
				h.t.Errorf("%s in pages of %d: %d, want %d, %v", text, size, got, want, err)
			}
		}
	}
	f, err := engine.ParseFigure(h.t.Context(), h.pool, region, calendars, file)
	if err != nil {
		h.t.Fatal(err)
	}
	if books, err := engine.NetOf(h.t.Context(), h.pool, f); err != nil || books != jpy(want) {
		h.t.Errorf("the books say %s of %s, want %d, %v", books, file, want, err)
	}
	own, err := engine.ParseFigure(h.t.Context(), h.pool, region, calendars, file+"/net")
	if err != nil || own.Name != engine.FigureNet {
		h.t.Errorf("%+v, %v", own, err)
	}
}

// TestReportWaitsForTheWindowBefore: what is settled on a value date is not said before
// the windows before are closed, whose figures may still change.
func TestReportWaitsForTheWindowBefore(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.day("A")
		first, err := window.Current(t.Context(), h.pool, region)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.inTx(h.closeOnly); err != nil {
			t.Fatal(err)
		}
		h.day("B")
		second := h.mustCutOff()
		if _, err := h.Report(t.Context(), t.TempDir(), second.ID); reason.Of(err) != reason.Closed {
			t.Errorf("got %v", err)
		}
		if err := h.Resume(t.Context(), t.TempDir(), 0); err != nil {
			t.Fatal(err)
		}
		if h.state(first) != window.Settling || h.state(second.ID) != window.Settling {
			t.Errorf("%s, %s", h.state(first), h.state(second.ID))
		}
		if summary, details := h.dayRows(second); summary[2] != "2" || len(details) != 2 {
			t.Errorf("%v, %v", summary, details)
		}
	})
}
