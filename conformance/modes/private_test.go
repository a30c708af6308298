package modes_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
)

// ownCode is a fresh code of an acquirer's own.
func ownCode(t *testing.T, acquirer string, mode connectors.Mode) string {
	t.Helper()
	for _, p := range stage.Cast() {
		if p.ID == acquirer {
			return p.CodePrefix(mode) + ids.New().String()
		}
	}
	t.Fatalf("no acquirer %s", acquirer)
	return ""
}

func (w world) show(t *testing.T, mode connectors.Mode, push sandbox.PushBehaviour, seconds int) sandbox.OwnCode {
	t.Helper()
	return stagetest.Must[sandbox.OwnCode](t)(w.Control(sakura).Show(t.Context(), sandbox.OwnOrder{
		PayOrder: sandbox.PayOrder{Amount: "1500", Currency: "JPY", ExpiresInSeconds: seconds},
		Code:     ownCode(t, sakura, mode), Push: push,
	}))
}

func (w world) scan(t *testing.T, wallet, customer, code string, confirm bool) sandbox.Scan {
	t.Helper()
	return stagetest.Must[sandbox.Scan](t)(w.Control(wallet).Scan(t.Context(), sandbox.ScanOrder{
		CodeValue: code, Customer: customer, Confirm: confirm,
	}))
}

// privateOrders: the switch fetches the order once, however often and by how many
// the code is scanned, and one payer pays it.
func (w world) privateOrders(t *testing.T) {
	shown := w.show(t, connectors.PrivateOrderCode, "", 0)
	known := stagetest.Must[alipayplus.IdentifyAnswer](t)(
		w.Control(harbour).Identify(t.Context(), sandbox.IdentifyOrder{CodeValue: shown.Code}))
	if known.IsSupported != "true" || known.Action != alipayplus.ActionDecode {
		t.Errorf("identify: %+v", known)
	}
	scans := make([]sandbox.Scan, 6)
	var group sync.WaitGroup
	for i := range scans {
		group.Go(func() { scans[i] = w.scan(t, harbour, payer, shown.Code, false) })
	}
	group.Wait()
	for _, scan := range scans {
		if scan.Shown.Result.Code != "SUCCESS" || scan.Shown.PaymentRequestID != scans[0].Shown.PaymentRequestID ||
			scan.Shown.PaymentAmount.Value != "1500" || scan.Shown.AcquirerID != sakura {
			t.Errorf("shown %+v", scan.Shown)
		}
	}
	if other := w.scan(t, luzon, payer, shown.Code, false); other.Shown.Result.Code != "ORDER_IS_CLOSED" {
		t.Errorf("another wallet: %+v", other.Shown.Result)
	}
	if other := w.scan(t, harbour, stage.Regular+"-1", shown.Code, false); other.Shown.Result.Code != "REPEAT_REQ_INCONSISTENT" {
		t.Errorf("another payer: %+v", other.Shown.Result)
	}
	w.scan(t, harbour, payer, shown.Code, true)
	w.Ends(t, sakura, shown.RequestID, "SUCCESS")
	w.Notified(t, sakura, shown.RequestID, "SUCCESS")
	if moved := w.movements(t, harbour, scans[0].Shown.PaymentRequestID); !same(moved, "debit pay") {
		t.Errorf("moved %v", moved)
	}
}

func (w world) privateOrderRefusals(t *testing.T) {
	wrong := w.show(t, connectors.EntryCode, "", 0)
	late := w.show(t, connectors.PrivateOrderCode, "", -5)
	for name, c := range map[string][2]string{
		"a code of nobody":         {"https://nobody.example/1", "INVALID_CODE"},
		"a domain that only looks": {"https://jp-sakura.example.evil.example/privateordercode/1", "INVALID_CODE"},
		"an unknown order":         {ownCode(t, sakura, connectors.PrivateOrderCode), "ORDER_NOT_EXIST"},
		"a code to open":           {wrong.Code, "INVALID_CODE"},
		"an order that is over":    {late.Code, "EXPIRED_CODE"},
	} {
		if got := w.scan(t, harbour, payer, c[0], false).Shown.Result; got.Code != c[1] || got.Status != "F" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	opened := stagetest.Must[alipayplus.IdentifyAnswer](t)(
		w.Control(harbour).Identify(t.Context(), sandbox.IdentifyOrder{CodeValue: wrong.Code}))
	if opened.Action != alipayplus.ActionOpenURL || opened.RedirectURL != wrong.Code || opened.UserAgent == "" {
		t.Errorf("entry code: %+v", opened)
	}
}

// pushes: the merchant is paid once the acquirer takes the payment, in whatever
// way it says so.
func (w world) pushes(t *testing.T) {
	for _, push := range []sandbox.PushBehaviour{
		sandbox.PushAccept, sandbox.PushLater, sandbox.PushEarly, sandbox.PushSilent,
	} {
		shown := w.show(t, connectors.Push, push, 0)
		scan := w.scan(t, harbour, payer, shown.Code, true)
		if scan.Shown.Result.Code != "SUCCESS" || scan.NotifyError != "" {
			t.Fatalf("%s: %+v", push, scan)
		}
		w.Ends(t, sakura, shown.RequestID, "SUCCESS")
		got := w.Pushed(t, sakura, shown.RequestID)
		if !got.Taken || got.PaymentID != scan.Shown.PaymentRequestID || got.CodeValue != shown.Code {
			t.Errorf("%s: pushed %+v", push, got)
		}
		if moved := w.movements(t, harbour, scan.Shown.PaymentRequestID); !same(moved, "debit pay") {
			t.Errorf("%s: moved %v", push, moved)
		}
	}
}

// pushesUndone: a payment that the acquirer does not take, or about which it says
// nothing until the order ends, goes back to the payer.
func (w world) pushesUndone(t *testing.T) {
	for push, seconds := range map[sandbox.PushBehaviour]int{sandbox.PushDecline: 0, sandbox.PushNever: 2} {
		shown := w.show(t, connectors.Push, push, seconds)
		before := w.balance(t, harbour, payer)
		scan := w.scan(t, harbour, payer, shown.Code, true)
		w.Ends(t, sakura, shown.RequestID, "ORDER_IS_CLOSED")
		moved := w.movements(t, harbour, scan.Shown.PaymentRequestID)
		if !same(moved, "debit pay", "credit cancel") || w.balance(t, harbour, payer) != before {
			t.Errorf("%s: moved %s", push, strings.Join(moved, ", "))
		}
		if got := w.Pushed(t, sakura, shown.RequestID); got.Taken || got.Times < 1 {
			t.Errorf("%s: pushed %+v", push, got)
		}
	}
}
