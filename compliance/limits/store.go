package limits

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("limits", files) }

const selectUsed = `
SELECT c.counter, u.since, u.bucket, sum(c.amount_minor)::BIGINT, sum(c.payments)::BIGINT
FROM unnest($1::BYTEA[], $2::TIMESTAMPTZ[], $3::TIMESTAMPTZ[]) AS u (counter, since, bucket)
JOIN limit_counter AS c ON c.counter = u.counter AND c.bucket > u.since AND c.bucket <= u.bucket
GROUP BY c.counter, u.since, u.bucket`

const addUsed = `
INSERT INTO limit_counter (counter, bucket, region, amount_minor, payments)
SELECT unnest($1::BYTEA[]), unnest($2::TIMESTAMPTZ[]), unnest($3::TEXT[]), unnest($4::BIGINT[]), unnest($5::BIGINT[])
ON CONFLICT (counter, bucket) DO UPDATE SET amount_minor = limit_counter.amount_minor + excluded.amount_minor,
	payments = limit_counter.payments + excluded.payments`

const insertUses = `
INSERT INTO limit_use (payment_id, counter, bucket, region, amount_minor, taken_at)
SELECT unnest($1::UUID[]), unnest($2::BYTEA[]), unnest($3::TIMESTAMPTZ[]), unnest($4::TEXT[]), unnest($5::BIGINT[]),
	unnest($6::TIMESTAMPTZ[])`

// Taking is a payment with the limits that it uses.
type Taking struct {
	PaymentID ids.ID
	Region    string
	At        time.Time
	Uses      []Use
}

// Take counts payments, in the transaction that reserves their money, one after the
// other. It returns for each its refusal, which is the reason of a limit that it would
// pass; such a payment is not counted. The transaction must be serializable, as all of
// the switch are: what was read here is still so when it commits.
func Take(ctx context.Context, tx db.Tx, takings []Taking) (refused []error, err error) {
	t, err := newTally(ctx, tx, takings)
	if err != nil {
		return nil, fmt.Errorf("limits: take: %w", err)
	}
	refused = make([]error, len(takings))
	for i, taking := range takings {
		refused[i] = t.take(taking)
	}
	t.write(tx)
	return refused, nil
}

// stretch names the buckets of a counter that count together for a use.
type stretch struct {
	counter       [32]byte
	since, bucket time.Time
}

func (u Use) stretch() stretch { return stretch{u.Counter, u.Since, u.Bucket} }

// taken is one use by one payment of a tally.
type taken struct {
	Use
	paymentID ids.ID
	region    string
	at        time.Time
}

// tally is what stands on counters, with what is taken on top.
type tally struct {
	before map[stretch]used
	taken  []taken
}

func newTally(ctx context.Context, tx db.Tx, takings []Taking) (*tally, error) {
	t := &tally{before: map[stretch]used{}}
	var wanted []stretch
	for _, taking := range takings {
		for _, use := range taking.Uses {
			if _, known := t.before[use.stretch()]; !known {
				t.before[use.stretch()], wanted = used{}, append(wanted, use.stretch())
			}
		}
	}
	if len(wanted) == 0 {
		return t, nil
	}
	rows, err := tx.Query(ctx, selectUsed, db.Column(wanted, func(s stretch) []byte { return s.counter[:] }),
		db.Column(wanted, func(s stretch) time.Time { return s.since }),
		db.Column(wanted, func(s stretch) time.Time { return s.bucket }))
	if err != nil {
		return nil, err
	}
	var counter []byte
	var s stretch
	var sum used
	_, err = pgx.ForEachRow(rows, []any{&counter, &s.since, &s.bucket, &sum.amount, &sum.count}, func() error {
		t.before[stretch{[32]byte(counter), s.since.UTC(), s.bucket.UTC()}] = sum
		return nil
	})
	return t, err
}

// take counts a payment, unless one of its limits does not allow it.
func (t *tally) take(taking Taking) error {
	for _, use := range slices.SortedFunc(slices.Values(taking.Uses), byRule) {
		if err := use.judge(t.standing(use)); err != nil {
			return err
		}
	}
	for _, use := range taking.Uses {
		t.taken = append(t.taken, taken{use, taking.PaymentID, taking.Region, taking.At})
	}
	return nil
}

