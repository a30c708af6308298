package crash_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// TestDeclarationPoint kills the hub while a wallet does not answer a declaration. The
// next hub hands it on by itself, under the same id; the acquirer hears of it when it asks
// again, and each change has one event.
func TestDeclarationPoint(t *testing.T) {
	mainland := stage.Mainland().ID
	s := stagetest.Open(t, stage.Options{
		Timing: hurried(), Cast: append(stage.Cast(), stage.Mainland()),
	})
	codes, err := s.Control(mainland).Codes(t.Context(), sandbox.CodeOrder{Customer: stage.Regular + "-1"})
	if err != nil || len(codes.Codes) != 1 {
		t.Fatalf("no payment code: %v, %v", codes.Result, err)
	}
	paid(t, s, shops[0].acquirer, sandbox.PayOrder{
		RequestID: "SHIPPED-1", Code: codes.Codes[0].PaymentCode, Amount: "1500", Currency: "JPY",
	})
	declare := func() string {
		answer, err := s.Control(shops[0].acquirer).Call(t.Context(), sandbox.CallOrder{
			Path: alipayplus.PathDeclare, Message: json.RawMessage(fmt.Sprintf(`{"paymentRequestId":"SHIPPED-1",
				"customsDeclarationRequestId":"D-1","customs":{"customsCode":"ZONGSHU","region":"CN"},"isSplit":"false",
				"merchantCustomsInfo":{"merchantCustomsCode":%q,"merchantCustomsName":"Tea House"},
				"declarationAmount":{"currency":"CNY","value":"100"}}`, sandbox.CustomsSilent)),
		})
		if err != nil {
			return ""
		}
		return answer.Result.Code
	}
	sent := make(chan string)
	go func() { sent <- declare() }()
	state := func(want string) bool {
		return until(t, settleWait, func() bool {
			return len(stagetest.Texts(t, s, `SELECT state FROM customs_declaration WHERE state = $1`, want)) == 1
		})
	}
	if !state("SENT") {
		t.Fatal("never recorded")
	}
	kill(t, s)
	if code := <-sent; code != "" {
		t.Errorf("a dead hub answered %s", code)
	}
	if !state("TAKEN") {
		t.Fatal("never handed on")
	}
	if code := declare(); code != "SUCCESS" {
		t.Errorf("asked again: %s", code)
	}
	events := stagetest.Texts(t, s, `SELECT event FROM customs_declaration_event ORDER BY version`)
	if fmt.Sprint(events) != "[DECLARED WALLET_TOOK]" {
		t.Errorf("%v", events)
	}
	stagetest.Invariants(t, s)
}
