package engine_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/route"
)

// mainland takes on a wallet whose country wants declarations.
func (h *hub) mainland() {
	h.t.Helper()
	wallet := route.Participant{
		Participant: connectors.Participant{
			ID: "CN-WALLET", Role: connectors.RoleWallet, Name: "Test CN", Region: region, Country: "CN", Currency: "CNY",
			ClientID: "CLIENT-CN", Endpoint: "http://127.0.0.1:1", Connector: "scripted",
		},
		CodePrefix: "251009",
	}
	err := h.pool.InTx(h.t.Context(), func(ctx context.Context, tx db.Tx) error {
		if err := route.SaveParticipant(ctx, tx, wallet); err != nil {
			return err
		}
		return settlement.Onboard(ctx, tx, wallet.ID, region, money.New(50_000_000, "CNY"))
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.directory = route.NewDirectory(append(participants(), wallet), append(corridors(), route.Corridor{
		PayerCountry: "CN", MerchantCountry: "JP", PayerMarkup: 50, MerchantMarkup: 20, Limit: money.New(1_000_000, "JPY"),
	}))
}

// taker takes every declaration.
type taker struct{}

func (taker) Declare(
	context.Context, connectors.Participant, connectors.CustomsDeclaration,
) (connectors.CustomsReceipt, connectors.Answer) {
	return connectors.CustomsReceipt{WalletDeclarationID: "WD"}, connectors.Answer{Decision: connectors.Accepted}
}

func (taker) InquireDeclaration(
	context.Context, connectors.Participant, string,
) (connectors.CustomsProgress, connectors.Answer) {
	return connectors.CustomsProgress{}, connectors.Answer{}
}

func (h *hub) declare(requestID, of string, minor int64) reason.Kind {
	h.t.Helper()
	desk := &customs.Desk{
		Pool: h.pool, Clock: h.clock, Logger: slog.New(slog.DiscardHandler), Region: region, Payments: h.Engine,
		Directory: func() *route.Directory { return h.directory },
		Wallets:   map[string]connectors.CustomsWallet{"scripted": taker{}},
	}
	_, err := desk.Declare(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.CustomsDeclaration{
		RequestID: requestID, Payment: connectors.Reference{RequestID: of}, OfficeCode: "ZONGSHU", OfficeCountry: "CN",
		MerchantCode: "M-9", MerchantName: "Tea House", Amount: money.New(minor, "CNY"), Split: true, OrderID: requestID,
		Buyer: &connectors.Buyer{Name: "Canary Featherstone"},
	})
	return reason.Of(err)
}

// TestDeclarablePayments: customs may be told of what the payer has paid, less what was
// given back, of payments that are paid to the one who declares.
func TestDeclarablePayments(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.mainland()
		pay := func(requestID, wallet string) connectors.Payment {
			paid, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"),
				order(requestID, h.code(wallet, "U1", "Mei Lantern"), jpy(1500)))
			if err != nil {
				t.Fatal(err)
			}
			return paid
		}
		paid := pay("PR-1", "CN-WALLET")
		if paid.Status != iso20022.Completed || paid.Declarable.Currency != "CNY" || paid.Declarable.Minor <= 0 {
			t.Fatalf("%+v", paid)
		}
		whole := paid.Declarable.Minor
		if toWallet, err := h.Inquire(t.Context(), h.participant("CN-WALLET"),
			connectors.Reference{RequestID: paid.ID.String()}); err != nil || toWallet.Declarable.Minor != 0 ||
			toWallet.Transfer.SettlementAmount.Minor != whole {
			t.Errorf("%+v, %v", toWallet, err)
		}
		if kind := h.refundOf(paid, "R-1", 500); kind != reason.None {
			t.Fatal(kind)
		}
		back, err := money.Prorate(paid.Declarable, 500, 1500, money.HalfEven)
		if err != nil {
			t.Fatal(err)
		}
		if kind := h.declare("D-1", "PR-1", whole-back.Minor+1); kind != reason.DeclarationExceeds {
			t.Errorf("a fen more than was kept: %s", kind)
		}
		if kind := h.declare("D-2", "PR-1", whole-back.Minor); kind != reason.None {
			t.Errorf("what was kept: %s", kind)
		}
		if other := pay("PR-2", "HK-WALLET"); other.Declarable.Minor != 0 || h.declare("D-3", "PR-2", 1) != reason.Unsupported {
			t.Errorf("%+v may be declared", other)
		}
		if kind := h.declare("D-4", "PR-9", 1); kind != reason.NotFound {
			t.Errorf("of nothing: %s", kind)
		}
		h.wallet.pay = says(connectors.Undecided)
		if open := pay("PR-3", "CN-WALLET"); open.Declarable.Minor != 0 || h.declare("D-5", "PR-3", 1) != reason.NotPaid {
			t.Errorf("%+v may be declared", open)
		}
	})
}

