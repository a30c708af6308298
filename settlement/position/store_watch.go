package position

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/money"
)

// Usage is how much of its cap a position uses, all regions together.
type Usage struct {
	Key
	// Used is what is posted, reserved and being paid out, and Cap what it must stay under, in minor
	// units.
	Used, Cap int64
	// Reached is the highest threshold in percent of the cap that Used has reached, 0 if
	// none, [OverCap] beyond the cap; Before is what it was when it was last told.
	Reached, Before int16
	// told counts the changes that were told.
	told int64
}

// Changed says whether a threshold was passed, in either direction, since the last
// time that it was told.
func (u Usage) Changed() bool { return u.Reached != u.Before }

// OverCap is the threshold that everybody has: more is used than the cap, which only a
// fee, an adjustment or a lower cap can bring about.
const OverCap int16 = 101

// reached returns the highest of the thresholds, which are in any order.
func reached(used, limit int64, thresholds []int16) int16 {
	if used > limit {
		return OverCap
	}
	highest := int16(0)
	for _, percent := range thresholds {
		if percent > highest && limit > 0 && used >= part(limit, int64(percent)) {
			highest = percent
		}
	}
	return highest
}

// part returns percent of an amount of zero or more, rounded up, without leaving 64
// bits on the way.
func part(amount, percent int64) int64 { return amount/100*percent + (amount%100*percent+99)/100 }

const selectUsage = `
SELECT l.participant_id, l.currency, sum(p.posted_minor + p.reserved_minor + p.paying_minor)::BIGINT, l.limit_minor + l.prefunded_minor,
	l.alerted_percent, l.alerts
FROM position_limit l
JOIN participant_position p ON p.participant_id = l.participant_id AND p.currency = l.currency
WHERE l.region = $1
GROUP BY l.participant_id, l.currency, l.limit_minor, l.prefunded_minor, l.alerted_percent, l.alerts
ORDER BY l.participant_id, l.currency`

const selectThresholds = `SELECT participant_id, percent FROM position_threshold`

// Usages returns how much of their caps the positions use whose home is the region.
func Usages(ctx context.Context, reader db.Reader, region string) ([]Usage, error) {
	thresholds, err := allThresholds(ctx, reader)
	if err != nil {
		return nil, err
	}
	rows, err := reader.Query(ctx, selectUsage, region)
	if err != nil {
		return nil, fmt.Errorf("position: usage: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Usage, error) {
		var u Usage
		if err := row.Scan(&u.ParticipantID, &u.Currency, &u.Used, &u.Cap, &u.Before, &u.told); err != nil {
			return u, err
		}
		own, has := thresholds[u.ParticipantID]
		if !has {
			own = thresholds[""]
		}
		u.Reached = reached(u.Used, u.Cap, own)
		return u, nil
	})
}

func allThresholds(ctx context.Context, reader db.Reader) (map[string][]int16, error) {
	rows, err := reader.Query(ctx, selectThresholds)
	if err != nil {
		return nil, fmt.Errorf("position: thresholds: %w", err)
	}
	all := map[string][]int16{}
	var participant string
	var percent int16
	_, err = pgx.ForEachRow(rows, []any{&participant, &percent}, func() error {
		all[participant] = append(all[participant], percent)
		return nil
	})
	return all, err
}

const deleteThresholds = `DELETE FROM position_threshold WHERE participant_id = $1`

const insertThresholds = `INSERT INTO position_threshold (participant_id, percent) SELECT $1, unnest($2::SMALLINT[])`

// SetThresholds replaces the percentages of its caps at which a participant's use of
// them is told; the empty participant stands for everybody who has none of its own.
func SetThresholds(ctx context.Context, tx db.Tx, participant string, percents []int16) error {
	if _, err := tx.Exec(ctx, deleteThresholds, participant); err != nil {
		return fmt.Errorf("position: set thresholds: %w", err)
	}
	if _, err := tx.Exec(ctx, insertThresholds, participant, percents); err != nil {
		return fmt.Errorf("position: set thresholds: %w", err)
	}
	return nil
}

const tell = `
UPDATE position_limit SET alerted_percent = $3, alerts = alerts + 1
WHERE participant_id = $1 AND currency = $2 AND alerts = $4`

// alert is the payload of the event of a threshold that was passed.
type alert struct {
	ParticipantID string         `json:"participant_id"`
	Currency      money.Currency `json:"currency"`
	Used          string         `json:"used_minor"`
	Cap           string         `json:"cap_minor"`
	Percent       int16          `json:"percent"`
	Before        int16          `json:"percent_before"`
	At            time.Time      `json:"at"`
}

// Tell records that a threshold was passed, with an outbox event, and says whether it
// was this call that did: of several hubs of a region one tells.
func Tell(ctx context.Context, pool *db.Pool, region string, u Usage, at time.Time) (told bool, err error) {
	payload, err := json.Marshal(alert{
		u.ParticipantID, u.Currency, strconv.FormatInt(u.Used, 10), strconv.FormatInt(u.Cap, 10), u.Reached, u.Before, at,
	})
	if err != nil {
		return false, fmt.Errorf("position: tell: %w", err)
	}
	aggregate := ids.Derive(ids.Nil, "position."+u.ParticipantID+"."+string(u.Currency), 0)
	event := outbox.Event{
		ID: ids.Derive(aggregate, "alert", u.told+1), Region: region, Aggregate: aggregate, Version: u.told + 1,
		Subject: "settlement." + region + ".position." + u.ParticipantID, Payload: payload, At: at,
	}
	err = pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		changed, err := tx.Exec(ctx, tell, u.ParticipantID, u.Currency, u.Reached, u.told)
		if told = changed == 1; err != nil || !told {
			return err
		}
		return outbox.Write(ctx, tx, []outbox.Event{event})
	})
	if err != nil {
		return false, fmt.Errorf("position: tell: %w", err)
	}
	return told, nil
}
