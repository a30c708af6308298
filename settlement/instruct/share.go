package instruct

import (
	"math/bits"

	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/window"
)

// Shares divides a loss among the participants of a window other than the one
// that does not pay, in proportion to what each moved in the currency, debits and
// credits together. Each bears its share rounded down to whole minor units, and
// what is left over one unit each in the order of their ids, so that the shares
// are exactly the loss. Without others there are none, and the hub bears it.
func Shares(nets []window.Net, defaulter string, loss money.Amount) []Share {
	var others []window.Net
	var whole uint64
	for _, n := range nets {
		if n.Currency != loss.Currency || n.Owner == defaulter || n.Owner == ledger.Hub || moves(n) == 0 {
			continue
		}
		others, whole = append(others, n), whole+moves(n)
	}
	shares := make([]Share, 0, len(others))
	left := loss.Minor
	for _, n := range others {
		high, low := bits.Mul64(uint64(loss.Minor), moves(n))
		part, _ := bits.Div64(high, low, whole)
		shares = append(shares, Share{ParticipantID: n.Owner, Amount: money.New(int64(part), loss.Currency)})
		left -= int64(part)
	}
	var borne []Share
	for i := range shares {
		if left > 0 {
			shares[i].Amount.Minor++
			left--
		}
		if !shares[i].Amount.IsZero() {
			borne = append(borne, shares[i])
		}
	}
	return borne
}

// moves is what an owner moved in a window, in minor units.
func moves(n window.Net) uint64 { return uint64(n.Debits.Minor) + uint64(n.Credits.Minor) }
