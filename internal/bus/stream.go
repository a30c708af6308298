package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// StreamOptions describe a stream: on disk, limited by age and size, refusing
// new messages when it is full instead of forgetting old ones.
type StreamOptions struct {
	// Name is upper-case by custom, such as "PAYMENTS".
	Name string
	// Subjects are the patterns that the stream collects, such as "payment.>".
	// They never carry personal data.
	Subjects []string
	// MaxAge is how long messages are kept; 0 means for ever.
	MaxAge time.Duration
	// MaxBytes bounds the stream; 0 means the disk does.
	MaxBytes int64
	// Replicas is 1 for an embedded server and 3 for a cluster; 0 means 1.
	Replicas int
	// DuplicateWindow is how long a message id is remembered; 0 means two
	// minutes.
	DuplicateWindow time.Duration
	// Erasable lets messages be deleted, which production never needs.
	Erasable bool
}

func (o StreamOptions) config() jetstream.StreamConfig {
	config := jetstream.StreamConfig{
		Name: o.Name, Subjects: o.Subjects,
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxAge: o.MaxAge, MaxBytes: o.MaxBytes, Replicas: max(1, o.Replicas), Duplicates: o.DuplicateWindow,
		DenyDelete: !o.Erasable, DenyPurge: !o.Erasable,
		// A direct get may be answered by a replica that lags behind, and the
		// comparison with the outbox must not.
		AllowDirect: false,
	}
	if config.MaxBytes == 0 {
		config.MaxBytes = -1
	}
	if config.Duplicates == 0 {
		config.Duplicates = duplicateWindow
		if config.MaxAge > 0 {
			config.Duplicates = min(config.Duplicates, config.MaxAge)
		}
	}
	return config
}

// duplicateWindow is the broker's own default.
const duplicateWindow = 2 * time.Minute

// has reports whether a stream is as these options want it already.
func (o StreamOptions) has(is jetstream.StreamConfig) bool {
	want := o.config()
	return slices.Equal(is.Subjects, want.Subjects) && is.Storage == want.Storage &&
		is.Retention == want.Retention && is.Discard == want.Discard && is.MaxAge == want.MaxAge &&
		is.MaxBytes == want.MaxBytes && is.Replicas == want.Replicas && is.Duplicates == want.Duplicates &&
		is.DenyDelete == want.DenyDelete && is.DenyPurge == want.DenyPurge && is.AllowDirect == want.AllowDirect
}

// EnsureStream makes the stream, or changes an existing one to these options. One
// that has them already is left alone: the broker of version 2.15 reads a
// stream's configuration for new consumers without a lock while it updates it.
// Consumers of this bus make the stream again when it vanishes.
func (b *Bus) EnsureStream(ctx context.Context, options StreamOptions) error {
	b.mu.Lock()
	b.streams[options.Name] = options
	b.mu.Unlock()
	existing, err := b.stream.Stream(ctx, options.Name)
	if err == nil && options.has(existing.CachedInfo().Config) {
		return nil
	}
	if err := b.createOrUpdate(ctx, options.config()); err != nil {
		return fmt.Errorf("bus: ensure stream %s: %w", options.Name, err)
	}
	return nil
}

// createOrUpdate tries again what the broker of version 2.15 does to itself: it
// clears the directory above a dropped stream after it has answered, and may
// take the one away in which it makes the next stream. Each refusal clears once
// more, so that tries follow each other at a distance.
func (b *Bus) createOrUpdate(ctx context.Context, config jetstream.StreamConfig) error {
	for try := 1; ; try++ {
		_, err := b.stream.CreateOrUpdateStream(ctx, config)
		var refusal *jetstream.APIError
		if !errors.As(err, &refusal) || refusal.ErrorCode != creationFailed || try == creationTries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(creationPause):
		}
	}
}

const (
	// creationFailed is the broker's JSStreamCreateErrF, which it gives when it
	// could not make the place where a stream is kept.
	creationFailed jetstream.ErrorCode = 10049
	// creationTries and creationPause leave the broker 200 ms to clear up what
	// takes it microseconds; a disk that is full or read-only is refused then.
	creationTries = 5
	creationPause = 50 * time.Millisecond
)

// restore makes a stream again that this bus has ensured before.
func (b *Bus) restore(ctx context.Context, name string) error {
	b.mu.Lock()
	options, known := b.streams[name]
	b.mu.Unlock()
	if !known {
		return nil
	}
	return b.EnsureStream(ctx, options)
}

// DropStream deletes a stream with all its messages, for drills and tests: the
// outbox fills it again.
func (b *Bus) DropStream(ctx context.Context, name string) error {
	if err := b.stream.DeleteStream(ctx, name); err != nil {
		return fmt.Errorf("bus: drop stream %s: %w", name, err)
	}
	return nil
}

// StreamState is what a stream held when it was asked.
type StreamState struct {
	// Created identifies this incarnation of the stream.
	Created time.Time
	// First and Last are the lowest and highest sequence; an empty stream has
	// First = Last + 1.
	First, Last uint64

	stream jetstream.Stream
}

// StreamState asks for the state of a stream. One that does not exist gives an
// error that [NoStream] recognises.
func (b *Bus) StreamState(ctx context.Context, name string) (StreamState, error) {
	stream, err := b.stream.Stream(ctx, name)
	if err != nil {
		return StreamState{}, fmt.Errorf("bus: state of stream %s: %w", name, err)
	}
	info := stream.CachedInfo()
	state := StreamState{
		Created: info.Created.UTC(), First: info.State.FirstSeq, Last: info.State.LastSeq, stream: stream,
	}
	state.First = max(state.First, 1)
	return state, nil
}

// MessageID returns the id that the message at a sequence was published with.
// found is false when there is no message.
func (s StreamState) MessageID(ctx context.Context, sequence uint64) (id string, found bool, err error) {
	message, err := s.stream.GetMsg(ctx, sequence)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("bus: message %d: %w", sequence, err)
	default:
		return message.Header.Get(jetstream.MsgIDHeader), true, nil
	}
}

// NoStream reports whether err says that a stream does not exist.
func NoStream(err error) bool {
	return errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrNoStreamResponse)
}
