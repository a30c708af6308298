package modes_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
)

func (w world) checkout(t *testing.T, mode string) sandbox.PayOutcome {
	t.Helper()
	paid := w.Pay(t, sakura, sandbox.PayOrder{Mode: mode, Amount: "1500", Currency: "JPY", Description: "Tea & <cake>"})
	answer := paid.Answer
	if answer.Result.Code != "PAYMENT_IN_PROCESS" || answer.Result.Status != "U" || answer.NormalURL == "" ||
		answer.PaymentURL != answer.NormalURL || answer.OrderCodeForm != nil {
		t.Fatalf("%s: %+v", mode, answer)
	}
	return paid
}

// cashier: the payer opens the address in a browser, chooses a wallet, confirms
// on the wallet's page and comes back to the merchant.
func (w world) cashier(t *testing.T) {
	for _, mode := range []string{"Cashier", "EntryCode"} {
		paid := w.checkout(t, mode)
		before, address := w.balance(t, harbour, payer), paid.Answer.NormalURL
		opened := visit(t, address, nil)
		for _, want := range []string{"Test Shop", "JPY 1500", "Tea &amp; &lt;cake&gt;", harbour} {
			if opened.status != http.StatusOK || !strings.Contains(opened.text, want) {
				t.Errorf("%s: no %q in %d %s", mode, want, opened.status, opened.text)
			}
		}
		chosen := visit(t, address, url.Values{"wallet": {harbour}})
		if chosen.status != http.StatusSeeOther || !strings.HasPrefix(chosen.location, w.PartnerURL(harbour)+"/pay/") {
			t.Fatalf("%s: chosen %+v", mode, chosen)
		}
		other := visit(t, address, url.Values{"wallet": {luzon}})
		if again := visit(t, address, nil); other != chosen || again.location != chosen.location {
			t.Errorf("%s: the choice did not stay: %+v, %+v", mode, other, again)
		}
		back := visit(t, chosen.location, url.Values{"customer": {payer}})
		if back.status != http.StatusSeeOther || back.location != w.PartnerURL(sakura)+"/done" {
			t.Fatalf("%s: back %+v", mode, back)
		}
		w.Ends(t, sakura, paid.RequestID, "SUCCESS")
		w.Notified(t, sakura, paid.RequestID, "SUCCESS")
		if w.balance(t, harbour, payer) >= before || !same(w.movements(t, harbour, paid.Answer.PaymentID), "debit pay") {
			t.Errorf("%s: moved %v", mode, w.movements(t, harbour, paid.Answer.PaymentID))
		}
		if late := visit(t, address, nil); late.location != w.PartnerURL(sakura)+"/done" {
			t.Errorf("%s: a paid order is shown again: %+v", mode, late)
		}
		w.undo(t, paid)
	}
}

// undo cancels a paid order, which gives the payer the money back.
func (w world) undo(t *testing.T, paid sandbox.PayOutcome) {
	t.Helper()
	cancelled := stagetest.Must[sandbox.CancelOutcome](t)(
		w.Control(sakura).Cancel(t.Context(), sandbox.NamedPayment{RequestID: paid.RequestID}))
	if cancelled.Answer.Result.Code != "SUCCESS" {
		t.Errorf("cancel: %+v", cancelled)
	}
	w.Ends(t, sakura, paid.RequestID, "ORDER_IS_CLOSED")
	if !same(w.movements(t, harbour, paid.Answer.PaymentID), "debit pay", "credit cancel") {
		t.Errorf("moved %v", w.movements(t, harbour, paid.Answer.PaymentID))
	}
}

// cashierByScan: a wallet that knows the address takes the order without a
// browser, as it takes an order code.
func (w world) cashierByScan(t *testing.T) {
	paid := w.checkout(t, "Cashier")
	wallet := w.Control(harbour)
	known := stagetest.Must[alipayplus.IdentifyAnswer](t)(
		wallet.Identify(t.Context(), sandbox.IdentifyOrder{CodeValue: paid.Answer.NormalURL}))
	if known.IsSupported != "true" || known.Action != alipayplus.ActionDecode {
		t.Errorf("identify: %+v", known)
	}
	scan := stagetest.Must[sandbox.Scan](t)(wallet.Scan(t.Context(), sandbox.ScanOrder{
		CodeValue: paid.Answer.NormalURL, Customer: payer, Confirm: true,
	}))
	shown := scan.Shown
	if shown.Result.Code != "SUCCESS" || shown.PaymentRedirectURL != w.PartnerURL(sakura)+"/done" ||
		shown.PaymentFactor.Cashier != "true" || shown.PaymentFactor.InStore != "false" {
		t.Errorf("shown %+v", shown)
	}
	w.Ends(t, sakura, paid.RequestID, "SUCCESS")
	w.Notified(t, sakura, paid.RequestID, "SUCCESS")
}

func (w world) cashierRefusals(t *testing.T) {
	paid := w.checkout(t, "Cashier")
	unknown := visit(t, w.PartnersURL()+"/cashier/0123456789abcdef0123456789abcdef", nil)
	if unknown.status != http.StatusNotFound {
		t.Errorf("an unknown token: %+v", unknown)
	}
	if nobody := visit(t, paid.Answer.NormalURL, url.Values{"wallet": {sakura}}); nobody.status < 400 {
		t.Errorf("an acquirer as wallet: %+v", nobody)
	}
	cancelled := stagetest.Must[sandbox.CancelOutcome](t)(
		w.Control(sakura).Cancel(t.Context(), sandbox.NamedPayment{RequestID: paid.RequestID}))
	if cancelled.Answer.Result.Code != "SUCCESS" {
		t.Errorf("cancel: %+v", cancelled)
	}
	closed := visit(t, paid.Answer.NormalURL, url.Values{"wallet": {harbour}})
	if closed.location != w.PartnerURL(sakura)+"/done" || len(w.movements(t, harbour, paid.Answer.PaymentID)) != 0 {
		t.Errorf("a cancelled order: %+v", closed)
	}
}
