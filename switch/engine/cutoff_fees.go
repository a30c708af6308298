package engine

import (
	"cmp"
	"slices"

	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/fees"
)

// volumes are what a booking adds to the volumes of its window, one for each
// side, in the order of the participants' ids, in which all hubs lock them.
func volumes(b settlement.Booking, booked Booked) []fees.Volume {
	var sides []fees.Volume
	for _, leg := range []settlement.Leg{b.Payer, b.Merchant} {
		v := fees.Volume{
			ParticipantID: leg.ParticipantID, Corridor: booked.Corridor, Product: booked.Product, Currency: leg.Amount.Currency,
			Payments: 1, Paid: leg.Amount.Minor,
		}
		if b.Return {
			v.Payments, v.Paid, v.Returns, v.Returned = 0, 0, 1, leg.Amount.Minor
		}
		sides = append(sides, v)
	}
	slices.SortFunc(sides, func(a, b fees.Volume) int { return cmp.Compare(a.ParticipantID, b.ParticipantID) })
	return sides
}
