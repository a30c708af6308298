package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

const insertMessage = `
INSERT INTO message_record (message_id, pair_id, region, payment_id, return_id, partner_id, leg, direction, name, body,
	recorded_at, sequence)
SELECT unnest($1::UUID[]), unnest($2::UUID[]), unnest($3::TEXT[]), unnest($4::UUID[]), unnest($5::UUID[]),
	unnest($6::TEXT[]), unnest($7::TEXT[]), unnest($8::TEXT[]), unnest($9::TEXT[]), unnest($10::BYTEA[]),
	unnest($11::TIMESTAMPTZ[]), unnest($12::SMALLINT[])`

const insertNewMessage = insertMessage + `
ON CONFLICT (message_id) DO NOTHING`

// insertMessages writes messages with one statement. One that is on record already is left
// as it is, unless the transaction hopes that there is none.
func insertMessages(tx db.Tx, s spoken, hopeful bool) {
	switch {
	case len(s.messages) == 0:
	case hopeful:
		tx.HopeNew("engine: insert messages", insertMessage, s.columns(tx)...)
	default:
		tx.Later(db.Written("engine: insert messages"), insertNewMessage, s.columns(tx)...)
	}
}

// sealed are the bodies of messages as they are stored, made before it is their turn to be
// written.
func (e *Engine) sealed(messages []Message) [][]byte {
	return db.Column(messages, func(m Message) []byte { return e.Pool.Seal(m.Body) })
}

// say puts messages on a sheet with their bodies as they are stored.
func (e *Engine) say(s *sheet, messages []Message) { s.say(messages, e.sealed(messages)...) }

// sealed are the bodies as they are stored.
func (s spoken) sealed(tx db.Tx) [][]byte {
	for i, body := range s.bodies {
		if body == nil {
			s.bodies[i] = tx.Seal(s.messages[i].Body)
		}
	}
	return s.bodies
}

// columns turns messages into one array for each column of insertMessage.
func (s spoken) columns(tx db.Tx) []any {
	messages := s.messages
	return []any{
		db.Column(messages, func(m Message) ids.ID { return m.ID }),
		db.Column(messages, func(m Message) ids.ID { return m.PairID }),
		db.Column(messages, func(m Message) string { return m.Region }),
		db.Column(messages, func(m Message) ids.ID { return m.PaymentID }),
		db.Column(messages, func(m Message) ids.ID { return m.ReturnID }),
		db.Column(messages, func(m Message) string { return m.PartnerID }),
		db.Column(messages, func(m Message) string { return string(m.Leg) }),
		db.Column(messages, func(m Message) string { return m.Direction }),
		db.Column(messages, func(m Message) string { return m.Name }),
		s.sealed(tx),
		db.Column(messages, func(m Message) time.Time { return m.At }), s.sequences,
	}
}

const messageColumnNames = `message_id, pair_id, region, payment_id, return_id, partner_id, leg, direction, name, body,
	recorded_at`

const (
	selectMessages = `SELECT ` + messageColumnNames + ` FROM message_record WHERE payment_id = $1
		ORDER BY recorded_at, sequence, message_id`
	selectMessage = `SELECT ` + messageColumnNames + ` FROM message_record WHERE message_id = $1`
	countMessage  = `SELECT count(*) FROM message_record WHERE message_id = $1`
)

// MessagesOf returns the messages about a payment and its returns in the order
// of their time.
func MessagesOf(ctx context.Context, reader db.Reader, paymentID ids.ID) ([]Message, error) {
	rows, err := reader.Query(ctx, selectMessages, paymentID)
	if err != nil {
		return nil, fmt.Errorf("engine: messages: %w", err)
	}
	return pgx.CollectRows(rows, scanMessage)
}

// FindMessage returns one message about a payment. An id that no message has is
// NotFound.
func FindMessage(ctx context.Context, reader db.Reader, id ids.ID) (Message, error) {
	rows, err := reader.Query(ctx, selectMessage, id)
	if err != nil {
		return Message{}, fmt.Errorf("engine: find message: %w", err)
	}
	message, err := pgx.CollectExactlyOneRow(rows, scanMessage)
	if db.NoRows(err) {
		return Message{}, reason.New(reason.NotFound, "engine.FindMessage", "")
	}
	if err != nil {
		return Message{}, fmt.Errorf("engine: find message: %w", err)
	}
	return message, nil
}

func scanMessage(row pgx.CollectableRow) (Message, error) {
	var m Message
	err := row.Scan(&m.ID, &m.PairID, &m.Region, &m.PaymentID, &m.ReturnID, &m.PartnerID, &m.Leg, &m.Direction, &m.Name,
		(*db.Private)(&m.Body), &m.At)
	m.At = m.At.UTC()
	return m, err
}

// onRecord reports whether a message is on record.
func onRecord(ctx context.Context, reader db.Reader, id ids.ID) (bool, error) {
	var count int64
	if err := reader.QueryRow(ctx, countMessage, id).Scan(&count); err != nil {
		return false, fmt.Errorf("engine: message on record: %w", err)
	}
	return count > 0, nil
}
