package dispute

import (
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Payment is a payment as far as disputes need to know it.
type Payment struct {
	ID         ids.ID
	Region     string
	AcquirerID string
	WalletID   string
	// RequestID is the acquirer's.
	RequestID string
	// Amount is in the merchant's currency, and Returned what refunds have given back of
	// it or are about to.
	Amount, Returned money.Amount
	// Completed payments were paid and not cancelled.
	Completed   bool
	CompletedAt time.Time
}

// Notice is who is to be told how a dispute stands.
type Notice string

// The notices.
const (
	NoticeNone     Notice = ""
	NoticeAcquirer Notice = "ACQUIRER"
	NoticeWallet   Notice = "WALLET"
)

// Dispute is one retrieval or escalation.
type Dispute struct {
	ID                   ids.ID
	Region               string
	PaymentID            ids.ID
	AcquirerID, WalletID string
	// RequestID is the wallet's own id of the dispute.
	RequestID string
	Checked   [32]byte
	Stage     connectors.DisputeStage
	State     State
	// Version counts the changes, from 1.
	Version int64
	// Amount is disputed and Refund goes back, both in the merchant's currency.
	Amount, Refund money.Amount
	// Why is the payer's reason, Evidence the acquirer's answer.
	Why, Evidence string
	// Response is the SHA-256 of the fields of the acquirer's answer that must be the
	// same when it is repeated; zero before there is one.
	Response [32]byte
	// DueAt is until when the acquirer has to answer, AnsweredAt when it did or its time
	// was over, ClosedAt when the dispute ended; zero before.
	OccurredAt, OpenedAt, DueAt, AnsweredAt, ClosedAt time.Time
	Notice                                            Notice
	NoticeAttempts                                    int64
	NoticeAt                                          time.Time
}

// Change is one thing that happened to a dispute.
type Change struct {
	Version int64
	Event   Event
	State   State
	At      time.Time
}

// advance carries out an event, or says that it cannot happen any more. refund is what
// goes back by it.
func (d *Dispute) advance(event Event, refund money.Amount, at time.Time) error {
	next, may := Step(d.Stage, d.State, event)
	if !may {
		return reason.New(reason.Closed, "dispute.advance", "the dispute is "+string(d.State))
	}
	d.State, d.Version = next, d.Version+1
	if next == Accepted || next == Settled {
		d.Refund = refund
	}
	if d.AnsweredAt.IsZero() {
		d.AnsweredAt = at
	}
	if next.Final(d.Stage) {
		d.ClosedAt = at
	}
	d.Notice, d.NoticeAttempts, d.NoticeAt = NoticeWallet, 0, at
	return nil
}
