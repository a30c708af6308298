package telemetry

import (
	"bytes"
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

// Write implements io.Writer.
func (s standard) Write(line []byte) (int, error) {
	text := quoted.ReplaceAll(bytes.TrimSpace(line), []byte("[quoted]"))
	s.logger.Warn(string(caller.ReplaceAll(text, []byte("$1 [address]"))))
	return len(line), nil
}
