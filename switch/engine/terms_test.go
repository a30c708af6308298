package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/engine"
)

// issuedFiles are the bytes of a window's report by their paths.
func (h *hub) issuedFiles(w window.Window) map[string]string {
	h.t.Helper()
	dir := h.t.TempDir()
	paths, err := h.Report(h.t.Context(), dir, w.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	bodies := map[string]string{}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			h.t.Fatal(err)
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			h.t.Fatal(err)
		}
		bodies[name] = string(body)
	}
	return bodies
}

// TestIssuedAgainUnderOtherTerms: whatever configuration says since, and whatever was paid,
// files that are issued again have the same names and bytes, and their figures the same
// entries; windows that are issued for the first time follow the configuration.
func TestIssuedAgainUnderOtherTerms(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		wednesday := h.clock.Now().UTC().Truncate(24 * time.Hour).Add(27 * time.Hour)
		for wednesday.Weekday() != time.Wednesday {
			wednesday = wednesday.Add(24 * time.Hour)
		}
		h.clock.stopped = wednesday
		var closed []window.Window
		var first []map[string]string
		for _, name := range []string{"A", "B"} {
			h.day(name)
			h.clock.Advance(time.Hour)
			w := h.mustCutOff()
			closed, first = append(closed, w), append(first, h.issuedFiles(w))
		}
		day := fmt.Sprintf("%d/JP-ACQUIRER/JPY/day", closed[1].Number)
		before, _, err := h.explain(day, 10)
		if err != nil {
			t.Fatal(err)
		}
		h.day("C")
		h.clock.Advance(time.Hour)
		obliged := h.mustCutOff() // its money is due on Thursday
		h.configure = func(options *engine.Options) {
			calendars, err := options.Calendars.WithDays("JPY", 3)
			if err == nil {
				calendars, err = calendars.WithDays("HKD", 2)
			}
			if err != nil {
				t.Fatal(err)
			}
			columns, err := report.ReadColumns(report.Columns{}, strings.NewReader("section summary.detail\nkind type\n"))
			if err != nil {
				t.Fatal(err)
			}
			options.Calendars, options.Agreement, options.Columns = calendars, "02", map[string]report.Columns{"JP-ACQUIRER": columns}
		}
		h.start(t)
		for i, w := range closed {
			if diff := cmp.Diff(first[i], h.issuedFiles(w)); diff != "" {
				t.Errorf("window %d: %s", w.Number, diff)
			}
			files, err := report.FilesOf(t.Context(), h.pool, w.ID, "")
			if err != nil || len(files) > len(first[i]) {
				t.Errorf("window %d: %d files are on record, %d were issued, %v", w.Number, len(files), len(first[i]), err)
			}
		}
		if after, _, err := h.explain(day, 10); err != nil || after != before || before == 0 {
			t.Errorf("%s was %d and is %d, %v", day, before, after, err)
		}
		thursday := "/" + wednesday.AddDate(0, 0, 1).Format("20060102") + "/"
		for name := range h.issuedFiles(obliged) {
			base := filepath.Base(name)
			if strings.HasPrefix(base, "settlement_JP-ACQUIRER") && (!strings.Contains(name, thursday) || !strings.Contains(base, "_02_")) {
				t.Errorf("instructed for Thursday, %s", name)
			}
		}
		h.sound()
	})
}

// TestFileOfAnotherRegion: figures of a file that another region has issued are not explained by
// the window of the same number here.
func TestFileOfAnotherRegion(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.day("A")
		w := h.mustCutOff()
		h.issuedFiles(w)
		for agreement, own := range map[string]bool{region: true, "eu-1": false} {
			file := fmt.Sprintf("settlement_JP-ACQUIRER_JPY_%s%06d_%s_000.csv", w.ClosedAt.Format("20060102"), w.Number, agreement)
			if _, _, err := h.explain(file, 10); own && err != nil || !own && reason.Of(err) != reason.NotFound {
				t.Errorf("%s: %v", file, err)
			}
		}
	})
}
