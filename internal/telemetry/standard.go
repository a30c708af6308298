package telemetry

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
)

// standard takes what packages write to the log of the standard library, such as net/http
// about connections. They quote what the other side has sent, and name its address, which
// can be a payer's; the log has neither.
type standard struct{ logger *slog.Logger }

var (
	quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?`)
	caller = regexp.MustCompile(`(error from|panic serving) \S+`)
)

// Write implements io.Writer. A panic is ours; the rest is about others, who can cause as
// much of it as they like.
func (s standard) Write(line []byte) (int, error) {
	text := quoted.ReplaceAll(bytes.TrimSpace(line), []byte("[quoted]"))
	level := slog.LevelInfo
	if bytes.Contains(text, []byte("panic serving")) {
		level = slog.LevelError
	}
	s.logger.Log(context.Background(), level, string(caller.ReplaceAll(text, []byte("$1 [address]"))))
	return len(line), nil
}
