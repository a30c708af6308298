package instruct

import (
	"context"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

// Adjustment is what one participant owes another, or the hub, for another
// reason than a payment of the window: a dispute, a late refund, a correction.
type Adjustment struct {
	// ID is that of what two people agreed on; it is booked once.
	ID     ids.ID
	Region string
	// Debit pays and Credit is paid; either may be the hub.
	Debit, Credit string
	Amount        money.Amount
	// Link is the payment or obligation that it corrects.
	Link ids.ID
	At   time.Time
}

// Adjust books an adjustment into the region's open window, where it counts.
func Adjust(ctx context.Context, tx db.Tx, a Adjustment) error {
	if a.Debit == a.Credit || a.Amount.Minor <= 0 || a.Link == ids.Nil {
		return fmt.Errorf("%w: an adjustment of %s from %s to %s", ErrAmount, a.Amount, a.Debit, a.Credit)
	}
	b := booking{obligation: Obligation{ID: a.Link, Region: a.Region}, subject: a.ID, at: a.At}
	return book(ctx, tx, movement{
		booking: b, kind: ledger.KindAdjustment, debit: adjusted(a.Debit), credit: adjusted(a.Credit), amount: a.Amount,
		netted: true,
	})
}

// adjusted is the account of one side of an adjustment.
func adjusted(owner string) ledger.Account {
	if owner == ledger.Hub {
		return ledger.HubAccount(ledger.Adjustment)
	}
	return ledger.PositionOf(owner)
}
