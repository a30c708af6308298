package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// leaseDuration is how long the other hubs wait for one that was killed. Its
// events wait as long, so it is short; it is renewed at a third of it.
const leaseDuration = 6 * time.Second

var errLeaseLost = errors.New("another hub has taken over the relay")

// head is how far the stream is known to hold what we published.
type head struct {
	epoch    int64 // creation time of the stream in nanoseconds; 0: none yet
	sequence uint64
	event    ids.ID
}

// lease is the right to publish for a region. It only saves work: two relays at
// once publish duplicates. The fence keeps an old owner from changing the head.
type lease struct {
	region   string
	owner    ids.ID
	fence    int64
	expires  time.Time
	head     head
	purgedTo time.Time
}

// takeLease returns nil when another owner holds the lease; one that is its own
// already, from a shift that failed, it takes again. It looks before it writes,
// so that the waiting hubs do not disturb the one at work.
func takeLease(ctx context.Context, pool *db.Pool, region string, owner ids.ID, now time.Time) (*lease, error) {
	var expires time.Time
	var holder ids.ID
	err := pool.QueryRow(ctx, `SELECT expires_at, owner FROM outbox_relay WHERE region = $1`, region).
		Scan(&expires, &holder)
	if err != nil && !db.NoRows(err) || err == nil && expires.After(now) && holder != owner {
		return nil, err
	}
	l := &lease{region: region, owner: owner, expires: now.Add(leaseDuration)}
	taken := false
	err = pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		err := l.take(ctx, tx, now)
		taken = err == nil
		if db.NoRows(err) {
			return nil
		}
		return err
	})
	if err != nil || !taken {
		return nil, err
	}
	return l, nil
}

func (l *lease) take(ctx context.Context, tx db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `
INSERT INTO outbox_relay (region, owner, fence, expires_at, stream_epoch, stream_sequence, stream_event, purged_to)
VALUES ($1, $2, 0, $3, 0, 0, $4, $5)
ON CONFLICT (region) DO NOTHING`, l.region, l.owner, now, ids.Nil, time.Unix(0, 0).UTC())
	if err != nil {
		return err
	}
	return tx.QueryRow(ctx, `
UPDATE outbox_relay SET owner = $2, fence = fence + 1, expires_at = $3
WHERE region = $1 AND (expires_at <= $4 OR owner = $2)
RETURNING fence, stream_epoch, stream_sequence, stream_event, purged_to`,
		l.region, l.owner, l.expires, now).
		Scan(&l.fence, &l.head.epoch, &l.head.sequence, &l.head.event, &l.purgedTo)
}

// confirm makes the transaction depend on the lease being ours still.
func (l *lease) confirm(ctx context.Context, tx db.Tx) error {
	var fence int64
	err := tx.QueryRow(ctx, `SELECT fence FROM outbox_relay WHERE region = $1`, l.region).Scan(&fence)
	if err == nil && fence != l.fence {
		return errLeaseLost
	}
	return err
}

// renew moves the expiry; now releases the lease at once.
func (l *lease) renew(ctx context.Context, pool *db.Pool, until time.Time) error {
	err := pool.InTx(ctx, func(_ context.Context, tx db.Tx) error {
		l.change(tx, `UPDATE outbox_relay SET expires_at = $3 WHERE region = $1 AND fence = $2`, until)
		return nil
	})
	if err == nil {
		l.expires = until
	}
	return err
}

// advance records the head.
func (l *lease) advance(tx db.Tx, to head) {
	l.change(tx, `
UPDATE outbox_relay SET stream_epoch = $3, stream_sequence = $4, stream_event = $5
WHERE region = $1 AND fence = $2`, to.epoch, to.sequence, to.event)
}

// purged records that nothing is left before a time.
func (l *lease) purged(tx db.Tx, to time.Time) {
	l.change(tx, `UPDATE outbox_relay SET purged_to = $3 WHERE region = $1 AND fence = $2`, to)
}

// change changes the row of the lease, or fails the transaction if the lease is lost.
func (l *lease) change(tx db.Tx, sql string, args ...any) {
	tx.Later(db.WrittenAll("outbox: lease", 1, errLeaseLost), sql, append([]any{l.region, l.fence}, args...)...)
}
