package connectortest_test

import (
	"context"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

var (
	ctx   = context.Background()
	one   = connectors.Participant{ID: "ONE"}
	other = connectors.Participant{ID: "OTHER"}
)

func orderOf(key string, mode connectors.Mode) connectors.Order {
	return connectors.Order{
		RequestID: key, Mode: mode, Transfer: iso20022.CreditTransfer{InstructedAmount: money.New(1500, "JPY")},
	}
}

// The suite is worth what its hub is worth: it must count repetitions once and
// keep participants apart.
func TestHubCountsRepetitionsOnce(t *testing.T) {
	hub := connectortest.NewHub()
	first, err := hub.Pay(ctx, one, orderOf("P", connectors.PaymentCode))
	if err != nil {
		t.Fatal(err)
	}
	again, err := hub.Pay(ctx, one, orderOf("P", connectors.PaymentCode))
	if err != nil || again.ID != first.ID || hub.Executed() != 1 || len(hub.Calls()) != 2 {
		t.Errorf("%v: %d executed in %d calls", err, hub.Executed(), len(hub.Calls()))
	}
	changed := orderOf("P", connectors.PaymentCode)
	changed.CheckedFields[0]++
	if _, err := hub.Pay(ctx, one, changed); reason.Of(err) != reason.Inconsistent {
		t.Errorf("got %v", err)
	}
	theirs, err := hub.Pay(ctx, other, orderOf("P", connectors.PaymentCode))
	if err != nil || theirs.ID == first.ID {
		t.Errorf("one participant's id is another's: %v", err)
	}
}

func TestHubKeepsParticipantsApart(t *testing.T) {
	hub := connectortest.NewHub()
	paid, err := hub.Pay(ctx, one, orderOf("P", connectors.PaymentCode))
	if err != nil {
		t.Fatal(err)
	}
	for _, named := range []connectors.Reference{{RequestID: "P"}, {PaymentID: paid.ID}} {
		if got, err := hub.Inquire(ctx, one, named); err != nil || got.ID != paid.ID {
			t.Errorf("its own payment: %v", err)
		}
		if _, err := hub.Inquire(ctx, other, named); reason.Of(err) != reason.NotFound {
			t.Errorf("inquire: %v", err)
		}
		if _, err := hub.Cancel(ctx, other, named); reason.Of(err) != reason.NotFound {
			t.Errorf("cancel: %v", err)
		}
		if _, err := hub.Return(ctx, other, connectors.ReturnOrder{Payment: named}); reason.Of(err) != reason.NotFound {
			t.Errorf("return: %v", err)
		}
	}
	if cancelled, err := hub.Cancel(ctx, one, connectors.Reference{RequestID: "P"}); err != nil ||
		cancelled.Status != iso20022.Cancelled {
		t.Errorf("%v, %v", cancelled.Status, err)
	}
}

func TestHubOrderCodes(t *testing.T) {
	hub := connectortest.NewHub()
	order, err := hub.Pay(ctx, one, orderOf("P", connectors.OrderCode))
	if err != nil || order.OrderCode == "" || order.Status != iso20022.Pending {
		t.Fatalf("%+v, %v", order, err)
	}
	scanned, err := hub.Scanned(ctx, other, connectors.Scan{CodeValue: order.OrderCode})
	if err != nil || scanned.ID != order.ID {
		t.Errorf("%v", err)
	}
	if _, err := hub.Scanned(ctx, other, connectors.Scan{CodeValue: "X"}); reason.Of(err) != reason.InvalidCode {
		t.Errorf("%v", err)
	}
}

func TestHubFails(t *testing.T) {
	hub := connectortest.NewHub()
	hub.FailWith(reason.New(reason.Busy, "hub", ""))
	if _, err := hub.IssueCodes(ctx, one, connectors.CodeRequest{Quantity: 1}); reason.Of(err) != reason.Busy {
		t.Errorf("%v", err)
	}
	if err := hub.Confirm(ctx, one, connectors.Confirmation{}); reason.Of(err) != reason.Busy {
		t.Errorf("%v", err)
	}
	hub.FailWith(nil)
	codes, err := hub.IssueCodes(ctx, one, connectors.CodeRequest{Quantity: 2})
	if err != nil || len(codes) != 2 || codes[0].Value == codes[1].Value || hub.Executed() != 2 {
		t.Errorf("%v, %v", codes, err)
	}
}

func TestRequestsAreChangedByCopy(t *testing.T) {
	request := connectortest.Request{Headers: []connectortest.Header{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}}}
	changed := request.With("B", "3")
	if request.Get("B") != "2" || changed.Get("B") != "3" || changed.Get("A") != "1" || changed.Get("C") != "" {
		t.Errorf("%v became %v", request, changed)
	}
}
