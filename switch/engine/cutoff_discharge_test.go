package engine_test

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/engine"
)

// fixedSigner signs with a prefix.
type fixedSigner struct{}

func (fixedSigner) Sign(_ context.Context, payload []byte) ([]byte, int, error) {
	return append([]byte("signed "), payload[:9]...), 7, nil
}

// obligations are those of a window.
func (h *hub) obligations(id ids.ID) []instruct.Obligation {
	h.t.Helper()
	list, err := instruct.Of(h.t.Context(), h.pool, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

// settle lets the bank say that an amount of an obligation moved.
func (h *hub) settle(o instruct.Obligation, reference string, minor int64) {
	h.t.Helper()
	message, err := iso20022.Notification{
		MessageID: reference, CreatedAt: h.clock.Now(), NotificationID: reference, AccountID: "HUB",
		Currency: o.Amount.Currency, Owner: iso20022.Agent{OtherID: instruct.HubAgent},
		Entries: []iso20022.BookedEntry{{
			Reference: reference, Amount: money.New(minor, o.Amount.Currency), Credit: o.Direction == instruct.PayIn,
			BookedAt: h.clock.Now(), EndToEndID: strings.ReplaceAll(o.ID.String(), "-", ""),
		}},
	}.AppendXML(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	err = h.inTx(func(ctx context.Context, tx db.Tx) error {
		_, err := h.ConfirmSettlement(ctx, tx, message)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestSettledShowsInStatements: what is settled while the next window is open is
// a line of that window's statement, which leads to the position again.
func TestSettledShowsInStatements(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.day("A")
		first := h.mustCutOff()
		if _, err := h.Instruct(t.Context(), t.TempDir(), first.ID); err != nil {
			t.Fatal(err)
		}
		h.day("B")
		for i, o := range h.obligations(first.ID) {
			h.settle(o, string(rune('A'+i)), o.Amount.Minor)
		}
		if h.state(first.ID) != window.Settled {
			t.Errorf("the window is %s", h.state(first.ID))
		}
		second := h.mustCutOff()
		if _, err := h.Instruct(t.Context(), t.TempDir(), second.ID); err != nil {
			t.Fatal(err)
		}
		h.sound()
		messages, err := engine.WindowMessages(t.Context(), h.pool, second.ID, "", 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if m.Name != iso20022.AccountStatementName {
				continue
			}
			h.statement(m)
			statement, err := iso20022.ParseAccountStatement(m.Body)
			if err != nil {
				t.Fatal(err)
			}
			lines := 0
			for _, entry := range statement.Entries {
				if entry.Text == "SETTLEMENT" {
					lines++
				}
			}
			if owes := len(statement.Entries) > 0; owes && lines != 1 {
				t.Errorf("%s: %d lines of settlement", m.PartnerID, lines)
			}
		}
	})
}

// TestInstructionFiles: the settlement banks get signed files, and a retry gets a
// file of its own.
func TestInstructionFiles(t *testing.T) {
	for name, multilateral := range map[string]bool{"pacs.009": false, "pacs.029": true} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				h.Signer = fixedSigner{}
				h.Engine = engine.New(h.Dependencies, engine.Options{Region: region, Multilateral: multilateral})
				lane, stop := context.WithCancel(context.WithoutCancel(t.Context()))
				t.Cleanup(stop)
				go h.Run(lane)
				h.day("A")
				w, dir := h.mustCutOff(), t.TempDir()
				if _, err := h.Instruct(t.Context(), dir, w.ID); err != nil {
					t.Fatal(err)
				}
				o := h.obligations(w.ID)[0]
				h.settle(o, "E-1", 1)
				err := h.inTx(func(ctx context.Context, tx db.Tx) error {
					return h.RetryObligation(ctx, tx, instruct.Decision{ObligationID: o.ID, ID: ids.New(), At: h.clock.Now()})
				})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := h.Instruct(t.Context(), dir, w.ID); err != nil {
					t.Fatal(err)
				}
				checkSigned(t, dir, multilateral)
				h.sound()
			})
		})
	}
}

func checkSigned(t *testing.T, dir string, multilateral bool) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "instructions", "*", "*.xml"))
	want := 3 // two first ones and a retry
	if multilateral {
		want = 2
	}
	if err != nil || len(paths) != want {
		t.Errorf("%v, %v", paths, err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := os.ReadFile(path + ".sig")
		signed := base64.StdEncoding.EncodeToString(append([]byte("signed "), body[:9]...))
		if err != nil || string(signature) != "keyVersion=7, signature="+signed+"\n" {
			t.Errorf("%s: %q, %v", path, signature, err)
		}
	}
}

// TestRefusedSteps: what makes no sense is refused with its reason, and changes
// nothing.
func TestRefusedSteps(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.day("A")
		w := h.mustCutOff()
		before := h.obligations(w.ID)
		nobody := instruct.Decision{ObligationID: ids.New(), ID: ids.New(), At: h.clock.Now()}
		early := instruct.Decision{ObligationID: before[0].ID, ID: ids.New(), At: h.clock.Now()}
		open, err := window.Current(t.Context(), h.pool, region)
		if err != nil {
			t.Fatal(err)
		}
		for name, step := range map[string]struct {
			want reason.Kind
			do   func(ctx context.Context, tx db.Tx) error
		}{
			"no message": {reason.InvalidRequest, func(ctx context.Context, tx db.Tx) error {
				_, err := h.ConfirmSettlement(ctx, tx, []byte("<x/>"))
				return err
			}},
			"retry nothing":  {reason.NotFound, func(ctx context.Context, tx db.Tx) error { return h.RetryObligation(ctx, tx, nobody) }},
			"move nothing":   {reason.NotFound, func(ctx context.Context, tx db.Tx) error { return h.MoveObligation(ctx, tx, nobody) }},
			"cover nothing":  {reason.NotFound, func(ctx context.Context, tx db.Tx) error { return h.CoverObligation(ctx, tx, nobody) }},
			"retry too soon": {reason.Inconsistent, func(ctx context.Context, tx db.Tx) error { return h.RetryObligation(ctx, tx, early) }},
			"cover too soon": {reason.Inconsistent, func(ctx context.Context, tx db.Tx) error { return h.CoverObligation(ctx, tx, early) }},
			"abort nothing":  {reason.NotFound, func(ctx context.Context, tx db.Tx) error { return h.AbortWindow(ctx, tx, ids.New(), nobody) }},
			"abort the open": {reason.Inconsistent, func(ctx context.Context, tx db.Tx) error { return h.AbortWindow(ctx, tx, open, nobody) }},
		} {
			if err := h.inTx(step.do); reason.Of(err) != step.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		if after := h.obligations(w.ID); len(after) != len(before) || after[0].State != before[0].State {
			t.Errorf("%+v", after)
		}
		h.sound()
	})
}
