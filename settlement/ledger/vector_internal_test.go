package ledger

import (
	"encoding/hex"
	"slices"
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
	made, head := links(Head{Name: "asia-1", Hash: chain.Zero()}, []posting{{first.ID, 1}, {second.ID, 1}},
		map[ids.ID][]record{first.ID: {first}, second.ID: {second}})
	for i, want := range []string{
		"eda157ecea3e1ad06efb6a5b2ad25ce1a5fdc727b025af0debb9e61ed9ab1d03",
		"c27581a2511fac401b216b3b0eb8c8dd06809a43e6fbae18afedca3b89a91801",
	} {
		if got := hex.EncodeToString(made[i].Hash); got != want {
			t.Errorf("link %d: %s, was %s", i+1, got, want)
		}
	}
	whole, _ := links(Head{Name: "asia-1", Hash: chain.Zero()}, []posting{{first.ID, 2}},
		map[ids.ID][]record{first.ID: {first, second}})
	if got := hex.EncodeToString(whole[0].Hash); got != "e0289b48eb7a830df6065d89c67271d10ecc20f679d4316852c354b954b35aa4" {
		t.Errorf("a link of two: %s", got)
	}
	if got := head.String(); got != "asia-1:2:c27581a2511fac401b216b3b0eb8c8dd06809a43e6fbae18afedca3b89a91801" {
		t.Errorf("the head is noted as %s", got)
	}
	const text = "causeway-ledger-seal-1\n\"asia-1\"\n2\nc27581a2511fac401b216b3b0eb8c8dd06809a43e6fbae18afedca3b89a91801\n1767323045678901\n"
	if got := string(head.SealText(sealLabel, at)); got != text {
		t.Errorf("a seal signs %q", got)
	}
}

// TestPostings: what follows one by one of the same subject is a posting, whatever is
// posted with one call.
func TestPostings(t *testing.T) {
	a, b := ids.ID{1}, ids.ID{2}
	entry := func(id byte, subject ids.ID, region string, sequence int16) Entry {
		return Entry{ID: ids.ID{id}, SubjectID: subject, Region: region, Sequence: sequence}
	}
	list, regions := postingsOf([]Entry{
		entry(10, a, "asia-1", 1), entry(11, a, "asia-1", 2), entry(12, a, "asia-1", 3), // one
		entry(13, b, "asia-1", 4), entry(14, b, "europe-1", 5), // another subject, another region
		entry(15, b, "europe-1", 6), entry(16, b, "europe-1", 8), // a gap
		entry(17, a, "europe-1", 9),
	})
	want := []posting{{ids.ID{10}, 3}, {ids.ID{13}, 1}, {ids.ID{14}, 2}, {ids.ID{16}, 1}, {ids.ID{17}, 1}}
	if !slices.Equal(list, want) || !slices.Equal(regions, []string{"asia-1", "asia-1", "europe-1", "europe-1", "europe-1"}) {
		t.Errorf("%v in %v", list, regions)
	}
	if list, regions := postingsOf(nil); list != nil || regions != nil {
		t.Errorf("of nothing: %v, %v", list, regions)
	}
}
