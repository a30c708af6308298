package book

import (
	"errors"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// Deal is an exchange of two amounts with a liquidity provider.
type Deal struct {
	ID     ids.ID
	Region string
	// Counterparty and Reference name the deal, which is booked once.
	Counterparty, Reference string
	// Buy is what the hub gets, Sell what it gives.
	Buy, Sell money.Amount
	ValueDate time.Time
	At        time.Time
}

// ErrDeal means that a deal cannot be booked.
var ErrDeal = errors.New("book: not a deal")

// textMax bounds the names of counterparties and references, as ISO 20022 does.
const textMax = 35

// Check returns what is wrong with the deal.
func (d Deal) Check() error {
	var problem string
	switch {
	case d.Counterparty == "" || len(d.Counterparty) > textMax || d.Reference == "" || len(d.Reference) > textMax:
		problem = fmt.Sprintf("counterparty and reference have 1 to %d characters", textMax)
	case !d.Buy.Currency.Known() || !d.Sell.Currency.Known() || d.Buy.Currency == d.Sell.Currency:
		problem = "two different currencies are exchanged"
	case !d.Buy.IsPositive() || !d.Sell.IsPositive():
		problem = "both amounts are more than nothing"
	case d.ValueDate.IsZero():
		problem = "no value date"
	default:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrDeal, problem)
}

// Flows are the deal's two flows. Both have the cost of what is sold, so the deal
// gains or loses what the other side is worth more or less.
func (d Deal) Flows(marker fx.Marker, currency money.Currency) ([]Flow, error) {
	cost, err := fx.Worth(marker, d.Sell, currency)
	if err != nil {
		return nil, err
	}
	flow := func(number int64, amount money.Amount, cost int64) Flow {
		return Flow{
			ID: ids.Derive(d.ID, "flow", number), Region: d.Region, SubjectID: d.ID, PaymentID: d.ID,
			Key:   Key{PartnerID: Treasury, Currency: amount.Currency, ValueDate: day(d.ValueDate)},
			Minor: amount.Minor, Cost: cost, At: d.At,
		}
	}
	return []Flow{flow(1, d.Buy, cost.Minor), flow(2, money.New(-d.Sell.Minor, d.Sell.Currency), -cost.Minor)}, nil
}
