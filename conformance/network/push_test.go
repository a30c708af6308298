package network_test

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/payment"
)

// scanPushed lets a merchant show a code of its acquirer's own, and a payer of the other
// hub scan and confirm it.
func (y way) scanPushed(t *testing.T, push sandbox.PushBehaviour, seconds int) (sandbox.OwnCode, sandbox.Scan) {
	t.Helper()
	shown := stagetest.Must[sandbox.OwnCode](t)(y.merchants.Control(y.acquirer).Show(t.Context(), sandbox.OwnOrder{
		PayOrder: sandbox.PayOrder{Amount: amount, Currency: y.currency, ExpiresInSeconds: seconds, MerchantCountry: y.country},
		Code:     pushCodes(y.acquirer) + ids.New().String(), Push: push,
	}))
	scan := stagetest.Must[sandbox.Scan](t)(y.payers.Control(y.wallet).Scan(t.Context(), sandbox.ScanOrder{
		CodeValue: shown.Code, Customer: payer, Confirm: true,
	}))
	if scan.Shown.Result.Code != "SUCCESS" || scan.Shown.PaymentAmount.Value != amount || scan.NotifyError != "" {
		t.Fatalf("%s: %+v, not told: %s", push, scan.Shown, scan.NotifyError)
	}
	return shown, scan
}

// pushes: the acquirer's own code leads a payer of the other hub to its order, and the
// merchant is paid once the acquirer has taken the payment, in whatever way it says so.
func (y way) pushes(t *testing.T) {
	for _, push := range []sandbox.PushBehaviour{
		sandbox.PushAccept, sandbox.PushLater, sandbox.PushEarly, sandbox.PushSilent,
	} {
		shown, scan := y.scanPushed(t, push, 0)
		y.merchants.Ends(t, y.acquirer, shown.RequestID, "SUCCESS")
		y.states(t, shown.RequestID, payment.Posted)
		if got := y.merchants.Pushed(t, y.acquirer, shown.RequestID); !got.Taken || got.CodeValue != shown.Code {
			t.Errorf("%s: pushed %+v", push, got)
		}
		forwarded, reached := y.both(t, shown.RequestID)
		if forwarded.PayerAmount != reached.MerchantAmount || scan.Shown.PaymentRequestID != reached.ID.String() {
			t.Errorf("%s: forwarded %+v\nreached %+v", push, forwarded, reached)
		}
		if sum := y.debits(t, shown.RequestID, "debit"); sum != -reached.PayerAmount.Minor {
			t.Errorf("%s: debited %d, posted %s", push, -sum, reached.PayerAmount)
		}
	}
}

// pushesInVain: what the acquirer does not take, or says nothing about until the order
// ends, goes back to the payer through both hubs, and neither owes the other anything.
func (y way) pushesInVain(t *testing.T) {
	for push, seconds := range map[sandbox.PushBehaviour]int{sandbox.PushDecline: 0, sandbox.PushNever: 2} {
		shown, scan := y.scanPushed(t, push, seconds)
		y.merchants.Ends(t, y.acquirer, shown.RequestID, "ORDER_IS_CLOSED")
		stagetest.Eventually(t, "the payer has the money back", func() bool {
			moves, sum := y.payers.moved(t, y.wallet, scan.Shown.PaymentRequestID)
			return strings.Join(moves, ",") == "debit,credit" && sum == 0
		})
		if got := y.merchants.Pushed(t, y.acquirer, shown.RequestID); got.Taken || got.Times < 1 {
			t.Errorf("%s: pushed %+v", push, got)
		}
	}
}
