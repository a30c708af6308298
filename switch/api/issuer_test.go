package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// TestIssuersAreLed: a network is taken on without a prefix of its own, and two people
// lead codes to it and away again, each step a version of the directory.
func TestIssuersAreLed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		network := lotus(publicKeys(t)["p-256"], func(p *wire.ParticipantAddition) {
			p.ParticipantID, p.Connector, p.CodePrefix = "TH-NETWORK", "scripted-network", ""
		})
		if err := b.agree(wire.KindParticipantAdd, network, "operations-1", "treasury-1"); err != nil {
			t.Fatal(err)
		}
		b.reload()
		for _, prefix := range []string{"2810", "281001", "2810"} {
			led := wire.IssuerPrefix{ParticipantID: "TH-NETWORK", Prefix: prefix}
			if err := b.agree(wire.KindIssuerSet, led, "operations-1", "operations-2"); err != nil {
				t.Fatal(err)
			}
		}
		b.reload()
		issuers, err := b.as("viewer-1").Issuers(t.Context())
		want := []wire.IssuerPrefix{
			{ParticipantID: "TH-NETWORK", Prefix: "281001"}, {ParticipantID: "TH-NETWORK", Prefix: "2810"},
		}
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, issuers.Issuers); diff != "" {
			t.Error(diff)
		}
		if err := b.agree(wire.KindIssuerRemove, want[0], "operations-1", "operations-2"); err != nil {
			t.Fatal(err)
		}
		if err := b.agree(wire.KindIssuerRemove, want[0], "operations-1", "operations-2"); client.ReasonOf(err) != "Missing" {
			t.Errorf("removed twice: %v", err)
		}
		b.reload()
		directory := b.directory.Load()
		if left := directory.IssuerPrefixes(); len(left) != 1 || directory.Version() != 5 {
			t.Errorf("%+v, version %d", left, directory.Version())
		}
		for _, refused := range []wire.IssuerPrefix{
			{ParticipantID: "HK-WALLET", Prefix: "2810"}, {ParticipantID: "TH-NETWORK", Prefix: "2"},
			{ParticipantID: "TH-NETWORK", Prefix: "28100101"}, {ParticipantID: "TH-NETWORK", Prefix: "28a"},
		} {
			if _, err := b.as("operations-1").Propose(t.Context(), wire.KindIssuerSet, refused); err == nil {
				t.Errorf("%+v was taken", refused)
			}
		}
	})
}
