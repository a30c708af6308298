package engine_test

import (
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/route"
)

// nationalCode is of a scheme that no public list knows; its CRC is right.
const nationalCode = "00020101021226450018org.example.switch0108PARTNER10207ORDER-75204541153033925404150" +
	"05802JP5909TEST SHOP6005TOKYO62170507ORDER-70702T1630476B9"

// TestNationalCode: a code of a payment scheme leads the scan to the acquirer that owns
// the scheme, which is asked once for its order; the payer pays it; before anybody owns
// it, nobody is asked.
func TestNationalCode(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		a := h.everyMode()
		order, _ := h.orderIn(a, connectors.PrivateOrderCode, 1500)
		order.Mode = connectors.PrivateOrderCode
		a.orders[nationalCode] = order
		if _, err := h.scan("HK-WALLET", "U1", "Mei Lantern", nationalCode); reason.Of(err) != reason.InvalidCode {
			t.Fatalf("nobody's code: %v", err)
		}
		if action, err := h.Identify(t.Context(), h.participant("HK-WALLET"), nationalCode); err != nil ||
			action != connectors.ActionNone {
			t.Errorf("identified as %v, %v", action, err)
		}
		h.directory = h.directory.WithAccounts([]route.AccountOwner{{
			AcquirerID: "JP-ACQUIRER", Mode: connectors.PrivateOrderCode,
			Account: route.Account{Identifier: "org.example.switch"},
		}})
		if action, err := h.Identify(t.Context(), h.participant("HK-WALLET"), nationalCode); err != nil ||
			action != connectors.ActionScan {
			t.Errorf("identified as %v, %v", action, err)
		}
		shown, err := h.scan("HK-WALLET", "U1", "Mei Lantern", nationalCode)
		if err != nil || shown.Transfer.InstructedAmount != jpy(1500) {
			t.Fatalf("%+v, %v", shown, err)
		}
		again, err := h.scan("HK-WALLET", "U1", "Mei Lantern", nationalCode)
		if err != nil || again.ID != shown.ID || a.calls["order"] != 1 {
			t.Errorf("scanned again: %s is not %s, asked %d times, %v", again.ID, shown.ID, a.calls["order"], err)
		}
		broken := nationalCode[:len(nationalCode)-1] + "8"
		if _, err := h.scan("HK-WALLET", "U1", "Mei Lantern", broken); reason.Of(err) != reason.InvalidCode {
			t.Errorf("a broken code: %v", err)
		}
		h.sound()
	})
}
