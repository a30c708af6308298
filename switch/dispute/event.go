package dispute

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
)

// Subject begins the subjects of events: dispute.<region>.<acquirer>.<state>.
const Subject = "dispute"

// Happened is the payload of an outbox event: that something happened to a dispute, never
// what somebody wrote about it. Minor and Refund are digits of minor units of Currency.
type Happened struct {
	DisputeID  ids.ID                  `json:"dispute_id"`
	PaymentID  ids.ID                  `json:"payment_id"`
	Version    int64                   `json:"version"`
	Stage      connectors.DisputeStage `json:"stage"`
	Event      Event                   `json:"event"`
	State      State                   `json:"state"`
	Final      bool                    `json:"final"`
	AcquirerID string                  `json:"acquirer_id"`
	WalletID   string                  `json:"wallet_id"`
	Currency   string                  `json:"currency"`
	Minor      string                  `json:"amount_minor"`
	Refund     string                  `json:"refund_minor"`
	At         time.Time               `json:"at"`
}

// announce writes the outbox event of a change: one for every version (invariant I9).
func announce(ctx context.Context, tx db.Tx, d Dispute, event Event, at time.Time) error {
	payload, err := json.Marshal(Happened{
		DisputeID: d.ID, PaymentID: d.PaymentID, Version: d.Version, Stage: d.Stage, Event: event, State: d.State,
		Final: d.State.Final(d.Stage), AcquirerID: d.AcquirerID, WalletID: d.WalletID,
		Currency: string(d.Amount.Currency), Minor: strconv.FormatInt(d.Amount.Minor, 10),
		Refund: strconv.FormatInt(d.Refund.Minor, 10), At: at,
	})
	if err != nil {
		return fmt.Errorf("dispute: encode event: %w", err)
	}
	return outbox.Write(ctx, tx, []outbox.Event{{
		ID: ids.Derive(d.ID, "event", d.Version), Region: d.Region, Aggregate: d.ID, Version: d.Version,
		Subject: Subject + "." + d.Region + "." + d.AcquirerID + "." + string(d.State), Payload: payload, At: at,
	}})
}
