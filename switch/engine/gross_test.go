package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// model changes how a participant settles.
func (h *hub) model(participant string, currency money.Currency, model position.Model) {
	h.t.Helper()
	h.do(func(ctx context.Context, tx db.Tx) error {
		return position.SetModel(ctx, tx, participant, currency, model)
	})
}

// gross are the obligations of a participant's single payments, oldest first.
func (h *hub) gross(participant string) []instruct.Obligation {
	h.t.Helper()
	behind := instruct.GrossPlace{CreatedAt: h.clock.Now().AddDate(1, 0, 0)}
	list, err := instruct.GrossOf(h.t.Context(), h.pool, participant, behind, 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// signedSum is what obligations come to: positive where the participant is owed.
func signedSum(list []instruct.Obligation) (sum int64) {
	for _, o := range list {
		if o.Direction == instruct.PayOut {
			sum += o.Amount.Minor
		} else {
			sum -= o.Amount.Minor
		}
	}
	return sum
}

// TestGrossPerPayment: what a payment comes to for a participant that settles gross is
// an obligation at its commit, with its instruction, and in no window; the other side is
// netted as before.
func TestGrossPerPayment(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.model("JP-ACQUIRER", "JPY", position.Gross)
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.refund("RF-1", "PR-1", jpy(333)); err != nil {
			t.Fatal(err)
		}
		list := h.gross("JP-ACQUIRER")
		if len(list) != 2 || len(h.gross("HK-WALLET")) != 0 {
			t.Fatalf("%d obligations", len(list))
		}
		if o := list[0]; o.Direction != instruct.PayOut || o.Amount != jpy(1488) || o.SubjectID != paid.ID || o.WindowID != ids.Nil {
			t.Errorf("payment: %+v", o)
		}
		if o := list[1]; o.Direction != instruct.PayIn || o.Amount != jpy(333) {
			t.Errorf("refund: %+v", o)
		}
		transfer, err := iso20022.ParseInstitutionTransfer(list[0].Instruction)
		if err != nil || transfer.Amount != jpy(1488) || transfer.Creditor.OtherID != "JP-ACQUIRER" {
			t.Errorf("%+v, %v", transfer, err)
		}
		w := h.mustCutOff()
		if made := h.obligations(w.ID); len(made) != 1 || made[0].ParticipantID != "HK-WALLET" {
			t.Errorf("of the window: %+v", made)
		}
		h.sound()
	})
}

// TestGrossIsHandedOver: every instruction becomes a file once, with its signature, also
// when the hub dies before it is taken off the queue; a retry is another one.
func TestGrossIsHandedOver(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.Signer = fixedSigner{}
		h.model("JP-ACQUIRER", "JPY", position.Gross)
		for i := range 3 {
			if _, err := h.pay(fmt.Sprint("PR-", i), jpy(1500)); err != nil {
				t.Fatal(err)
			}
		}
		dir := t.TempDir()
		paths, more, err := h.InstructGross(t.Context(), dir)
		if err != nil || more || len(paths) != 6 {
			t.Fatalf("%d files, %v, %v", len(paths), more, err)
		}
		for i, o := range h.gross("JP-ACQUIRER") {
			name := filepath.Join(dir, "instructions", region+"-gross", o.CreatedAt.Format("20060102"),
				fmt.Sprintf("pacs.009_JP-ACQUIRER_JPY_%s_01.xml", o.ID))
			body, err := os.ReadFile(name)
			signature, signErr := os.ReadFile(name + ".sig")
			if err != nil || signErr != nil || string(body) != string(o.Instruction) || !strings.HasPrefix(string(signature), "keyVersion=7") {
				t.Errorf("payment %d: %v, %v", i, err, signErr)
			}
		}
		if paths, _, err := h.InstructGross(t.Context(), t.TempDir()); err != nil || len(paths) != 0 {
			t.Errorf("again: %v, %v", paths, err)
		}
		o := h.gross("JP-ACQUIRER")[0]
		h.settle(o, "PART", 1000)
		h.do(func(ctx context.Context, tx db.Tx) error {
			return h.RetryObligation(ctx, tx, instruct.Decision{ObligationID: o.ID, ID: ids.New(), Reason: "rest", At: h.clock.Now()})
		})
		paths, _, err = h.InstructGross(t.Context(), dir)
		if err != nil || len(paths) != 2 || !strings.HasSuffix(paths[0], o.ID.String()+"_02.xml") {
			t.Fatalf("retry: %v, %v", paths, err)
		}
		body, err := os.ReadFile(paths[0])
		if err != nil {
			t.Fatal(err)
		}
		if transfer, err := iso20022.ParseInstitutionTransfer(body); err != nil || transfer.Amount != jpy(488) {
			t.Errorf("the rest: %+v, %v", transfer, err)
		}
		h.sound()
	})
}

