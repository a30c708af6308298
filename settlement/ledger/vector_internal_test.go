package ledger

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/chain"
	"github.com/causeway-pay/causeway/internal/ids"
)

// TestVectors: links and seals that were written once have the same hash and text for
// ever, whatever becomes of the program.
func TestVectors(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	first := record{
		ID: ids.ID{1}, Region: "asia-1", Payment: ids.ID{2}, Subject: ids.ID{3}, Sequence: 1, Kind: "PAYMENT",
		Debit: "HK-WALLET.POSITION.HKD", Credit: "HUB.EXCHANGE.HKD", Currency: "HKD", Amount: 7543, Window: ids.ID{4},
		BookedAt: at, EffectiveAt: at.AddDate(0, 0, -1),
	}
	second := first
	second.ID, second.Sequence, second.Amount = ids.ID{5}, 2, 38
	made, head := links(Head{Name: "asia-1", Hash: chain.Zero()}, []record{first, second})
	for i, want := range []string{
		"eda157ecea3e1ad06efb6a5b2ad25ce1a5fdc727b025af0debb9e61ed9ab1d03",
		"c27581a2511fac401b216b3b0eb8c8dd06809a43e6fbae18afedca3b89a91801",
	} {
		if got := hex.EncodeToString(made[i].Hash); got != want {
			t.Errorf("link %d: %s, was %s", i+1, got, want)
		}
	}
	if got := head.String(); got != "asia-1:2:c27581a2511fac401b216b3b0eb8c8dd06809a43e6fbae18afedca3b89a91801" {
		t.Errorf("the head is noted as %s", got)
	}
	const text = "causeway-ledger-seal-1\n\"asia-1\"\n2\nc27581a2511fac401b216b3b0eb8c8dd06809a43e6fbae18afedca3b89a91801\n1767323045678901\n"
	if got := string(head.SealText(sealLabel, at)); got != text {
		t.Errorf("a seal signs %q", got)
	}
}