// standing is what counts together with a use.
func (t *tally) standing(use Use) used {
	sum := t.before[use.stretch()]
	for _, other := range t.taken {
		if other.Counter == use.Counter && other.Bucket.After(use.Since) && !other.Bucket.After(use.Bucket) {
			sum.amount += other.Amount
			sum.count++
		}
	}
	return sum
}

// write adds what was taken to the counters, each once and in their order.
func (t *tally) write(tx db.Tx) {
	if len(t.taken) == 0 {
		return
	}
	sums := t.sums()
	tx.Later(db.Written("limits: take"), addUsed, db.Column(sums, func(s counted) []byte { return s.Counter[:] }),
		db.Column(sums, func(s counted) time.Time { return s.Bucket }),
		db.Column(sums, func(s counted) string { return s.region }),
		db.Column(sums, func(s counted) int64 { return s.amount }),
		db.Column(sums, func(s counted) int64 { return s.count }))
	tx.Later(db.Written("limits: take"), insertUses, db.Column(t.taken, func(u taken) ids.ID { return u.paymentID }),
		db.Column(t.taken, func(u taken) []byte { return u.Counter[:] }),
		db.Column(t.taken, func(u taken) time.Time { return u.Bucket }),
		db.Column(t.taken, func(u taken) string { return u.region }),
		db.Column(t.taken, func(u taken) int64 { return u.Amount }),
		db.Column(t.taken, func(u taken) time.Time { return u.at }))
}

// counted is the sum of what was taken in one bucket of a counter.
type counted struct {
	taken
	used
}

func (t *tally) sums() []counted {
	var sums []counted
	for _, u := range t.taken {
		i := slices.IndexFunc(sums, func(s counted) bool { return s.Counter == u.Counter && s.Bucket.Equal(u.Bucket) })
		if i < 0 {
			i, sums = len(sums), append(sums, counted{taken: u})
		}
		sums[i].amount += u.Amount
		sums[i].count++
	}
	slices.SortFunc(sums, func(a, b counted) int {
		return cmp.Or(bytes.Compare(a.Counter[:], b.Counter[:]), a.Bucket.Compare(b.Bucket))
	})
	return sums
}

const subtractUsed = `
UPDATE limit_counter SET amount_minor = limit_counter.amount_minor - u.amount_minor,
	payments = limit_counter.payments - u.payments
FROM (SELECT counter, bucket, sum(amount_minor)::BIGINT AS amount_minor, count(*)::BIGINT AS payments
	FROM limit_use WHERE payment_id = ANY($1::UUID[]) GROUP BY counter, bucket) AS u
WHERE limit_counter.counter = u.counter AND limit_counter.bucket = u.bucket`

const deleteUses = `DELETE FROM limit_use WHERE payment_id = ANY($1::UUID[])`

// Release takes payments off the counters, in the transaction that voids their
// reservations. A payment that was not counted, or was released before, changes
// nothing.
func Release(ctx context.Context, tx db.Tx, payments []ids.ID) error {
	if _, err := tx.Exec(ctx, subtractUsed, payments); err != nil {
		return fmt.Errorf("limits: release: %w", err)
	}
	if _, err := tx.Exec(ctx, deleteUses, payments); err != nil {
		return fmt.Errorf("limits: release: %w", err)
	}
	return nil
}

// Keep is how long counters are of use: the longest period, a month, and the
// longest life of a payment that could still be released.
const Keep = 70 * 24 * time.Hour

const purgeCounters = `
DELETE FROM limit_counter WHERE (counter, bucket) IN
	(SELECT counter, bucket FROM limit_counter WHERE bucket < $1 ORDER BY bucket LIMIT $2)`

const purgeUses = `
DELETE FROM limit_use WHERE (payment_id, counter) IN
	(SELECT payment_id, counter FROM limit_use WHERE taken_at < $1 ORDER BY taken_at LIMIT $2)`

// Purge deletes at most limit counters and uses each from before a time, and
// returns how many it deleted.
func Purge(ctx context.Context, tx db.Tx, before time.Time, limit int) (deleted int64, err error) {
	for _, sql := range []string{purgeCounters, purgeUses} {
		n, err := tx.Exec(ctx, sql, before, limit)
		if err != nil {
			return deleted, fmt.Errorf("limits: purge: %w", err)
		}
		deleted += n
	}
	return deleted, nil
}
