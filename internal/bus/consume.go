package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"

	"github.com/causeway-pay/causeway/internal/telemetry"
)

// ConsumerOptions describe a durable consumer: it gets every message of the
// stream that fits, at least once, from the oldest.
type ConsumerOptions struct {
	// Stream is the stream's name.
	Stream string
	// Durable names the consumer; processes that share it share the work.
	Durable string
	// Subjects are the patterns of the messages it wants, none of which may overlap with
	// another; none means all. A message that its turn passed over is not delivered when it is
	// wanted later.
	Subjects []string
	// AckWait is how long a handler may take before another gets the message;
	// 0 means 30 s.
	AckWait time.Duration
	// AckPendingMax bounds the messages that are out for handling in all
	// processes; 0 means 256.
	AckPendingMax int
	// Concurrency is how many handlers run side by side in this process; 0
	// means 1, which keeps the order of the stream but for retries.
	Concurrency int
	// StuckAfter is how long messages may wait without any progress before
	// [Consumer.Check] is red; 0 means one minute.
	StuckAfter time.Duration
}

func (o ConsumerOptions) withDefaults() ConsumerOptions {
	if o.AckWait == 0 {
		o.AckWait = 30 * time.Second
	}
	if o.AckPendingMax == 0 {
		o.AckPendingMax = 256
	}
	if o.StuckAfter == 0 {
		o.StuckAfter = time.Minute
	}
	o.Concurrency = max(1, o.Concurrency)
	return o
}

// Delivery is a message as a consumer sees it.
type Delivery struct {
	// Subject, ID and Data are those of the publisher.
	Subject, ID string
	Data        []byte
	// Attempt counts the deliveries of this message to this consumer, from 1.
	Attempt uint64
	// Sequence is the message's place in the stream.
	Sequence uint64
	// At is when the stream got it.
	At time.Time
}

// Verdict is what a handler made of a delivery. The zero Verdict asks for
// another delivery at once.
type Verdict struct {
	action action
	after  time.Duration
	reason string
}

type action uint8

const (
	retry action = iota
	done
	terminate
)

// Done says that the delivery is applied. The broker confirms that it knows.
func Done() Verdict { return Verdict{action: done} }

// Retry asks for another delivery after a while.
func Retry(after time.Duration) Verdict { return Verdict{action: retry, after: after} }

// Terminate says that no delivery of this message will ever succeed. The reason
// is for operators and holds nothing personal.
func Terminate(reason string) Verdict { return Verdict{action: terminate, reason: reason} }

// Handler applies one delivery. Its context carries the publisher's trace and
// ends when the broker would give the message to somebody else.
type Handler func(ctx context.Context, delivery Delivery) Verdict

// Consumer is a running consumer.
type Consumer struct {
	bus     *Bus
	options ConsumerOptions
	handler Handler
	tracer  trace.Tracer
	progress
}

// Consume starts a consumer, which ends with ctx; [Consumer.Wait] waits for the
// handlers that still run. A stream or consumer that has vanished, or a server
// that is away, is waited for and made again.
func (b *Bus) Consume(ctx context.Context, options ConsumerOptions, handler Handler) *Consumer {
	c := &Consumer{
		bus: b, options: options.withDefaults(), handler: handler,
		tracer:   telemetry.Tracer("github.com/causeway-pay/causeway/internal/bus"),
		progress: progress{ended: make(chan struct{})},
	}
	go c.run(ctx)
	return c
}

// Wait returns when the consumer has ended.
func (c *Consumer) Wait() { <-c.ended }

// Pauses between attempts to get a consumer going again.
const (
	recoverMin = 100 * time.Millisecond
	recoverMax = 2 * time.Second
)

