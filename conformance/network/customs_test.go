package network_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/engine"
)

// ask calls an operation as an acquirer at home, and reads the answer.
func ask[Answer any](t *testing.T, h hub, path string, request any) (answer Answer) {
	t.Helper()
	message := stagetest.Must[[]byte](t)(json.Marshal(request))
	called := stagetest.Must[sandbox.CallAnswer](t)(h.Control(sakura).Call(t.Context(),
		sandbox.CallOrder{Path: path, Message: message}))
	if err := json.Unmarshal(called.Body, &answer); err != nil {
		t.Fatalf("%s: %s: %v", path, called.Body, err)
	}
	return answer
}

// shipped is a payment of an acquirer at home by a wallet away whose payments are declared,
// and how many fen of it there are at both hubs.
func (w world) shipped(t *testing.T) (forwarded, reached engine.Record) {
	t.Helper()
	y := way{
		w.home, w.away, sakura, dragon, chinaAway, homeTrade, "JP", "JPY",
	}
	order := y.order(t, payer)
	paid := w.home.Pay(t, sakura, order).Answer
	forwarded, reached = y.both(t, order.RequestID)
	if paid.Result.Code != "SUCCESS" || paid.DeclarableAmount == nil || paid.DeclarableAmount.Currency != "CNY" ||
		paid.DeclarableAmount.Value != strconv.FormatInt(forwarded.PayerAmount.Minor, 10) {
		t.Fatalf("%+v of %s", paid, forwarded.PayerAmount)
	}
	if forwarded.PayerAmount.Currency != reached.PayerAmount.Currency || forwarded.PayerAmount.Minor > reached.PayerAmount.Minor {
		t.Fatalf("home declares %s, away %s was paid", forwarded.PayerAmount, reached.PayerAmount)
	}
	return forwarded, reached
}

func declaration(payment, id, order string, minor int64) alipayplus.DeclareRequest {
	return alipayplus.DeclareRequest{
		PaymentRequestID: payment, RequestID: id, Customs: &alipayplus.CustomsInfo{Code: "ZONGSHU", Region: "CN"},
		Merchant: &alipayplus.MerchantCustoms{Code: "M-9", Name: "Tea House"}, IsSplit: "true", ReferenceOrderID: order,
		Amount: &alipayplus.Amount{Currency: "CNY", Value: strconv.FormatInt(minor, 10)},
		Buyer: &alipayplus.Certificate{
			Type: "ID_CARD", Number: "310115199001010000", HolderName: &alipayplus.UserName{Full: "Somebody Else"},
		},
	}
}

// declared are the declarations of a payment at a hub.
func (h hub) declared(t *testing.T, payment ids.ID) []customs.Declaration {
	t.Helper()
	return stagetest.Must[[]customs.Declaration](t)(customs.OfPayment(t.Context(), h.Pool, payment))
}

// customs: an acquirer at home declares a payment that a wallet away has paid. Both hubs
// have it once, the wallet's word on it and how far it is come back, and what is refused
// away is refused at home.
func (w world) customs(t *testing.T) {
	forwarded, reached := w.shipped(t)
	said := declaration(forwarded.RequestID, "D-"+forwarded.RequestID[3:], "O-1", 1000)
	first, again := ask[alipayplus.DeclareAnswer](t, w.home, alipayplus.PathDeclare, said),
		ask[alipayplus.DeclareAnswer](t, w.home, alipayplus.PathDeclare, said)
	if first.Result.Code != "SUCCESS" || first.IdentityCheckResult != "CHECK_NOT_PASSED" || first.PspDeclarationID == "" ||
		first.PspCustomsCode == "" || first.PspDeclarationID != again.PspDeclarationID {
		t.Errorf("declared: %+v, then %+v", first, again)
	}
	here, there := w.home.declared(t, forwarded.ID), w.away.declared(t, reached.ID)
	if len(here) != 1 || len(there) != 1 || there[0].Said.RequestID != here[0].ID.String() ||
		here[0].State != customs.Taken || there[0].State != customs.Taken || there[0].WalletID != dragon ||
		here[0].Said.OrderID != there[0].Said.OrderID || here[0].Said.Amount != there[0].Said.Amount ||
		here[0].Receipt != there[0].Receipt || here[0].Said.Buyer != nil || there[0].Said.Buyer != nil {
		t.Errorf("home %+v, away %+v", here, there)
	}
	refused := declaration(forwarded.RequestID, "DR-"+forwarded.RequestID[3:], "O-2", 1)
	refused.Merchant.Code = sandbox.CustomsRefused
	if got := ask[alipayplus.DeclareAnswer](t, w.home, alipayplus.PathDeclare, refused).Result.Code; got != "RISK_REJECT" {
		t.Errorf("refused by the wallet away: %s", got)
	}
	whole := declaration(forwarded.RequestID, "DT-"+forwarded.RequestID[3:], "O-3", forwarded.PayerAmount.Minor-999)
	if got := ask[alipayplus.DeclareAnswer](t, w.home, alipayplus.PathDeclare, whole).Result.Code; got != "TOTAL_DECLARATION_AMOUNT_EXCEED" {
		t.Errorf("more than was paid: %s", got)
	}
	asked := alipayplus.DeclarationsRequest{RequestIDs: []string{said.RequestID, refused.RequestID, "NEVER"}}
	found := ask[alipayplus.DeclarationsAnswer](t, w.home, alipayplus.PathDeclarations, asked)
	if len(found.Records) != 1 || found.Records[0].Status != "SUCCESS" || found.Records[0].CustomsResultCode != "2" ||
		found.Records[0].PspDeclarationID != first.PspDeclarationID ||
		!slices.Equal(found.NotFound, []string{refused.RequestID, "NEVER"}) {
		t.Errorf("asked for: %+v", found)
	}
	w.customsLater(t, forwarded, reached)
	for _, h := range []hub{w.home, w.away} {
		stagetest.Invariants(t, h.Stage)
	}
}

// customsLater: a declaration that is made while the other hub is lost reaches it once it
// is back.
func (w world) customsLater(t *testing.T, forwarded, reached engine.Record) {
	t.Helper()
	w.away.KillHub()
	later := declaration(forwarded.RequestID, "DL-"+forwarded.RequestID[3:], "O-4", 100)
	if got := ask[alipayplus.DeclareAnswer](t, w.home, alipayplus.PathDeclare, later).Result.Code; got != "PAYMENT_IN_PROCESS" {
		t.Errorf("while the other hub is lost: %s", got)
	}
	if err := w.away.StartHub(t.Context()); err != nil {
		t.Fatal(err)
	}
	stagetest.Eventually(t, "the declaration is taken", func() bool {
		got := ask[alipayplus.DeclareAnswer](t, w.home, alipayplus.PathDeclare, later)
		return got.Result.Code == "SUCCESS" && got.PspDeclarationID != ""
	})
	if there := w.away.declared(t, reached.ID); len(there) != 3 {
		t.Errorf("away has %d declarations", len(there))
	}
}
