package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/window"
)

// day makes a day's business: payments, a partial refund, a decline, and a
// payment that is cancelled after it was posted.
func (h *hub) day(name string) {
	h.t.Helper()
	for i := range 3 {
		if _, err := h.pay(fmt.Sprint("PR-", name, i), jpy(1500+int64(i))); err != nil {
			h.t.Fatal(err)
		}
	}
	if _, err := h.refund("RF-"+name, "PR-"+name+"0", jpy(333)); err != nil {
		h.t.Fatal(err)
	}
	_, err := h.Cancel(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.Reference{RequestID: "PR-" + name + "2"})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestCutOff(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.day("A")
		first, err := h.CutOff(t.Context())
		if err != nil || first.State != window.Instructed || first.Number != 1 {
			t.Fatalf("%+v, %v", first, err)
		}
		h.day("B")
		second, err := h.CutOff(t.Context())
		if err != nil || second.Number != 2 {
			t.Fatalf("%+v, %v", second, err)
		}
		for _, w := range []window.Window{first, second} {
			obligations, err := instruct.Of(t.Context(), h.pool, w.ID)
			if err != nil || len(obligations) != 2 {
				t.Fatalf("%d obligations, %v", len(obligations), err)
			}
			// 1500 + 1501 - 333 less the fee of 12 on each; the cancelled payment
			// has left nothing, its fee included.
			if o := obligations[1]; o.ParticipantID != "JP-ACQUIRER" || o.Direction != instruct.PayOut || o.Amount != jpy(2644) {
				t.Errorf("acquirer: %s %s", o.Direction, o.Amount)
			}
		}
		h.sound()
		checkReports(t, h, first)
	})
}

func checkReports(t *testing.T, h *hub, w window.Window) {
	t.Helper()
	dir := t.TempDir()
	paths, err := h.Report(t.Context(), dir, w.ID)
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Report(t.Context(), t.TempDir(), w.ID)
	if err != nil || len(again) != len(paths) {
		t.Fatalf("%d files, then %d, %v", len(paths), len(again), err)
	}
	for i, path := range paths {
		first, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(again[i])
		if err != nil || filepath.Base(path) == filepath.Base(again[i]) && string(first) != string(second) {
			t.Errorf("%s differs when issued again, %v", filepath.Base(path), err)
		}
		switch name := filepath.Base(path); {
		case strings.HasPrefix(name, "transactionItems_JP-ACQUIRER"):
			// Two payments and a refund: the cancelled payment is not listed.
			if rows := strings.Count(string(first), "\n"); rows != 3+3 {
				t.Errorf("%s has %d rows", name, rows)
			}
		case strings.HasPrefix(name, "pacs.009"):
			if _, err := iso20022.ParseInstitutionTransfer(first); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestCancelInTheNextWindow: a payment that was settled before it is cancelled
// shows in both windows' files.
func TestCancelInTheNextWindow(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		first, err := h.CutOff(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Cancel(
			t.Context(),
			h.participant("JP-ACQUIRER"),
			connectors.Reference{RequestID: "PR-1"},
		); err != nil {
			t.Fatal(err)
		}
		second, err := h.CutOff(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range []window.Window{first, second} {
			if _, err := h.Report(t.Context(), t.TempDir(), w.ID); err != nil {
				t.Error(err)
			}
		}
		if p := h.position("JP-ACQUIRER"); p.Posted != jpy(0) {
			t.Errorf("position %s", p.Posted)
		}
		h.sound()
	})
}

// TestReportOfNothing: a window that is not there or still open has no report.
func TestReportOfNothing(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		if _, err := h.Report(t.Context(), t.TempDir(), ids.New()); reason.Of(err) != reason.NotFound {
			t.Errorf("unknown window: %v", err)
		}
		open, err := window.Current(t.Context(), h.pool, region)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Report(t.Context(), t.TempDir(), open); reason.Of(err) != reason.Closed {
			t.Errorf("open window: %v", err)
		}
	})
}
