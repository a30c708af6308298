package api_test

import (
	"crypto/sha256"
	"log/slog"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/dispute"
	"github.com/causeway-pay/causeway/switch/merchant"
)

// complaint is what a payer says; it is for few eyes.
const complaint = "the parcel for Mei never came"

// escalated opens an escalation of JPY 900 of a payment and returns it.
func (b *bench) escalated(payment ids.ID) (*dispute.Desk, dispute.Dispute) {
	b.t.Helper()
	desk := &dispute.Desk{
		Pool: b.pool, Clock: b.clock, Logger: slog.New(slog.DiscardHandler), Region: region, Directory: b.directory.Load,
		Payments: b.engine, Terms: dispute.Terms{}.WithDefaults(),
	}
	wallet, _ := b.directory.Load().Participant("HK-WALLET")
	err := desk.OpenDispute(b.t.Context(), wallet.Participant, connectors.DisputeOrder{
		RequestID: "D-" + payment.String(), Stage: connectors.Escalation, Amount: money.New(900, "JPY"), Why: complaint,
		Payment: connectors.Reference{RequestID: payment.String()}, OccurredAt: b.clock.Now(),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	all, err := dispute.OfPayment(b.t.Context(), b.pool, payment)
	if err != nil || len(all) != 1 {
		b.t.Fatalf("%+v, %v", all, err)
	}
	return desk, all[0]
}

func (b *bench) answered(desk *dispute.Desk, d dispute.Dispute, refund int64) {
	b.t.Helper()
	acquirer, _ := b.directory.Load().Participant("JP-ACQUIRER")
	err := desk.RespondToDispute(b.t.Context(), acquirer.Participant, connectors.DisputeResponse{
		RequestID: d.ID.String(), Stage: d.Stage, Refund: money.New(refund, "JPY"), Evidence: "a signed receipt",
		CheckedFields: sha256.Sum256([]byte(d.ID.String())),
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func yen(minor string) *wire.Amount { return &wire.Amount{Currency: "JPY", Minor: minor} }

// TestDisputesAreDecided: by two people, the second of the treasury, once, and what goes
// back is what the acquirer gives back or at most what is disputed.
func TestDisputesAreDecided(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		desk, d := b.escalated(b.pay("PR-1"))
		decide := func(change wire.DisputeDecision, approver string) string {
			t.Helper()
			change.DisputeID, change.Why = d.ID, "as agreed"
			return client.ReasonOf(b.agree(wire.KindDisputeDecide, change, "operations-1", approver))
		}
		back := wire.DisputeDecision{Outcome: wire.ForPayer, Amount: yen("300")}
		if got := decide(back, "treasury-1"); got != "ProposalClosed" {
			t.Errorf("before the acquirer has answered: %s", got)
		}
		b.answered(desk, d, 300)
		more := wire.DisputeDecision{Outcome: wire.ForPayer, Amount: yen("301")}
		for _, step := range []struct {
			change         wire.DisputeDecision
			approver, want string
		}{
			{wire.DisputeDecision{Outcome: "NOBODY"}, "treasury-1", "InvalidRequest"},
			{wire.DisputeDecision{Outcome: wire.ForPayer}, "treasury-1", "InvalidRequest"},
			{wire.DisputeDecision{Outcome: wire.ForMerchant, Amount: yen("1")}, "treasury-1", "InvalidRequest"},
			{wire.DisputeDecision{Outcome: wire.ForPayer, Amount: yen("0")}, "treasury-1", "InvalidRequest"},
			{back, "operations-2", "AccessDenied"}, {more, "treasury-1", "Inconsistent"}, {back, "treasury-1", ""},
			{back, "treasury-1", "ProposalClosed"},
		} {
			if got := decide(step.change, step.approver); got != step.want {
				t.Errorf("%+v by %s: %q, want %q", step.change, step.approver, got, step.want)
			}
		}
		page, err := b.as("viewer-1").Disputes(t.Context(), "SETTLED", client.Page{})
		if err != nil || len(page.Disputes) != 1 || page.Disputes[0].Refund.Minor != "300" ||
			page.Disputes[0].ClosedAt.IsZero() {
			t.Errorf("%+v, %v", page, err)
		}
		b.discreet()
	})
}

// TestDisputesAreRead: everybody sees that there are disputes, few what they say, and
// that it was read is on record.
func TestDisputesAreRead(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var last ids.ID
		for _, request := range []string{"PR-1", "PR-2", "PR-3"} {
			_, d := b.escalated(b.pay(request))
			last = d.ID
		}
		page, err := b.as("viewer-1").Disputes(t.Context(), "", client.Page{Limit: 2})
		if err != nil || len(page.Disputes) != 2 || page.Next == "" || page.Disputes[0].ID != last {
			t.Fatalf("%+v, %v", page, err)
		}
		rest, err := b.as("viewer-1").Disputes(t.Context(), "WAITING", client.Page{Limit: 2, Before: page.Next})
		if err != nil || len(rest.Disputes) != 1 || rest.Next != "" || rest.Disputes[0].Untold != "ACQUIRER" {
			t.Errorf("%+v, %v", rest, err)
		}
		if _, err := b.as("viewer-1").Disputes(t.Context(), "OVER", client.Page{}); client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("a state that is none: %v", err)
		}
		file, err := b.as("operations-1").Dispute(t.Context(), last)
		if err != nil || file.Why != complaint || len(file.Changes) != 1 || file.Changes[0].Event != "OPENED" {
			t.Errorf("%+v, %v", file, err)
		}
		if _, err := b.as("operations-1").Dispute(t.Context(), ids.New()); client.ReasonOf(err) != "Missing" {
			t.Errorf("a dispute that is none: %v", err)
		}
		a := b.send("GET", "/v1/disputes/"+last.String(), "", bearer(b.tokens["viewer-1"]))
		if a.status != 403 || strings.Contains(a.body, complaint) {
			t.Errorf("a viewer reads %d %s", a.status, a.body)
		}
		read := 0
		for _, entry := range b.auditLog() {
			if entry.Action == "dispute.read" && entry.Subject == last.String() {
				read++
			}
		}
		if read != 1 || strings.Contains(b.logs.String(), complaint) {
			t.Errorf("%d readings on record", read)
		}
	})
}