// TestDisputedDeclaration: what a dispute gave back is declared no more.
func TestDisputedDeclaration(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.mainland()
		paid, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"),
			order("PR-1", h.code("CN-WALLET", "U1", "Mei Lantern"), jpy(1500)))
		if err != nil {
			t.Fatal(err)
		}
		desk := h.disputes()
		d, err := h.escalate(desk, "CN-WALLET", paid, 1500)
		if err != nil {
			t.Fatal(err)
		}
		if kind := h.declare("D-1", "PR-1", 10); kind != reason.None {
			t.Errorf("while nothing went back: %s", kind)
		}
		if err := desk.RespondToDispute(t.Context(), h.participant("JP-ACQUIRER"), connectors.DisputeResponse{
			RequestID: d.ID.String(), Stage: d.Stage, Whole: true,
		}); err != nil {
			t.Fatal(err)
		}
		if kind := h.declare("D-2", "PR-1", 1); kind != reason.DeclarationExceeds {
			t.Errorf("when all went back: %s", kind)
		}
	})
}

// TestForgetDeclarations: with a payment its declarations lose their persons.
func TestForgetDeclarations(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.mainland()
		paid, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"),
			order("PR-1", h.code("CN-WALLET", "U1", "Mei Lantern"), jpy(1500)))
		if err != nil || h.declare("D-1", "PR-1", 10) != reason.None {
			t.Fatal(err)
		}
		personal := func() bool {
			all, err := customs.OfPayment(t.Context(), h.pool, paid.ID)
			if err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			return all[0].Personal
		}
		before := personal()
		h.clock.Advance(time.Hour)
		if forgot := h.forget(h.clock.Now(), 9); forgot != 1 || !before || personal() {
			t.Errorf("forgot %d", forgot)
		}
	})
}

// TestDeclarationInvariant: what is declared too much, twice or in another currency is
// found from outside.
func TestDeclarationInvariant(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.mainland()
		paid, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"),
			order("PR-1", h.code("CN-WALLET", "U1", "Mei Lantern"), jpy(1500)))
		if err != nil || h.declare("D-1", "PR-1", 10) != reason.None || h.declare("D-2", "PR-1", 20) != reason.None {
			t.Fatal(err)
		}
		violated := func() (found bool) {
			violations, err := invariant.Run(t.Context(), h.pool)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range violations {
				found = found || v.Check.Number == "I18" && v.Example == paid.ID.String()
			}
			return found
		}
		if violated() {
			t.Error("found in what is sound")
		}
		for _, spoil := range []struct{ do, undo string }{
			{"amount_minor = 1000000", "amount_minor = 20"}, {"currency = 'USD'", "currency = 'CNY'"},
			{"order_id = 'D-1', office_code = 'zongshu'", "order_id = 'D-2', office_code = 'ZONGSHU'"},
		} {
			for _, change := range []string{spoil.do, spoil.undo} {
				err := h.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE customs_declaration SET `+change+`
						WHERE request_id = 'D-2'`)
					return err
				})
				if err != nil || violated() != (change == spoil.do) {
					t.Errorf("%s: %v", change, err)
				}
			}
		}
	})
}
