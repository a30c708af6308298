// Package bus moves events between the parts of the switch over NATS JetStream,
// and is the only importer of NATS.
//
// The broker is a doorbell, not a safe: it may forget what it acknowledged, it
// may deliver twice, and it may come back empty. The outbox knows what it should
// hold, and the inbox of each consumer knows what was applied.
//
// The default is the real server inside the process, on disk and without a
// listener; production gives the URL of a cluster.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/causeway-pay/causeway/internal/clock"
)

// Options of [Open]: either Dir or URL.
type Options struct {
	// Dir is where the embedded server keeps its streams. One process at a
	// time may use it.
	Dir string
	// Listen makes the embedded server reachable at a loopback address such as
	// "127.0.0.1:4222"; port 0 takes a free one. "" means not at all.
	Listen string
	// SyncInterval is how often the embedded server flushes to the disk; 0
	// means its default of two minutes. What is lost is published again from
	// the outbox.
	SyncInterval time.Duration
	// URL is the address of an external server or cluster.
	URL string
	// CredentialsFile authenticates at an external server (NATS .creds file);
	// "" means without.
	CredentialsFile string
	// Name is shown for this connection by the server.
	Name string
	// Logger gets warnings about the connection; nil means slog.Default().
	Logger *slog.Logger
	// Clock measures the progress of consumers; nil means the system's.
	Clock clock.Clock
}

// Bus is a connection to the broker, with the broker itself if it is embedded.
type Bus struct {
	server *server.Server // nil if external
	conn   *nats.Conn
	stream jetstream.JetStream
	logger *slog.Logger
	clock  clock.Clock

	mu       sync.Mutex
	streams  map[string]StreamOptions // guarded by mu: what EnsureStream was asked for
	watchers []chan<- struct{}        // guarded by mu
}

// Limits of one publication.
const (
	// outstandingMax bounds the messages on their way in one Publish call.
	outstandingMax = 1000
	// ackPatience is how long an acknowledgement may take.
	ackPatience = 5 * time.Second
	// requestPatience bounds a request to the broker whose caller set no
	// deadline.
	requestPatience = 5 * time.Second
	// startPatience covers the recovery of large streams at the start.
	startPatience = time.Minute
)

// Open starts the embedded server, or connects to the external one. An external
// server that is down is not an error: the connection is retried for ever, and
// [Bus.Check] is red until then.
func Open(ctx context.Context, options Options) (*Bus, error) {
	if (options.Dir == "") == (options.URL == "") {
		return nil, errors.New("bus: open: give either a directory or a URL")
	}
	b := &Bus{logger: options.Logger, clock: options.Clock, streams: map[string]StreamOptions{}}
	if b.logger == nil {
		b.logger = slog.Default()
	}
	if b.clock == nil {
		b.clock = clock.System{}
	}
	if err := b.open(ctx, options); err != nil {
		b.Close()
		return nil, fmt.Errorf("bus: open: %w", err)
	}
	return b, nil
}

func (b *Bus) open(ctx context.Context, options Options) (err error) {
	settings := b.connectionOptions(options)
	if options.URL == "" {
		if b.server, err = startServer(ctx, options, b.logger); err != nil {
			return err
		}
		settings = append(settings, nats.InProcessServer(b.server))
	} else {
		if err := checkURL(options.URL); err != nil {
			return err
		}
		settings = append(settings, nats.RetryOnFailedConnect(true))
	}
	if b.conn, err = nats.Connect(options.URL, settings...); err != nil {
		return err
	}
	b.stream, err = jetstream.New(b.conn,
		jetstream.WithPublishAsyncMaxPending(2*outstandingMax),
		jetstream.WithPublishAsyncTimeout(ackPatience),
		jetstream.WithDefaultTimeout(requestPatience))
	return err
}

func (b *Bus) connectionOptions(options Options) []nats.Option {
	settings := []nats.Option{
		nats.Name(options.Name),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		// What cannot be sent now stays in the outbox instead of a buffer.
		nats.ReconnectBufSize(-1),
		nats.ConnectHandler(func(*nats.Conn) { b.reconnected() }),
		nats.ReconnectHandler(func(*nats.Conn) { b.reconnected() }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.logger.Warn("bus disconnected", slog.Any("error", err))
			}
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			b.logger.Warn("bus error", slog.Any("error", err))
		}),
	}
	if options.CredentialsFile != "" {
		settings = append(settings, nats.UserCredentials(options.CredentialsFile))
	}
	return settings
}

// checkURL refuses what could never connect; it may be a list of addresses.
func checkURL(list string) error {
	for address := range strings.SplitSeq(list, ",") {
		parsed, err := url.Parse(strings.TrimSpace(address))
		if err != nil || parsed.Host == "" {
			return errors.New("the URL is not of the form nats://host:port")
		}
	}
	return nil
}

// NotifyReconnect sends to the channel, without blocking, whenever the
// connection has been made or has come back.
func (b *Bus) NotifyReconnect(channel chan<- struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watchers = append(b.watchers, channel)
}

func (b *Bus) reconnected() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, watcher := range b.watchers {
		select {
		case watcher <- struct{}{}:
		default:
		}
	}
}

// Check reports whether the broker answers, for readiness.
func (b *Bus) Check(ctx context.Context) error {
	if _, err := b.stream.AccountInfo(ctx); err != nil {
		return fmt.Errorf("bus: %w", err)
	}
	return nil
}

// Address returns the URL at which an embedded server listens, or "".
func (b *Bus) Address() string {
	if b.server == nil || b.server.Addr() == nil {
		return ""
	}
	return "nats://" + b.server.Addr().String()
}

// Close ends the connection, and the server if it is embedded, which writes what
// it holds to the disk.
func (b *Bus) Close() {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
}