// TestGrossIsDischarged: money that a bank moves takes the position down and ends the
// obligation alone; what is moved or covered is as for a window.
func TestGrossIsDischarged(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.model("JP-ACQUIRER", "JPY", position.Gross)
		h.model("HK-WALLET", "HKD", position.Gross)
		for i := range 3 {
			if _, err := h.pay(fmt.Sprint("PR-", i), jpy(1500)); err != nil {
				t.Fatal(err)
			}
		}
		out, in := h.gross("JP-ACQUIRER"), h.gross("HK-WALLET")
		h.settle(out[0], "A", 1488)
		if p := h.position("JP-ACQUIRER"); p.Posted != jpy(-2*1488) {
			t.Errorf("after the first: %+v", p)
		}
		decision := instruct.Decision{ObligationID: out[1].ID, ID: ids.New(), Reason: "later", At: h.clock.Now()}
		h.do(func(ctx context.Context, tx db.Tx) error { return h.MoveObligation(ctx, tx, decision) })
		h.settle(in[0], "B", in[0].Amount.Minor-1)
		lost := instruct.Decision{ObligationID: in[0].ID, ID: ids.New(), Reason: "lost", At: h.clock.Now()}
		h.do(func(ctx context.Context, tx db.Tx) error { return h.CoverObligation(ctx, tx, lost) })
		w := h.mustCutOff()
		made := h.obligations(w.ID)
		if len(made) != 1 || made[0].ParticipantID != "JP-ACQUIRER" || made[0].Amount != jpy(1488) {
			t.Errorf("what was moved: %+v", made)
		}
		if loss := h.net("HUB.LOSS.HKD"); loss != -1 {
			t.Errorf("the hub has lost %d", loss)
		}
		if _, err := h.Report(t.Context(), t.TempDir(), w.ID); err != nil {
			t.Error(err)
		}
		h.sound()
	})
}

// TestModelsMixed: participants change their models while they pay, refund and cancel;
// in each window what is settled by itself and the nets come to what was posted, files
// add up and their figures are explained, and the books are sound.
func TestModelsMixed(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		acquirer := h.participant("JP-ACQUIRER")
		owed := int64(0)
		for day, models := range [][3]position.Model{
			{position.DeferredNet, position.Gross, position.Gross},
			{position.Gross, position.DeferredNet, position.Gross},
			{position.DeferredNet, position.DeferredNet, position.Gross},
			{position.Gross, position.Gross, position.DeferredNet},
		} {
			for i, model := range models {
				h.model("JP-ACQUIRER", "JPY", model)
				h.model("HK-WALLET", "HKD", models[(i+day)%3])
				name := fmt.Sprintf("%d-%d", day, i)
				for part := range 2 {
					if _, err := h.pay(fmt.Sprintf("PR-%s-%d", name, part), jpy(1500+int64(i))); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := h.refund("RF-"+name, "PR-"+name+"-0", jpy(333)); err != nil {
					t.Fatal(err)
				}
				if i > 0 {
					before := fmt.Sprintf("PR-%d-%d-1", day, i-1)
					if _, err := h.Cancel(t.Context(), acquirer, connectors.Reference{RequestID: before}); err != nil {
						t.Fatal(err)
					}
				}
			}
			w := h.mustCutOff()
			h.checkMixed(w)
			net := int64(0)
			for _, o := range h.obligations(w.ID) {
				if o.ParticipantID == "JP-ACQUIRER" {
					net = signedSum([]instruct.Obligation{o})
				}
			}
			if owed += net; -h.position("JP-ACQUIRER").Posted.Minor != owed+signedSum(h.gross("JP-ACQUIRER")) {
				t.Errorf("day %d: the position is %s, nets %d", day, h.position("JP-ACQUIRER").Posted, owed)
			}
		}
		h.sound()
	})
}

// checkMixed writes the files of a window and explains every figure of them.
func (h *hub) checkMixed(w window.Window) {
	h.t.Helper()
	paths, err := h.Report(h.t.Context(), h.t.TempDir(), w.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	figures := 0
	for _, path := range paths {
		figures += h.checkFigures(path)
	}
	if figures < 4*7 {
		h.t.Errorf("only %d figures", figures)
	}
}
