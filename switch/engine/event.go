package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/switch/payment"
)

// Subjects of the events: payment.<region>.<acquirer>.<state>,
// return.<region>.<acquirer>.<state> and settlement.<region>.<state>. None of
// the parts is personal data.
const (
	// Stream is the name of the JetStream stream.
	Stream           = "CAUSEWAY"
	paymentPrefix    = "payment"
	returnPrefix     = "return"
	settlementPrefix = "settlement"
)

// StreamSubjects are what the stream takes in.
func StreamSubjects() []string {
	return []string{paymentPrefix + ".>", returnPrefix + ".>", settlementPrefix + ".>"}
}

// Event is the payload of an outbox event: that something changed, never what
// about persons. A consumer that needs more reads it from the database.
type Event struct {
	PaymentID  ids.ID    `json:"payment_id"`
	ReturnID   *ids.ID   `json:"return_id,omitempty"`
	Version    int64     `json:"version"`
	State      string    `json:"state"`
	Final      bool      `json:"final"`
	AcquirerID string    `json:"acquirer_id"`
	WalletID   string    `json:"wallet_id"`
	Currency   string    `json:"currency"`
	Minor      string    `json:"amount_minor"`
	Reason     string    `json:"reason"`
	At         time.Time `json:"at"`
}

// recordChange writes the history line and the outbox event of a change: one
// event for every committed change (invariant I9).
func recordChange(ctx context.Context, tx db.Tx, r Record, what string, effects payment.Effect, now time.Time) error {
	contradiction := effects.Has(payment.Contradiction)
	err := insertChange(ctx, tx, r.Region, r.ID, Change{
		SubjectID: r.ID, Version: r.Version, Event: what, State: string(r.State), Effects: effects.String(),
		Reason: r.Reason, Contradiction: contradiction, At: now,
	})
	if err != nil {
		return err
	}
	return writeEvent(ctx, tx, paymentPrefix, r.ID, r.Region, Event{
		PaymentID: r.ID, Version: r.Version, State: string(r.State), Final: r.State.Final() && !contradiction,
		AcquirerID: r.AcquirerID, WalletID: r.WalletID, Currency: string(r.Amount.Currency),
		Minor: fmt.Sprint(r.Amount.Minor), Reason: r.Reason.String(), At: now,
	})
}

func recordReturn(
	ctx context.Context,
	tx db.Tx,
	r ReturnRecord,
	what string,
	effects payment.Effect,
	now time.Time,
) error {
	err := insertChange(ctx, tx, r.Region, r.PaymentID, Change{
		SubjectID: r.ID, Version: r.Version, Event: r.Kind + "_" + what, State: string(r.State),
		Effects: effects.String(), Reason: r.Reason, Contradiction: effects.Has(payment.Contradiction), At: now,
	})
	if err != nil {
		return err
	}
	return writeEvent(ctx, tx, returnPrefix, r.ID, r.Region, Event{
		PaymentID: r.PaymentID, ReturnID: &r.ID, Version: r.Version, State: string(r.State), Final: r.State.Final(),
		AcquirerID: r.AcquirerID, WalletID: r.WalletID, Currency: string(r.Amount.Currency),
		Minor: fmt.Sprint(r.Amount.Minor), Reason: r.Reason.String(), At: now,
	})
}

func writeEvent(ctx context.Context, tx db.Tx, prefix string, subject ids.ID, region string, event Event) error {
	return writeEventAs(ctx, tx, ids.Derive(subject, "event", event.Version), prefix, subject, region, event)
}

func writeEventAs(
	ctx context.Context,
	tx db.Tx,
	id ids.ID,
	prefix string,
	subject ids.ID,
	region string,
	event Event,
) error {
	payload, err := json.Marshal(event)
	if err != nil {
		return fmt.Errorf("engine: encode event: %w", err)
	}
	return outbox.Write(ctx, tx, []outbox.Event{{
		ID:        id,
		Region:    region,
		Subject:   prefix + "." + region + "." + event.AcquirerID + "." + event.State,
		Aggregate: subject,
		Version:   event.Version,
		Payload:   payload,
		At:        event.At,
	}})
}
