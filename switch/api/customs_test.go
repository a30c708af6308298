package api_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/route"
)

// porter answers declarations by the merchant's code.
type porter struct{}

func (porter) Declare(
	_ context.Context, _ connectors.Participant, said connectors.CustomsDeclaration,
) (connectors.CustomsReceipt, connectors.Answer) {
	switch said.MerchantCode {
	case "M-TAKEN":
		return connectors.CustomsReceipt{WalletDeclarationID: "WD", IdentityCheck: "CHECK_PASSED"},
			connectors.Answer{Decision: connectors.Accepted}
	case "M-REFUSED":
		return connectors.CustomsReceipt{}, connectors.Answer{Decision: connectors.Declined, Reason: reason.RiskRejected}
	default:
		return connectors.CustomsReceipt{}, connectors.Answer{Decision: connectors.Undecided, Reason: reason.Unknown}
	}
}

func (porter) InquireDeclaration(
	context.Context, connectors.Participant, string,
) (connectors.CustomsProgress, connectors.Answer) {
	return connectors.CustomsProgress{Status: "SUCCESS"}, connectors.Answer{Decision: connectors.Accepted}
}

// parcel is a payment whose wallet is in a country that wants declarations.
type parcel struct{ id ids.ID }

func (p parcel) DeclaredPayment(
	context.Context, db.Reader, connectors.Participant, connectors.Reference,
) (customs.Payment, error) {
	return customs.Payment{
		ID: p.id, AcquirerID: "JP-ACQUIRER", WalletID: "CN-WALLET", RequestID: "PR-1", Completed: true,
		Paid: money.New(7379, "CNY"), Returned: money.New(0, "CNY"),
	}, nil
}

// declared makes a declaration about a payment for each merchant's code.
func (b *bench) declared(payment ids.ID, merchants ...string) *customs.Desk {
	b.t.Helper()
	abroad := route.NewDirectory([]route.Participant{{Participant: connectors.Participant{
		ID: "CN-WALLET", Role: connectors.RoleWallet, Country: "CN", Connector: "scripted",
	}}}, nil)
	desk := &customs.Desk{
		Pool: b.pool, Clock: b.clock, Logger: slog.New(slog.DiscardHandler), Region: region, Payments: parcel{payment},
		Directory: func() *route.Directory { return abroad },
		Wallets:   map[string]connectors.CustomsWallet{"scripted": porter{}}, Waits: []time.Duration{time.Hour},
	}
	acquirer, _ := b.directory.Load().Participant("JP-ACQUIRER")
	for i, merchant := range merchants {
		_, _ = desk.Declare(b.t.Context(), acquirer.Participant, connectors.CustomsDeclaration{
			RequestID: fmt.Sprintf("D-%d-%s", i, payment), OfficeCode: "ZONGSHU", OfficeCountry: "CN", MerchantCode: merchant,
			MerchantName: "Tea House", Amount: money.New(100, "CNY"), Split: true, OrderID: fmt.Sprint("O-", i),
			Buyer: &connectors.Buyer{Name: "Canary Featherstone"},
		}) // how each ended is what the test reads
		b.clock.Advance(time.Second)
	}
	return desk
}

// TestDeclarationsAreRead: operators see what customs were told, by state and page by page,
// and never who has bought.
func TestDeclarationsAreRead(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		desk := b.declared(ids.New(), "M-TAKEN", "M-REFUSED", "M-SILENT")
		acquirer, _ := b.directory.Load().Participant("JP-ACQUIRER")
		all, err := b.as("viewer-1").Declarations(t.Context(), "", client.Page{})
		if err != nil || len(all.Declarations) != 3 {
			t.Fatalf("%+v, %v", all, err)
		}
		if _, err := desk.Declarations(t.Context(), acquirer.Participant,
			[]string{all.Declarations[2].RequestID}); err != nil {
			t.Fatal(err)
		}
		for state, want := range map[string][]string{
			"": {"SENT  ", "REFUSED RiskRejected ", "TAKEN  SUCCESS"}, "SENT": {"SENT  "}, "TAKEN": {"TAKEN  SUCCESS"},
			"REFUSED": {"REFUSED RiskRejected "},
		} {
			var got []string
			for page := (client.Page{Limit: 1}); ; {
				one, err := b.as("viewer-1").Declarations(t.Context(), state, page)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range one.Declarations {
					got = append(got, d.State+" "+d.Reason+" "+d.Status)
					if d.Amount.Minor != "100" || d.Office != "ZONGSHU" || d.AcquirerID != "JP-ACQUIRER" {
						t.Errorf("%+v", d)
					}
				}
				if page.Before = one.Next; one.Next == "" {
					break
				}
			}
			if difference := cmp.Diff(want, got); difference != "" {
				t.Errorf("%q (-want +got):\n%s", state, difference)
			}
		}
		if _, err := b.as("viewer-1").Declarations(t.Context(), "LOST", client.Page{}); err == nil {
			t.Error("a state that is none")
		}
	})
}
