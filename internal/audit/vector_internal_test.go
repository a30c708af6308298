package audit

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/chain"
	"github.com/causeway-pay/causeway/internal/ids"
)

// TestVectors: rows and seals that were written once have the same hash and text for
// ever, whatever becomes of the program.
func TestVectors(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	written, err := rows("operators", Head{Hash: chain.Zero()}, []Entry{
		{ID: ids.ID{1, 2, 3}, At: at, Actor: "mei", Action: "proposal.approve", Subject: "7", Detail: map[string]string{"b": "2", "a": "1"}},
		{ID: ids.ID{4, 5, 6}, At: at.Add(time.Microsecond), Actor: System("relay"), Action: "start"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"c46c5c7d251b529904bed814ed040b0212127a930d9f7bf050a74fd5d25c2905",
		"87227ce9e6b0fe9951a73f49d2567eb8f9e85d80920c1922b768cb0ebcb2c559",
	} {
		if got := hex.EncodeToString(written[i].Hash); got != want {
			t.Errorf("row %d: %s, was %s", i+1, got, want)
		}
	}
	head := headOf(written[1])
	if got := head.String(); got != "operators:2:87227ce9e6b0fe9951a73f49d2567eb8f9e85d80920c1922b768cb0ebcb2c559" {
		t.Errorf("the head is noted as %s", got)
	}
	const text = "causeway-audit-seal-1\n\"operators\"\n2\n87227ce9e6b0fe9951a73f49d2567eb8f9e85d80920c1922b768cb0ebcb2c559\n1767323045678901\n"
	if got := string(sealText(head, at)); got != text {
		t.Errorf("a seal signs %q", got)
	}
}

func headOf(r Row) Head { return Head{Name: r.Chain, Number: r.Sequence, Hash: r.Hash} }

func sealText(h Head, at time.Time) []byte { return h.SealText(sealLabel, at) }
