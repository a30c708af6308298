package outbox

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/telemetry"
)

func insertEvents(ctx context.Context, tx db.Tx, events []Event) {
	var (
		regions, subjects    []string
		traces               []string
		shards               []int16
		times                []time.Time
		versions             []int64
		eventIDs, aggregates []ids.ID
		payloads             [][]byte
	)
	for _, e := range events {
		regions, subjects = append(regions, e.Region), append(subjects, e.Subject)
		shards, versions = append(shards, shardOf(e.Aggregate)), append(versions, e.Version)
		times = append(times, e.At.UTC().Truncate(time.Microsecond))
		eventIDs, aggregates = append(eventIDs, e.ID), append(aggregates, e.Aggregate)
		payloads = append(payloads, append([]byte{}, e.Payload...))
		traces = append(traces, cmp.Or(e.Trace, telemetry.Traceparent(ctx)))
	}
	tx.Later(db.Written("outbox: write"), `
INSERT INTO outbox (region, shard, at, version, id, aggregate, subject, payload,
	traceparent, published, stream_epoch, stream_sequence)
SELECT e.region, e.shard, e.at, e.version, e.id, e.aggregate, e.subject, e.payload, e.traceparent, false, 0, 0
FROM unnest($1::TEXT[], $2::SMALLINT[], $3::TIMESTAMPTZ[], $4::BIGINT[], $5::UUID[],
	$6::UUID[], $7::TEXT[], $8::BYTEA[], $9::TEXT[])
	AS e (region, shard, at, version, id, aggregate, subject, payload, traceparent)`,
		regions, shards, times, versions, eventIDs, aggregates, subjects, payloads, traces)
}

const insertClaim = `
INSERT INTO inbox (consumer, event_id, shard, at)
SELECT e.consumer, e.id, e.shard, $1 FROM unnest($2::TEXT[], $3::UUID[], $4::SMALLINT[]) AS e (consumer, id, shard)`

const insertNewClaim = insertClaim + `
ON CONFLICT (consumer, event_id) DO NOTHING
RETURNING consumer, event_id`

func insertClaims(ctx context.Context, tx db.Tx, at time.Time, list []Claimant) (map[Claimant]bool, error) {
	claimed := map[Claimant]bool{}
	arguments := []any{
		at, db.Column(list, func(c Claimant) string { return c.Consumer }),
		db.Column(list, func(c Claimant) ids.ID { return c.Event }),
		db.Column(list, func(c Claimant) int16 { return shardOf(c.Event) }),
	}
	if tx.Hopeful() {
		tx.HopeNew("outbox: claim", insertClaim, arguments...)
		for _, c := range list {
			claimed[c] = true
		}
		return claimed, nil
	}
	rows, err := tx.Query(ctx, insertNewClaim, arguments...)
	if err != nil {
		return nil, err
	}
	var c Claimant
	_, err = pgx.ForEachRow(rows, []any{&c.Consumer, &c.Event}, func() error {
		claimed[c] = true
		return nil
	})
	return claimed, err
}

// key is the place of a row in the outbox of one region.
type key struct {
	shard   int16
	at      time.Time
	version int64
	id      ids.ID
}

// waiting is a row that has not been published.
type waiting struct {
	key
	subject, traceparent string
	payload              []byte
}

func allShards() []int16 {
	all := make([]int16, shards)
	for i := range all {
		all[i] = int16(i)
	}
	return all
}

// readWaiting returns the oldest unpublished rows from a time on, at most limit
// of each shard.
func readWaiting(ctx context.Context, reader db.Reader, region string, from time.Time, limit int) ([]waiting, error) {
	rows, err := reader.Query(ctx, `
SELECT o.shard, o.at, o.version, o.id, o.subject, o.traceparent, o.payload
FROM unnest($2::SMALLINT[]) AS s (shard)
CROSS JOIN LATERAL (
	SELECT shard, at, version, id, subject, traceparent, payload FROM outbox
	WHERE region = $1 AND shard = s.shard AND at >= $3 AND NOT published
	ORDER BY at, version, id LIMIT $4
) AS o`, region, allShards(), from, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (w waiting, err error) {
		return w, row.Scan(&w.shard, &w.at, &w.version, &w.id, &w.subject, &w.traceparent, &w.payload)
	})
}

// oldestWaiting returns the time of the oldest unpublished row; found is false
// when there is none.
func oldestWaiting(ctx context.Context, reader db.Reader, region string, from time.Time,
) (at time.Time, found bool, err error) {
	err = reader.QueryRow(ctx, `
SELECT o.at
FROM unnest($2::SMALLINT[]) AS s (shard)
CROSS JOIN LATERAL (
	SELECT at FROM outbox
	WHERE region = $1 AND shard = s.shard AND at >= $3 AND NOT published
	ORDER BY at, version, id LIMIT 1
) AS o
ORDER BY o.at LIMIT 1`, region, allShards(), from).Scan(&at)
	if db.NoRows(err) {
		return time.Time{}, false, nil
	}
	return at.UTC(), err == nil, err
}

