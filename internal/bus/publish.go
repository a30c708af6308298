package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/causeway-pay/causeway/internal/telemetry"
)

// Message is one event for the broker.
type Message struct {
	// Subject routes the message; it never carries personal data.
	Subject string
	// ID recognises a repeated publication (Nats-Msg-Id).
	ID string
	// Data is the payload; with its headers, which hold the id and the trace, it has at
	// most 1 MiB.
	Data []byte
	// Traceparent is the W3C trace of the cause, or "".
	Traceparent string
}

// Ack says that the broker has a message.
type Ack struct {
	// Sequence is the place in the stream, from 1; 0 means that the broker has
	// not acknowledged the message.
	Sequence uint64
	// Duplicate means that the message was there already, at Sequence.
	Duplicate bool
}

// Publish sends all messages in their order and waits for the acknowledgement
// of each. The acks are always as many as the messages; when the error is not
// nil, those that got none have Sequence 0 and may or may not have arrived.
func (b *Bus) Publish(ctx context.Context, messages []Message) ([]Ack, error) {
	acks := make([]Ack, 0, len(messages))
	var failures []error
	for chunk := range slices.Chunk(messages, outstandingMax) {
		some, err := b.publish(ctx, chunk)
		acks = append(acks, some...)
		if err != nil {
			failures = append(failures, err)
			break
		}
	}
	acks = append(acks, make([]Ack, len(messages)-len(acks))...)
	return acks, errors.Join(failures...)
}

func (b *Bus) publish(ctx context.Context, messages []Message) ([]Ack, error) {
	acks := make([]Ack, len(messages))
	futures := make([]jetstream.PubAckFuture, 0, len(messages))
	var first error
	for _, m := range messages {
		// No retry inside: order is kept by publishing again from the first
		// that failed.
		future, err := b.stream.PublishMsgAsync(m.encode(), jetstream.WithRetryAttempts(0))
		if err != nil {
			first = fmt.Errorf("bus: publish: %w", err)
			break
		}
		futures = append(futures, future)
	}
	for i, future := range futures {
		ack, err := wait(ctx, future)
		if err != nil && first == nil {
			first = fmt.Errorf("bus: publish: %w", err)
		}
		acks[i] = ack
	}
	return acks, first
}

func (m Message) encode() *nats.Msg {
	header := nats.Header{jetstream.MsgIDHeader: {m.ID}}
	if m.Traceparent != "" {
		telemetry.Headers(header).Set(telemetry.TraceparentHeader, m.Traceparent)
	}
	return &nats.Msg{Subject: m.Subject, Header: header, Data: m.Data}
}

func wait(ctx context.Context, future jetstream.PubAckFuture) (Ack, error) {
	select {
	case ack := <-future.Ok():
		return Ack{Sequence: ack.Sequence, Duplicate: ack.Duplicate}, nil
	case err := <-future.Err():
		return Ack{}, err
	case <-ctx.Done():
		return Ack{}, ctx.Err()
	}
}
