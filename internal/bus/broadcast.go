package bus

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
)

// listenTimeout is how long the server may take to note a subscription: one
// round trip, with the patience for a busy machine.
const listenTimeout = 10 * time.Second

// Broadcast tells every process that listens to a subject, now and at most once:
// nobody keeps the message for those who are away. It is for news that each
// process also finds by itself, only later.
func (b *Bus) Broadcast(subject string, data []byte) error {
	if err := b.conn.Publish(subject, data); err != nil {
		return fmt.Errorf("bus: broadcast: %w", err)
	}
	return nil
}

// Listen calls the handler with every broadcast to a subject, one after the
// other, from the moment it returns until stop is called.
func (b *Bus) Listen(subject string, handler func(data []byte)) (stop func(), err error) {
	subscription, err := b.conn.Subscribe(subject, func(m *nats.Msg) { handler(m.Data) })
	if err != nil {
		return nil, fmt.Errorf("bus: listen: %w", err)
	}
	stop = func() {
		if err := subscription.Unsubscribe(); err != nil {
			b.logger.Debug("bus: the subscription had ended", slog.String("subject", subject))
		}
	}
	// The server has the subscription once it has answered what was sent after it.
	if err := b.conn.FlushTimeout(listenTimeout); err != nil {
		stop()
		return nil, fmt.Errorf("bus: listen: %w", err)
	}
	return stop, nil
}
