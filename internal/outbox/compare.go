package outbox

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/google/uuid"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/db"
)

// compare asks the stream whether it still holds what was published, and makes
// wait again what it has lost. A stream that was made anew has lost everything
// within the retention; one that came back from an older state has lost its
// tail, from the point of divergence on.
func (s *shift) compare(ctx context.Context) error {
	state, err := s.bus.StreamState(ctx, s.options.Stream.Name)
	if bus.NoStream(err) {
		if err = s.bus.EnsureStream(ctx, s.options.Stream); err == nil {
			state, err = s.bus.StreamState(ctx, s.options.Stream.Name)
		}
	}
	if err != nil {
		return err
	}
	known, now := s.lease.head, head{epoch: state.Created.UnixNano()}
	start := s.clock.Now().Add(-s.options.Retention)
	switch {
	case known.epoch == 0:
		return s.record(ctx, now)
	case known.epoch != now.epoch:
		return s.refill(ctx, now, start)
	}
	intact, err := holds(ctx, state, place{key: key{id: known.event}, sequence: known.sequence})
	if intact || err != nil {
		return err
	}
	last, oldest, err := s.divergence(ctx, state, start)
	if err != nil {
		return err
	}
	// What was published late stands further back in the outbox than its
	// neighbours in the stream.
	now.sequence, now.event = last.sequence, last.id
	return s.refill(ctx, now, oldest.Add(-overlap))
}

// holds reports whether the stream has the event at its place, or has had it
// and let it go by age.
func holds(ctx context.Context, state bus.StreamState, p place) (bool, error) {
	switch {
	case p.sequence < state.First:
		return true, nil
	case p.sequence > state.Last:
		return false, nil
	}
	id, found, err := state.MessageID(ctx, p.sequence)
	return found && id == p.id.String(), err
}

// divergence returns the last event that the stream still holds, and the time of
// the oldest row that was looked at. Everything behind a place that the stream
// has lost is lost too, so each shard is walked back to its first page with an
// event that is still there.
func (s *shift) divergence(ctx context.Context, state bus.StreamState, start time.Time,
) (last place, oldest time.Time, err error) {
	oldest = s.clock.Now()
	for _, shard := range allShards() {
		before := key{shard: shard, at: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), version: math.MaxInt64, id: uuid.Max}
		for {
			page, err := readPlaces(ctx, s.pool, s.options.Region, s.lease.head.epoch, before, start)
			if err != nil {
				return last, oldest, fmt.Errorf("outbox: compare: %w", err)
			}
			if len(page) == 0 {
				break
			}
			before = page[len(page)-1].key
			if before.at.Before(oldest) {
				oldest = before.at
			}
			held, found, err := lastHeld(ctx, state, page)
			if err != nil {
				return last, oldest, err
			}
			if found {
				if held.sequence > last.sequence {
					last = held
				}
				break
			}
		}
	}
	return last, oldest, nil
}

// lastHeld searches a page for its last event that the stream still holds.
func lastHeld(ctx context.Context, state bus.StreamState, page []place) (last place, found bool, err error) {
	slices.SortFunc(page, func(a, b place) int { return cmp.Compare(a.sequence, b.sequence) })
	lost := sort.Search(len(page), func(i int) bool {
		if err != nil {
			return true
		}
		var held bool
		held, err = holds(ctx, state, page[i])
		return !held
	})
	if err != nil || lost == 0 {
		return place{}, false, err
	}
	return page[lost-1], true, nil
}

// refill makes rows wait again that are not in this incarnation of the stream up
// to its head. Killed midway, it starts again, because the head is recorded
// last.
func (s *shift) refill(ctx context.Context, to head, from time.Time) error {
	s.logger.WarnContext(
		ctx,
		"outbox fills the stream again",
		slog.String("region", s.options.Region),
		slog.Uint64("after", to.sequence),
	)
	until := s.clock.Now().Add(overlap)
	for _, shard := range allShards() {
		forget := func(ctx context.Context, tx db.Tx, part span) (page, error) {
			return unpublish(ctx, tx, s.options.Region, part, to)
		}
		err := pages(ctx, s.pool, s.lease, span{shard, from, until}, forget, func() error { return s.renew(ctx) })
		if err != nil {
			return fmt.Errorf("outbox: compare: %w", err)
		}
	}
	s.setFrom(from)
	s.complete = time.Time{}
	s.counted.refills.Add(ctx, 1)
	return s.record(ctx, to)
}

// record notes how far the stream is known.
func (s *shift) record(ctx context.Context, to head) error {
	err := s.pool.InTx(ctx, func(_ context.Context, tx db.Tx) error {
		s.lease.advance(tx, to)
		return nil
	})
	if err != nil {
		return fmt.Errorf("outbox: compare: %w", err)
	}
	s.lease.head = to
	return nil
}
