package engine

import (
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/payment"
)

// writer is an ISO 20022 message that can write itself.
type writer interface {
	AppendXML(dst []byte) ([]byte, error)
}

// firstMessages are what is on record when a payment starts: the partner's own
// message as received, and the transfers that it became.
func (e *Engine) firstMessages(record Record, received Message) ([]Message, error) {
	messages := []Message{received}
	add := func(partner, direction string, t iso20022.CreditTransfer) error {
		body, err := t.AppendXML(nil)
		if err != nil {
			return reason.Wrap(reason.InvalidRequest, "engine.firstMessages", err)
		}
		messages = append(messages, Message{
			PartnerID: partner, Direction: direction, Name: iso20022.CreditTransferName, Body: body,
		})
		return nil
	}
	if err := add(record.AcquirerID, "IN", e.transfer(record, connectors.RoleAcquirer)); err != nil {
		return nil, err
	}
	if record.State.Holding() {
		if err := add(record.WalletID, "OUT", e.transfer(record, connectors.RoleWallet)); err != nil {
			return nil, err
		}
	}
	if record.State == payment.Rejected {
		messages = append(
			messages,
			statusMessage(statusReport(record, connectors.RoleAcquirer, record.CreatedAt), record.AcquirerID, "OUT")...)
	}
	return addressed(messages, record.ID, record.Region, "", record.CreatedAt), nil
}

// answerMessages are what a fact adds to the record: the call in the partner's
// words and, when the payment ended by it, the status reports of both legs.
func (e *Engine) answerMessages(record Record, f fact, at time.Time) []Message {
	messages := f.messages
	if record.State.Final() && record.CompletedAt.Equal(at) {
		if record.WalletID != "" {
			messages = append(messages, statusMessage(statusReport(record, connectors.RoleWallet, at), record.WalletID, "IN")...)
		}
		messages = append(
			messages,
			statusMessage(statusReport(record, connectors.RoleAcquirer, at), record.AcquirerID, "OUT")...)
	}
	return addressed(messages, record.ID, record.Region, record.WalletID, at)
}

// statusMessage writes a status report, whose fields all come from the hub itself; one
// that cannot be written is left out rather than stopping the money.
func statusMessage(message writer, partner, direction string) []Message {
	body, err := message.AppendXML(nil)
	if err != nil {
		return nil
	}
	return []Message{{PartnerID: partner, Direction: direction, Name: iso20022.StatusReportName, Body: body}}
}

// addressed completes messages with what they have in common.
func addressed(messages []Message, paymentID ids.ID, region, partner string, at time.Time) []Message {
	complete := make([]Message, len(messages))
	for i, m := range messages {
		m.PaymentID, m.Region, m.At = paymentID, region, at
		if m.PartnerID == "" {
			m.PartnerID = partner
		}
		complete[i] = m
	}
	return complete
}