func (c *Consumer) run(ctx context.Context) {
	defer close(c.ended)
	for pause := recoverMin; ctx.Err() == nil; pause = min(2*pause, recoverMax) {
		before := c.count()
		err := c.consume(ctx)
		if ctx.Err() != nil {
			return
		}
		c.report(ctx, c.failed(err), pause, err)
		if c.count() > before {
			pause = recoverMin
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// report tells why the consumer is not running. One that has not run yet waits for its
// stream, which somebody else makes as everything starts: that is told when it takes long.
func (c *Consumer) report(ctx context.Context, ran bool, pause time.Duration, err error) {
	level, what := slog.LevelDebug, "bus consumer waits for its stream"
	switch {
	case ran:
		level, what = slog.LevelWarn, "bus consumer starts again"
	case pause == recoverMax:
		level, what = slog.LevelWarn, "bus consumer does not start"
	}
	c.bus.logger.Log(ctx, level, what, slog.String("durable", c.options.Durable), slog.Any("error", err))
}

// consume handles messages until something breaks.
func (c *Consumer) consume(ctx context.Context) error {
	messages, err := c.subscribe(ctx)
	if err != nil {
		return err
	}
	var handlers sync.WaitGroup
	defer handlers.Wait()
	// Before the handlers end: what they give back must not come here again.
	defer giveBack(messages)
	free := make(chan struct{}, c.options.Concurrency)
	for {
		message, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		free <- struct{}{}
		handlers.Go(func() {
			defer func() { <-free }()
			c.handle(ctx, message)
		})
	}
}

// giveBack ends the subscription and returns what is in its buffer, so that
// another process gets it at once and not only after AckWait.
func giveBack(messages jetstream.MessagesContext) {
	defer messages.Stop()
	messages.Drain()
	for {
		message, err := messages.Next(jetstream.NextMaxWait(givingBackMax))
		if err != nil {
			return
		}
		// One that cannot be returned comes again after AckWait.
		_ = message.Nak()
	}
}

// givingBackMax bounds the wait for a broker that has gone away.
const givingBackMax = 100 * time.Millisecond

// pullExpiry is how long one pull request stands, and twice the heartbeat whose
// absence shows that the consumer is gone.
const pullExpiry = 4 * time.Second

func (c *Consumer) subscribe(ctx context.Context) (jetstream.MessagesContext, error) {
	request, cancel := context.WithTimeout(ctx, requestPatience)
	defer cancel()
	if err := c.bus.restore(request, c.options.Stream); err != nil {
		return nil, err
	}
	consumer, err := c.bus.stream.CreateOrUpdateConsumer(request, c.options.Stream, jetstream.ConsumerConfig{
		Durable: c.options.Durable, FilterSubjects: c.options.Subjects,
		AckPolicy: jetstream.AckExplicitPolicy, DeliverPolicy: jetstream.DeliverAllPolicy,
		AckWait: c.options.AckWait, MaxAckPending: c.options.AckPendingMax, MaxDeliver: -1,
	})
	if err != nil {
		return nil, fmt.Errorf("bus: consumer %s: %w", c.options.Durable, err)
	}
	// The buffer is short: the wait for an acknowledgement runs in it too.
	buffer := min(c.options.AckPendingMax, 8*c.options.Concurrency)
	messages, err := consumer.Messages(jetstream.PullMaxMessages(buffer),
		jetstream.PullExpiry(pullExpiry), jetstream.PullHeartbeat(pullExpiry/2))
	if err != nil {
		return nil, fmt.Errorf("bus: consumer %s: %w", c.options.Durable, err)
	}
	c.started()
	return messages, nil
}

func (c *Consumer) handle(ctx context.Context, message jetstream.Msg) {
	delivery, err := decode(message)
	if err != nil {
		c.bus.logger.Warn("bus delivery unreadable", slog.String("durable", c.options.Durable), slog.Any("error", err))
		return
	}
	handling, cancel := context.WithTimeout(ctx, c.options.AckWait)
	defer cancel()
	handling = telemetry.Headers(message.Headers()).Extract(handling)
	handling, span := c.tracer.Start(handling, "consume "+c.options.Durable, trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	verdict := c.handler(handling, delivery)
	if verdict.action != retry {
		c.advanced()
	}
	// The answer must go out also when the consumer is being stopped.
	answering, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestPatience)
	defer cancel()
	if err := verdict.tell(answering, message); err != nil && !errors.Is(err, jetstream.ErrMsgAlreadyAckd) {
		// The broker delivers again, and the inbox absorbs it.
		c.bus.logger.WarnContext(
			handling,
			"bus verdict not delivered",
			slog.String("durable", c.options.Durable),
			slog.Any("error", err),
		)
	}
}

func (v Verdict) tell(ctx context.Context, message jetstream.Msg) error {
	switch v.action {
	case done:
		return message.DoubleAck(ctx)
	case terminate:
		return message.TermWithReason(v.reason)
	default:
		return message.NakWithDelay(v.after)
	}
}

func decode(message jetstream.Msg) (Delivery, error) {
	about, err := message.Metadata()
	if err != nil {
		return Delivery{}, err
	}
	return Delivery{
		Subject: message.Subject(), ID: message.Headers().Get(jetstream.MsgIDHeader), Data: message.Data(),
		Attempt: about.NumDelivered, Sequence: about.Sequence.Stream, At: about.Timestamp.UTC(),
	}, nil
}
