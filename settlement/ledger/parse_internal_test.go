package ledger

import (
	"strings"
	"testing"
)

// FuzzParseID: the id of an account says whose it is, what for and in which currency, and
// whatever else is read as an id is written in no other way.
func FuzzParseID(f *testing.F) {
	f.Add("HK-WALLET.POSITION.HKD")
	f.Add("HUB.NOSTRO.")
	f.Add("..")
	f.Add("")
	f.Fuzz(func(t *testing.T, id string) {
		owner, purpose, currency := parseID(id)
		if strings.Contains(owner, ".") || strings.Contains(string(purpose), ".") {
			t.Errorf("%q is of %q for %q", id, owner, purpose)
		}
		if written := (Account{Owner: owner, Purpose: purpose}).ID(currency); strings.Count(id, ".") >= 2 && written != id {
			t.Errorf("%q is written as %q", id, written)
		}
		if currency.Known() && strings.Count(id, ".") != 2 {
			t.Errorf("%q is in %s", id, currency)
		}
	})
}
