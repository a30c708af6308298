package bench

import (
	"strconv"
	"testing"
)

// TestPayersHaveNames: the payers of a run have names of their own, mostly, and the same as in
// every run, or two runs could not be compared.
func TestPayersHaveNames(t *testing.T) {
	names, all := map[string]bool{}, 0
	for wallet := range 4 {
		for payer := range payers {
			id := "WALLET-" + strconv.Itoa(wallet) + strconv.Itoa(payer)
			names[payerName(id)] = true
			all++
		}
	}
	if got := payerName("WALLET-10"); got != "Haru Tanglewood C" {
		t.Errorf("payer 0 of wallet 1 is called %s now", got)
	}
	// Of 20,000 drawn from 26,624 about 14,000 differ.
	if len(names) < 13_500 || len(names) > 15_000 {
		t.Errorf("%d names of %d payers", len(names), all)
	}
}