// markPublished notes the places of rows in the stream.
func markPublished(tx db.Tx, region string, epoch int64, keys []key, sequences []int64) {
	var (
		shards   []int16
		times    []time.Time
		versions []int64
		eventIDs []ids.ID
	)
	for _, k := range keys {
		shards, times = append(shards, k.shard), append(times, k.at)
		versions, eventIDs = append(versions, k.version), append(eventIDs, k.id)
	}
	tx.Later(db.Written("outbox: mark"), `
UPDATE outbox AS o SET published = true, stream_epoch = $2, stream_sequence = m.sequence
FROM unnest($3::SMALLINT[], $4::TIMESTAMPTZ[], $5::BIGINT[], $6::UUID[], $7::BIGINT[])
	AS m (shard, at, version, id, sequence)
WHERE o.region = $1 AND o.shard = m.shard AND o.at = m.at AND o.version = m.version AND o.id = m.id`,
		region, epoch, shards, times, versions, eventIDs, sequences)
}

// place is a published row with its place in the stream.
type place struct {
	key
	sequence uint64
}

// readPlaces returns rows of one shard that were published to the given
// incarnation of the stream, newest first, before a key.
func readPlaces(ctx context.Context, reader db.Reader, region string, epoch int64, before key, from time.Time,
) ([]place, error) {
	rows, err := reader.Query(ctx, `
SELECT shard, at, version, id, stream_sequence FROM outbox
WHERE region = $1 AND shard = $2 AND at >= $3 AND (at, version, id) < ($4, $5, $6)
	AND published AND stream_epoch = $7
ORDER BY at DESC, version DESC, id DESC LIMIT $8`,
		region, before.shard, from, before.at, before.version, before.id, epoch, pageSize)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p place, err error) {
		return p, row.Scan(&p.shard, &p.at, &p.version, &p.id, &p.sequence)
	})
}

// pageSize bounds the rows that one statement of the upkeep touches.
const pageSize = 500

// span is a time range of one shard, both ends included.
type span struct {
	shard    int16
	from, to time.Time
}

// unpublish makes rows wait again that are in another incarnation of the stream
// or behind its head, in one page of the span.
func unpublish(ctx context.Context, tx db.Tx, region string, s span, to head) (done page, err error) {
	err = tx.QueryRow(ctx, `
SELECT at FROM outbox
WHERE region = $1 AND shard = $2 AND at >= $3 AND at <= $4 AND published
	AND (stream_epoch <> $5 OR stream_sequence > $6)
ORDER BY at, version, id LIMIT 1 OFFSET $7`,
		region, s.shard, s.from, s.to, to.epoch, to.sequence, pageSize-1).Scan(&done.end)
	if done.more = err == nil; db.NoRows(err) {
		done.end, err = s.to, nil
	}
	if err != nil {
		return done, err
	}
	_, err = tx.Exec(ctx, `
UPDATE outbox SET published = false, stream_epoch = 0, stream_sequence = 0
WHERE region = $1 AND shard = $2 AND at >= $3 AND at <= $4 AND published
	AND (stream_epoch <> $5 OR stream_sequence > $6)`,
		region, s.shard, s.from, done.end, to.epoch, to.sequence)
	return done, err
}

// purgeEvents deletes published rows, one page of the span.
func purgeEvents(ctx context.Context, tx db.Tx, region string, s span) (done page, err error) {
	err = tx.QueryRow(ctx, `
SELECT at FROM outbox WHERE region = $1 AND shard = $2 AND at >= $3 AND at <= $4 AND published
ORDER BY at, version, id LIMIT 1 OFFSET $5`,
		region, s.shard, s.from, s.to, pageSize-1).Scan(&done.end)
	if done.more = err == nil; db.NoRows(err) {
		done.end, err = s.to, nil
	}
	if err != nil {
		return done, err
	}
	_, err = tx.Exec(ctx, `
DELETE FROM outbox WHERE region = $1 AND shard = $2 AND at >= $3 AND at <= $4 AND published`,
		region, s.shard, s.from, done.end)
	return done, err
}

// purgeClaims deletes claims, one page of the span.
func purgeClaims(ctx context.Context, tx db.Tx, s span) (done page, err error) {
	err = tx.QueryRow(ctx, `
SELECT at FROM inbox WHERE shard = $1 AND at >= $2 AND at <= $3 ORDER BY at LIMIT 1 OFFSET $4`,
		s.shard, s.from, s.to, pageSize-1).Scan(&done.end)
	if done.more = err == nil; db.NoRows(err) {
		done.end, err = s.to, nil
	}
	if err != nil {
		return done, err
	}
	_, err = tx.Exec(ctx, `DELETE FROM inbox WHERE shard = $1 AND at >= $2 AND at <= $3`, s.shard, s.from, done.end)
	return done, err
}

// Claimant is a consumer with an event that it may have claimed.
type Claimant struct {
	Consumer string
	Event    ids.ID
}

const selectClaims = `
SELECT consumer, event_id FROM inbox WHERE consumer = ANY($1::TEXT[]) AND event_id = ANY($2::UUID[])`

// Claimed returns which consumers have claimed their events; the others are missing. It
// is a glance before work that cannot be in a transaction, such as calling a partner;
// only [Claim] decides.
func Claimed(ctx context.Context, reader db.Reader, list []Claimant) (map[Claimant]bool, error) {
	rows, err := reader.Query(ctx, selectClaims, db.Column(list, func(c Claimant) string { return c.Consumer }),
		db.Column(list, func(c Claimant) ids.ID { return c.Event }))
	if err != nil {
		return nil, fmt.Errorf("outbox: claimed: %w", err)
	}
	claimed := map[Claimant]bool{}
	var c Claimant
	_, err = pgx.ForEachRow(rows, []any{&c.Consumer, &c.Event}, func() error {
		claimed[c] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("outbox: claimed: %w", err)
	}
	return claimed, nil
}
