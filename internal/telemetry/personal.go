package telemetry

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted stands where personal data would.
const redacted = "[personal]"

// Personal is a text about a person: a name, a reference, a payment code, a
// token. It renders as a placeholder in logs, errors, formatted texts and JSON;
// only an explicit conversion to string reveals it, which a reviewer can search
// for. It must not be the key of a map: encoding/json writes keys that are
// strings as they are.
type Personal string

var (
	_ fmt.Formatter  = Personal("")
	_ fmt.Stringer   = Personal("")
	_ fmt.GoStringer = Personal("")
	_ slog.LogValuer = Personal("")
)

// String returns the placeholder.
func (p Personal) String() string { return redacted }

// GoString returns the placeholder.
func (p Personal) GoString() string { return redacted }

// Format writes the placeholder whatever the verb is, %x included.
func (p Personal) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// LogValue returns the placeholder.
func (p Personal) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns the placeholder: JSON that a partner needs is built from
// plain strings by its connector.
func (p Personal) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText returns the placeholder, for XML and text handlers.
func (p Personal) MarshalText() ([]byte, error) { return []byte(redacted), nil }
