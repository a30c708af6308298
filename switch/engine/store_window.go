package engine

import (
	"context"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/report"
)

// WindowMessages returns the messages about a settlement window, of one
// participant or of all if its id is empty: the pacs.009 of each obligation, then
// camt.053 and camt.054. It leaves out the first ones and returns as many as
// limit.
func WindowMessages(
	ctx context.Context, reader db.Reader, windowID ids.ID, participantID string, leaveOut, limit int,
) ([]Message, error) {
	obligations, err := instruct.Of(ctx, reader, windowID)
	if err != nil {
		return nil, err
	}
	var messages []Message
	for _, o := range obligations {
		if participantID == "" || o.ParticipantID == participantID {
			messages = append(messages, instruction(o))
		}
	}
	skipped := min(leaveOut, len(messages))
	messages = messages[skipped:]
	if len(messages) >= limit {
		return messages[:limit], nil
	}
	issued, err := report.Of(ctx, reader, windowID, participantID, leaveOut-skipped, limit-len(messages))
	if err != nil {
		return nil, err
	}
	for _, m := range issued {
		messages = append(messages, issue(m))
	}
	return messages, nil
}

// instruction is the pacs.009 of an obligation as a message on record.
func instruction(o instruct.Obligation) Message {
	return Message{
		ID: o.ID, PairID: o.ID, WindowID: o.WindowID, Region: o.Region, PartnerID: o.ParticipantID, Direction: out,
		Name: iso20022.InstitutionTransferName, Body: o.Instruction, At: o.CreatedAt,
	}
}

// issue is a message of a report as a message on record.
func issue(m report.Message) Message {
	return Message{
		ID: m.ID, PairID: m.ID, WindowID: m.WindowID, Region: m.Region, PartnerID: m.ParticipantID, Direction: out,
		Name: m.Name, Body: m.Body, At: m.CreatedAt,
	}
}

// OpenMessage returns the message with an id, whatever it is about. An id that
// no message has is NotFound.
func OpenMessage(ctx context.Context, reader db.Reader, id ids.ID) (Message, error) {
	message, err := FindMessage(ctx, reader, id)
	if reason.Of(err) != reason.NotFound {
		return message, err
	}
	issued, found, err := report.Find(ctx, reader, id)
	if err != nil || found {
		return issue(issued), err
	}
	obligation, found, err := instruct.Find(ctx, reader, id)
	switch {
	case err != nil:
		return Message{}, err
	case found && obligation.ID == id:
		return instruction(obligation), nil
	default:
		return Message{}, reason.New(reason.NotFound, "engine.OpenMessage", "")
	}
}

// MessagesByUETR returns all messages with a UETR: those of a payment, or the
// pacs.009 of an obligation; none for none.
func MessagesByUETR(ctx context.Context, reader db.Reader, uetr ids.ID) ([]Message, error) {
	messages, err := MessagesOf(ctx, reader, uetr)
	if err != nil || len(messages) > 0 {
		return messages, err
	}
	obligation, found, err := instruct.Find(ctx, reader, uetr)
	if err != nil || !found || obligation.ID == uetr {
		return nil, err
	}
	return []Message{instruction(obligation)}, nil
}
