package api_test

import (
	"slices"
	"testing"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// TestNoticesAreAgreed: two people of operations say of which final states an acquirer is
// notified, everybody sees it, and the file of a payment says that its answer told it.
func TestNoticesAreAgreed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		contract := func(id string) wire.Participant {
			t.Helper()
			all, err := b.as("viewer-1").Participants(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(all.Participants, func(p wire.Participant) bool { return p.ID == id })
			return all.Participants[at]
		}
		told := func(id ids.ID) bool {
			t.Helper()
			file, err := b.as("viewer-1").Payment(t.Context(), id)
			if err != nil || file.Notified {
				t.Fatalf("notified %t, %v", file.Notified, err)
			}
			return file.Told
		}
		if p := contract("JP-ACQUIRER"); p.Notices != "EVERY" || p.Registration != "NONE" {
			t.Errorf("at first %+v", p)
		}
		if p := contract("HK-WALLET"); p.Notices != "" || p.Registration != "" {
			t.Errorf("a wallet has %+v", p)
		}
		before := b.pay("PR-1")
		untold := wire.NoticesChange{ParticipantID: "JP-ACQUIRER", Notices: "UNTOLD"}
		err := b.agree(wire.KindNoticesSet, untold, "operations-1", "operations-1")
		if client.ReasonOf(err) != "SelfApproval" {
			t.Errorf("agreed by one: %v", err)
		}
		if err := b.agree(wire.KindNoticesSet, untold, "operations-1", "operations-2"); err != nil {
			t.Fatal(err)
		}
		b.reload()
		if p := contract("JP-ACQUIRER"); p.Notices != "UNTOLD" {
			t.Errorf("afterwards %+v", p)
		}
		if told(before) || !told(b.pay("PR-2")) {
			t.Error("not the payment after the change is told by its answer, or the one before is")
		}
		for _, id := range []string{"HK-WALLET", "NOBODY"} {
			change := wire.NoticesChange{ParticipantID: id, Notices: "UNTOLD"}
			if err := b.agree(wire.KindNoticesSet, change, "operations-1", "operations-2"); client.ReasonOf(err) != "Missing" {
				t.Errorf("%s: %v", id, err)
			}
		}
		untold.Notices = "EVERY"
		if err := b.agree(wire.KindNoticesSet, untold, "operations-2", "operations-1"); err != nil {
			t.Fatal(err)
		}
		b.reload()
		if told(b.pay("PR-3")) {
			t.Error("it cannot be taken back")
		}
	})
}