// TestMerchantsAreListed: by acquirer and status; the registration as it was sent is for
// few eyes.
func TestMerchantsAreListed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.registered("R-1")
		all, err := b.as("viewer-1").Merchants(t.Context(), "JP-ACQUIRER", "REGISTERED", 10)
		if err != nil || len(all.Merchants) != 1 || all.Merchants[0].MerchantID != "M-77" ||
			all.Merchants[0].WalletID != "HK-WALLET" {
			t.Errorf("%+v, %v", all, err)
		}
		none, err := b.as("viewer-1").Merchants(t.Context(), "", "PENDING", 0)
		if err != nil || none.Merchants == nil || len(none.Merchants) != 0 {
			t.Errorf("%+v, %v", none, err)
		}
		if _, err := b.as("viewer-1").Merchants(t.Context(), "", "MAYBE", 0); client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("a status that is none: %v", err)
		}
		file, err := b.as("operations-1").Merchant(t.Context(), "JP-ACQUIRER", "R-1")
		if err != nil || !strings.Contains(string(file.Registration), "Tea K.K.") || len(file.Statuses) != 1 {
			t.Errorf("%+v, %v", file, err)
		}
		if _, err := b.as("operations-1").Merchant(t.Context(), "JP-ACQUIRER", "R-9"); client.ReasonOf(err) != "Missing" {
			t.Errorf("a registration that is none: %v", err)
		}
		if _, err := b.as("viewer-1").Merchant(t.Context(), "JP-ACQUIRER", "R-1"); client.ReasonOf(err) != "AccessDenied" {
			t.Errorf("a viewer: %v", err)
		}
	})
}

func (b *bench) registered(requestID string) {
	b.t.Helper()
	acquirer, _ := b.directory.Load().Participant("JP-ACQUIRER")
	desk := &merchant.Desk{Pool: b.pool, Clock: b.clock, Region: region, Directory: b.directory.Load, Listed: b.engine.MerchantListed}
	err := desk.Register(b.t.Context(), acquirer.Participant, connectors.MerchantRegistration{
		RequestID: requestID, MerchantID: "M-77", Body: []byte(`{"legalName":"Tea K.K."}`),
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// readsDisputes calls what is about disputes, merchants and customs with something to show.
func (b *bench) readsDisputes(paid ids.ID) {
	b.t.Helper()
	_, d := b.escalated(paid)
	b.registered("R-1")
	if _, err := b.as("viewer-1").Disputes(b.t.Context(), "", client.Page{}); err != nil {
		b.t.Error(err)
	}
	if _, err := b.as("treasury-1").Dispute(b.t.Context(), d.ID); err != nil {
		b.t.Error(err)
	}
	if _, err := b.as("viewer-1").Merchants(b.t.Context(), "", "", 0); err != nil {
		b.t.Error(err)
	}
	if _, err := b.as("compliance-1").Merchant(b.t.Context(), "JP-ACQUIRER", "R-1"); err != nil {
		b.t.Error(err)
	}
	if _, err := b.as("compliance-1").Known(b.t.Context(), wire.PersonQuery{PaymentID: &paid}); err != nil {
		b.t.Error(err)
	}
	if _, err := b.as("viewer-1").Erasures(b.t.Context(), 0); err != nil {
		b.t.Error(err)
	}
	b.declared(ids.New(), "M-TAKEN")
	if _, err := b.as("viewer-1").Declarations(b.t.Context(), "", client.Page{}); err != nil {
		b.t.Error(err)
	}
}

// decision is a decision about a dispute that is there.
func (b *bench) decision() wire.DisputeDecision {
	_, d := b.escalated(b.pay("PR-D"))
	return wire.DisputeDecision{DisputeID: d.ID, Outcome: wire.ForPayer, Amount: yen("1"), Why: "as agreed"}
}
