package deliver

import (
	"context"
	"embed"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/report"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("deliver", files) }

// State says whether a file has arrived.
type State string

// The states.
const (
	Waiting   State = "WAITING"
	Delivered State = "DELIVERED"
)

// Delivery is a file on its way to a partner's server.
type Delivery struct {
	FileID        ids.ID
	ParticipantID string
	Path          string
	DueAt         time.Time
	State         State
	// Attempts counts those that failed.
	Attempts int64
	// NextAt is when it is tried again, if it waits.
	NextAt time.Time
	// DeliveredAt is zero as long as it waits.
	DeliveredAt time.Time
	// Problem is why the last attempt failed, in the words of the server.
	Problem string
}

const insertDeliveries = `
INSERT INTO report_delivery (file_id, region, participant_id, path, due_at, place, state, attempts, next_at, problem)
SELECT unnest($1::UUID[]), $2::TEXT, $3::TEXT, unnest($4::TEXT[]), unnest($5::TIMESTAMPTZ[]), unnest($6::BIGINT[]),
	'WAITING', 0, unnest($5::TIMESTAMPTZ[]), ''
ON CONFLICT (file_id) DO NOTHING`

// enqueue lets files wait for delivery, in their order; those that do already, or
// have arrived, are left as they are.
func enqueue(ctx context.Context, tx db.Tx, region, participant string, due []report.IssuedFile) error {
	var fileIDs []ids.ID
	var paths []string
	var times []time.Time
	var places []int64
	for i, file := range due {
		fileIDs, paths = append(fileIDs, file.ID), append(paths, file.Path)
		times, places = append(times, file.DueAt), append(places, int64(i))
	}
	if _, err := tx.Exec(ctx, insertDeliveries, fileIDs, region, participant, paths, times, places); err != nil {
		return fmt.Errorf("deliver: enqueue: %w", err)
	}
	return nil
}

const deliveryColumns = `file_id, participant_id, path, due_at, state, attempts, next_at, delivered_at, problem`

const (
	selectNext = `SELECT ` + deliveryColumns + ` FROM report_delivery
		WHERE region = $1 AND participant_id = $2 AND state = 'WAITING' ORDER BY due_at, place, file_id LIMIT 1`
	selectRecent = `SELECT ` + deliveryColumns + ` FROM report_delivery
		WHERE region = $1 AND ($2 = '' OR participant_id = $2)
		ORDER BY state DESC, due_at DESC, participant_id, place, file_id LIMIT $3`
)

// next returns the file that goes out first of those that wait.
func next(ctx context.Context, reader db.Reader, region, participant string) (d Delivery, found bool, err error) {
	list, err := query(ctx, reader, selectNext, region, participant)
	if err != nil || len(list) == 0 {
		return Delivery{}, false, err
	}
	return list[0], true, nil
}

// Recent returns deliveries of a region, of one participant or of all if its id
// is empty: those that wait before those that have arrived, the latest due first.
func Recent(ctx context.Context, reader db.Reader, region, participant string, limit int) ([]Delivery, error) {
	return query(ctx, reader, selectRecent, region, participant, limit)
}

func query(ctx context.Context, reader db.Reader, sql string, arguments ...any) ([]Delivery, error) {
	rows, err := reader.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, fmt.Errorf("deliver: deliveries: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Delivery, error) {
		var d Delivery
		var delivered *time.Time
		err := row.Scan(&d.FileID, &d.ParticipantID, &d.Path, &d.DueAt, &d.State, &d.Attempts, &d.NextAt, &delivered,
			&d.Problem)
		d.DueAt, d.NextAt = d.DueAt.UTC(), d.NextAt.UTC()
		if delivered != nil {
			d.DeliveredAt = delivered.UTC()
		}
		return d, err
	})
}

const (
	setDelivered = `UPDATE report_delivery SET state = 'DELIVERED', delivered_at = $2, problem = ''
		WHERE file_id = $1 AND state = 'WAITING'`
	setFailed = `UPDATE report_delivery SET attempts = attempts + 1, next_at = $2, problem = $3
		WHERE file_id = $1 AND state = 'WAITING'`
	setNow = `UPDATE report_delivery SET next_at = $3 WHERE region = $1 AND participant_id = $2 AND state = 'WAITING'
		AND next_at > $3`
)

// problemMax bounds what is kept of a server's words.
const problemMax = 300

func failed(ctx context.Context, tx db.Tx, d Delivery, problem error, at time.Time) error {
	if _, err := tx.Exec(ctx, setFailed, d.FileID, at.Add(backOff(d.Attempts)), readable(problem.Error())); err != nil {
		return fmt.Errorf("deliver: failed: %w", err)
	}
	return nil
}

// readable is what of a server's words a person and the database can read.
func readable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, "?"))
	return strings.ToValidUTF8(text[:min(len(text), problemMax)], "")
}

func delivered(ctx context.Context, tx db.Tx, d Delivery, at time.Time) error {
	if _, err := tx.Exec(ctx, setDelivered, d.FileID, at); err != nil {
		return fmt.Errorf("deliver: delivered: %w", err)
	}
	return nil
}

// Again lets what waits for a participant be tried at once.
func Again(ctx context.Context, tx db.Tx, region, participant string, at time.Time) (files int64, err error) {
	if files, err = tx.Exec(ctx, setNow, region, participant, at); err != nil {
		return 0, fmt.Errorf("deliver: again: %w", err)
	}
	return files, nil
}

// The first wait after a failure and the longest one.
const (
	backOffFirst = 30 * time.Second
	backOffMost  = time.Hour
)

// backOff is how long to wait after a failure that so many came before.
func backOff(before int64) time.Duration {
	if before > 10 {
		return backOffMost
	}
	return min(backOffFirst<<before, backOffMost)
}

const takeCourier = `
INSERT INTO report_courier (region, participant_id, owner, expires_at) VALUES ($1, $2, $3, $5)
ON CONFLICT (region, participant_id) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
WHERE report_courier.owner = excluded.owner OR report_courier.expires_at <= $4`

// lease lasts longer than a file takes, so that two hubs do not write it at once;
// if they do it does no harm.
const lease = 2 * putWaitMost

// take makes a courier the one that delivers to a participant, and reports whether it is.
func take(ctx context.Context, tx db.Tx, region, participant string, owner ids.ID, now time.Time) (bool, error) {
	taken, err := tx.Exec(ctx, takeCourier, region, participant, owner, now, now.Add(lease))
	if err != nil {
		return false, fmt.Errorf("deliver: take: %w", err)
	}
	return taken == 1, nil
}
