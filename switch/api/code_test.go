package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// TestCodesAreLed: by two people to an acquirer and to nobody again, each step a
// version; what is led is listed.
func TestCodesAreLed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		hash := aliasKey.Hash("pix", "contato@exemplo.org")
		led := func(change wire.CodeChange) {
			t.Helper()
			if err := b.agree(wire.KindCodeSet, change, "operations-1", "operations-2"); err != nil {
				t.Fatal(err)
			}
			b.reload()
		}
		led(wire.CodeChange{ParticipantID: "JP-ACQUIRER", Mode: "PushPayment", Identifier: "sg.paynow"})
		led(wire.CodeChange{ParticipantID: "JP-ACQUIRER", Mode: "EntryCode", Prefix: "https://pay.example/"})
		led(wire.CodeChange{ParticipantID: "JP-ACQUIRER", Mode: "PrivateOrderCode", Identifier: "pix", Alias: "contato@exemplo.org"})
		led(wire.CodeChange{ParticipantID: "JP-ACQUIRER", Mode: "PrivateOrderCode", Identifier: "duitnow", Institution: "501664"})
		codes, err := b.as("viewer-1").Codes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := []wire.CodeChange{
			{ParticipantID: "JP-ACQUIRER", Mode: "EntryCode", Prefix: "HTTPS://PAY.EXAMPLE/"},
			{ParticipantID: "JP-ACQUIRER", Mode: "PrivateOrderCode", Identifier: "DUITNOW", Institution: "501664"},
			{ParticipantID: "JP-ACQUIRER", Mode: "PrivateOrderCode", Identifier: "PIX", AliasHash: hash},
			{ParticipantID: "JP-ACQUIRER", Mode: "PushPayment", Identifier: "SG.PAYNOW"},
		}
		if diff := cmp.Diff(want, codes.Codes); diff != "" {
			t.Error(diff)
		}
		payNow := "00020101021126380009SG.PAYNOW010100211+65912345670301152045999530370254041.005802SG5913TEST MERCHANT6009SINGAPORE63046B0D"
		if owner, mode, err := b.directory.Load().CodeOwner(payNow); err != nil || owner.ID != "JP-ACQUIRER" || mode != connectors.Push {
			t.Errorf("%s, %s, %v", owner.ID, mode, err)
		}
		for _, gone := range []wire.CodeRemoval{
			{Prefix: "https://PAY.example/"}, {Identifier: "duitnow", Institution: "501664"},
			{Identifier: "Pix", AliasHash: strings.ToLower(hash)}, {Identifier: "sg.paynow"},
		} {
			if err := b.agree(wire.KindCodeRemove, gone, "operations-1", "operations-2"); err != nil {
				t.Errorf("%+v: %v", gone, err)
			}
			if err := b.agree(wire.KindCodeRemove, gone, "operations-1", "operations-2"); client.ReasonOf(err) != "Missing" {
				t.Errorf("%+v twice: %v", gone, err)
			}
		}
		b.reload()
		if codes, err := b.as("viewer-1").Codes(t.Context()); err != nil || len(codes.Codes) != 0 {
			t.Errorf("%+v, %v", codes, err)
		}
		if b.directory.Load().Version() != 8 {
			t.Errorf("version %d", b.directory.Load().Version())
		}
		for _, both := range []wire.CodeChange{
			{ParticipantID: "JP-ACQUIRER", Mode: "PushPayment", Identifier: "pix", Alias: "x", AliasHash: hash},
			{ParticipantID: "JP-ACQUIRER", Mode: "PushPayment", Prefix: "https://pay.example/", Alias: "x"},
		} {
			if _, err := b.as("operations-1").Propose(t.Context(), wire.KindCodeSet, both); client.ReasonOf(err) != "InvalidRequest" {
				t.Errorf("%+v: %v", both, err)
			}
		}
		if strings.Contains(b.logs.String(), "contato") {
			t.Error("an alias is in the log")
		}
		wallet := wire.CodeChange{ParticipantID: "HK-WALLET", Mode: "PushPayment", Identifier: "sg.paynow"}
		if _, err := b.as("operations-1").Propose(t.Context(), wire.KindCodeSet, wallet); client.ReasonOf(err) != "Missing" {
			t.Errorf("a wallet's: %v", err)
		}
	})
}
