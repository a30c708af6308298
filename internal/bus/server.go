package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// readyPoll is how often a starting server is looked at.
const readyPoll = 100 * time.Millisecond

// startServer runs the real server inside this process.
func startServer(ctx context.Context, options Options, logger *slog.Logger) (*server.Server, error) {
	settings := &server.Options{
		ServerName:             "embedded",
		JetStream:              true,
		StoreDir:               options.Dir,
		SyncInterval:           options.SyncInterval,
		DontListen:             options.Listen == "",
		NoSigs:                 true,
		DisableJetStreamBanner: true,
	}
	if err := listen(settings, options.Listen); err != nil {
		return nil, err
	}
	embedded, err := server.NewServer(settings)
	if err != nil {
		return nil, err
	}
	log := &serverLog{logger: logger}
	embedded.SetLoggerV2(log, false, false, false)
	embedded.Start()
	if err := ready(ctx, embedded, log); err != nil {
		embedded.Shutdown()
		embedded.WaitForShutdown()
		return nil, err
	}
	return embedded, nil
}

// ready waits for a server whose recovery takes its time, and gives up on one
// that has said its last word.
func ready(ctx context.Context, embedded *server.Server, log *serverLog) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for !embedded.ReadyForConnections(readyPoll) || !embedded.JetStreamEnabled() {
		if err := errors.Join(log.fatal(), ctx.Err()); err != nil {
			return fmt.Errorf("the embedded server did not start: %w", err)
		}
	}
	return nil
}

// listen accepts loopback addresses only: the embedded server knows no users.
func listen(settings *server.Options, address string) error {
	if address == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen address: %w", err)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() {
		return fmt.Errorf("listen address %s is not of the loopback", address)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return fmt.Errorf("listen address: %w", err)
	}
	settings.Host, settings.Port = host, int(number)
	if number == 0 {
		settings.Port = server.RANDOM_PORT
	}
	return nil
}

// serverLog passes the server's log on. Its notices are details to us.
type serverLog struct {
	logger *slog.Logger
	last   atomic.Pointer[string] // what it could not go on after
}

var _ server.Logger = (*serverLog)(nil)

// Noticef implements server.Logger.
func (l *serverLog) Noticef(format string, values ...any) { l.log(slog.LevelDebug, format, values) }

// Warnf implements server.Logger.
func (l *serverLog) Warnf(format string, values ...any) { l.log(slog.LevelWarn, format, values) }

// Errorf implements server.Logger.
func (l *serverLog) Errorf(format string, values ...any) { l.log(slog.LevelError, format, values) }

// Fatalf implements server.Logger.
func (l *serverLog) Fatalf(format string, values ...any) {
	text := l.log(slog.LevelError, format, values)
	l.last.Store(&text)
}

// Debugf implements server.Logger.
func (l *serverLog) Debugf(string, ...any) {}

// Tracef implements server.Logger.
func (l *serverLog) Tracef(string, ...any) {}

func (l *serverLog) log(level slog.Level, format string, values []any) string {
	text := strings.TrimSpace(fmt.Sprintf(format, values...))
	l.logger.Log(context.Background(), level, "bus server: "+text)
	return text
}

func (l *serverLog) fatal() error {
	if text := l.last.Load(); text != nil {
		return errors.New(*text)
	}
	return nil
}
