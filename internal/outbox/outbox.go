// Package outbox carries committed changes to the broker, and lets consumers
// apply each of them once.
//
// An event is written in the transaction of the change that it tells of. A
// [Relay] publishes it after the commit and remembers its place in the stream.
// The broker may lose messages or whole streams: the relay compares the stream
// with the outbox and publishes what is missing. Duplicates are harmless, because
// a consumer claims an event in the transaction that applies it.
package outbox

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// Limits of one event. A payload must fit into one message of the broker, whose
// limit is 1 MiB with its headers.
const (
	PayloadMax = 512 << 10
	SubjectMax = 200
)

// ErrInvalid means that an event cannot be published by any broker.
var ErrInvalid = errors.New("outbox: invalid event")

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of outbox and inbox.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("outbox", files) }

// Event tells of one committed change.
type Event struct {
	// ID recognises the event wherever it goes: ids.Derive of aggregate,
	// purpose and version, so that a repeated step writes the same.
	ID ids.ID
	// Region is the home region of the aggregate.
	Region string
	// Subject routes the event: words joined by dots, such as
	// "payment.posted". It never carries personal data.
	Subject string
	// Aggregate is what changed. The events of one aggregate are published in
	// the order of their times and versions.
	Aggregate ids.ID
	// Version counts the changes of the aggregate.
	Version int64
	// Payload is at most [PayloadMax] bytes.
	Payload []byte
	// At is when the change happened, by the clock of its transaction.
	At time.Time
	// Trace is the W3C traceparent of what changed the aggregate; empty for the
	// trace of the context that the event is written with.
	Trace string
}

// check refuses what would block the relay for ever.
func (e Event) check() error {
	switch {
	case e.ID == ids.Nil || e.Aggregate == ids.Nil:
		return fmt.Errorf("%w: it has no id or no aggregate", ErrInvalid)
	case e.Region == "":
		return fmt.Errorf("%w: it has no region", ErrInvalid)
	case !routable(e.Subject):
		return fmt.Errorf("%w: the subject is not words joined by dots", ErrInvalid)
	case len(e.Payload) > PayloadMax:
		return fmt.Errorf("%w: the payload has %d bytes, more than %d", ErrInvalid, len(e.Payload), PayloadMax)
	case e.At.IsZero():
		return fmt.Errorf("%w: it has no time", ErrInvalid)
	default:
		return nil
	}
}

// routable accepts words of letters, digits, _ and - joined by dots, without the
// wildcards of the broker. Ids of participants are upper-case.
func routable(subject string) bool {
	word := 0
	for _, c := range []byte(subject) {
		switch {
		case c == '.' && word > 0:
			word = 0
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
			word++
		default:
			return false
		}
	}
	return word > 0 && len(subject) <= SubjectMax
}

// shards is into how many the rows of a region are spread.
const shards = 16

// shardOf keeps what belongs together in one shard. All of its bits are random.
func shardOf(id ids.ID) int16 { return int16(id[15] % shards) }

// Write adds events to the outbox in the caller's transaction, in one
// statement. Nothing is published unless the transaction commits;
// call [Relay.Nudge] after that.
func Write(ctx context.Context, tx db.Tx, events []Event) error {
	if len(events) == 0 {
		return nil
	}
	for _, e := range events {
		if err := e.check(); err != nil {
			return err
		}
	}
	insertEvents(ctx, tx, events)
	return nil
}

// Claim records in the caller's transaction that consumers apply events, and returns
// what was not applied before, in its order; a hopeful transaction takes all for such. at
// is the time of the claim, which decides how long it is remembered.
//
// Apply exactly the fresh ones in the same transaction, and acknowledge all of
// them after its commit.
func Claim(ctx context.Context, tx db.Tx, at time.Time, list []Claimant) (fresh []Claimant, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	claimed, err := insertClaims(ctx, tx, at, list)
	if err != nil {
		return nil, fmt.Errorf("outbox: claim: %w", err)
	}
	for _, c := range list {
		if claimed[c] {
			fresh = append(fresh, c)
			delete(claimed, c) // the same event twice in one delivery counts once
		}
	}
	return fresh, nil
}
