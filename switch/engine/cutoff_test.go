package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/engine"
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
		if err != nil || first.State != window.Closed || first.Number != 1 {
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

// TestResumeReports: a hub that ended between the cut-off and the report issues
// it when it starts again, once.
func TestResumeReports(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.day("A")
		w, err := h.CutOff(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h.start(t)
		first, second := t.TempDir(), t.TempDir()
		for _, dir := range []string{first, second} {
			if err := h.Resume(t.Context(), dir, 0); err != nil {
				t.Fatal(err)
			}
		}
		if files, err := os.ReadDir(first); err != nil || len(files) == 0 {
			t.Errorf("nothing was written, %v", err)
		}
		if files, err := os.ReadDir(second); err != nil || len(files) != 0 {
			t.Errorf("written again: %v, %v", files, err)
		}
		messages, err := engine.WindowMessages(t.Context(), h.pool, w.ID, "", 0, 100)
		if err != nil || len(messages) != 2+4+2 {
			t.Errorf("%d messages, %v", len(messages), err)
		}
	})
}

// TestWindowMessages: what is on record about a window, whole and in parts.
func TestWindowMessages(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.day("A")
		if _, err := h.CutOff(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.day("B")
		w, err := h.CutOff(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Report(t.Context(), t.TempDir(), w.ID); err != nil {
			t.Fatal(err)
		}
		all, err := engine.WindowMessages(t.Context(), h.pool, w.ID, "", 0, 100)
		if err != nil || len(all) != 8 {
			t.Fatalf("%d messages, %v", len(all), err)
		}
		for from := range all {
			for limit := 1; limit <= 9; limit++ {
				some, err := engine.WindowMessages(t.Context(), h.pool, w.ID, "", from, limit)
				if difference := cmp.Diff(all[from:min(len(all), from+limit)], some); err != nil || difference != "" {
					t.Fatalf("%d after %d: %v, %s", limit, from, err, difference)
				}
			}
		}
		for _, m := range all {
			one, err := engine.OpenMessage(t.Context(), h.pool, m.ID)
			if difference := cmp.Diff(m, one); err != nil || difference != "" {
				t.Errorf("%s: %v, %s", m.Name, err, difference)
			}
			if m.Name == iso20022.AccountStatementName {
				h.statement(m)
			}
		}
	})
}

// statement checks a camt.053 against the participant's position.
func (h *hub) statement(m engine.Message) {
	h.t.Helper()
	s, err := iso20022.ParseAccountStatement(m.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	var owed int64
	for _, p := range participants() {
		if p.ID == m.PartnerID {
			owed = -h.position(p.ID).Posted.Minor
		}
	}
	if s.Closing.Amount.Minor != owed || s.Sequence != 2 || (owed != 0) != (s.Opening.Amount.Minor != 0) {
		h.t.Errorf("%s: from %s to %s, position %d", m.PartnerID, s.Opening.Amount, s.Closing.Amount, owed)
	}
}
