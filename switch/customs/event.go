package customs

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
)

// Subject begins the subjects of events: customs.<region>.<acquirer>.<state>.
const Subject = "customs"

// Happened is the payload of an outbox event: that something happened to a declaration,
// never who has bought. Minor is the digits of minor units of Currency.
type Happened struct {
	DeclarationID ids.ID    `json:"declaration_id"`
	PaymentID     ids.ID    `json:"payment_id"`
	Version       int64     `json:"version"`
	Event         Event     `json:"event"`
	State         State     `json:"state"`
	AcquirerID    string    `json:"acquirer_id"`
	WalletID      string    `json:"wallet_id"`
	Currency      string    `json:"currency"`
	Minor         string    `json:"amount_minor"`
	At            time.Time `json:"at"`
}

// announce writes the outbox event of a change: one for every version (invariant I9).
func announce(ctx context.Context, tx db.Tx, d Declaration, event Event, at time.Time) error {
	payload, err := json.Marshal(Happened{
		DeclarationID: d.ID, PaymentID: d.PaymentID, Version: d.Version, Event: event, State: d.State,
		AcquirerID: d.AcquirerID, WalletID: d.WalletID, Currency: string(d.Said.Amount.Currency),
		Minor: strconv.FormatInt(d.Said.Amount.Minor, 10), At: at,
	})
	if err != nil {
		return fmt.Errorf("customs: encode event: %w", err)
	}
	return outbox.Write(ctx, tx, []outbox.Event{{
		ID: ids.Derive(d.ID, "event", d.Version), Region: d.Region, Aggregate: d.ID, Version: d.Version,
		Subject: Subject + "." + d.Region + "." + d.AcquirerID + "." + string(d.State), Payload: payload, At: at,
	}})
}
