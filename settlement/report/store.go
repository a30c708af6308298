package report

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/s2"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("report", files) }

const insertMessages = `
INSERT INTO settlement_message (message_id, window_id, region, participant_id, currency, name, part, body, created_at)
SELECT unnest($1::UUID[]), unnest($2::UUID[]), unnest($3::TEXT[]), unnest($4::TEXT[]), unnest($5::TEXT[]),
	unnest($6::TEXT[]), unnest($7::BIGINT[]), unnest($8::BYTEA[]), unnest($9::TIMESTAMPTZ[])
ON CONFLICT (message_id) DO NOTHING`

// insertMost is how many messages one statement writes: at most 4 MiB of them.
const insertMost = 16

// unpackedMark begins messages as they were stored before they were packed: they are XML.
// A packed one is an S2 block, which begins with its length, whose first byte is 128 or
// more unless the message has fewer than 128 bytes, as none has.
const unpackedMark = '<'

// unpack returns a message as it was before it was stored.
func unpack(stored []byte) ([]byte, error) {
	if len(stored) > 0 && stored[0] == unpackedMark {
		return stored, nil
	}
	if size, err := s2.DecodedLen(stored); err != nil || size > iso20022.SizeMax {
		return nil, fmt.Errorf("report: stored message is damaged: %w", cmp.Or(err, s2.ErrTooLarge))
	}
	body, err := s2.Decode(nil, stored)
	if err != nil {
		return nil, fmt.Errorf("report: stored message is damaged: %w", err)
	}
	return body, nil
}

// Insert stores messages, packed, since the database takes ten times as long to do it. One that is there already is left as it is: made again
// it has the same bytes.
func Insert(ctx context.Context, tx db.Tx, messages []Message) error {
	for some := range slices.Chunk(messages, insertMost) {
		var messageIDs, windows []ids.ID
		var regions, participants, currencies, names []string
		var parts []int64
		var bodies [][]byte
		var times []time.Time
		for _, m := range some {
			messageIDs, windows = append(messageIDs, m.ID), append(windows, m.WindowID)
			regions, participants = append(regions, m.Region), append(participants, m.ParticipantID)
			currencies, names = append(currencies, string(m.Currency)), append(names, m.Name)
			parts, times = append(parts, int64(m.Part)), append(times, m.CreatedAt)
			bodies = append(bodies, s2.Encode(nil, m.Body))
		}
		_, err := tx.Exec(ctx, insertMessages, messageIDs, windows, regions, participants, currencies, names, parts, bodies,
			times)
		if err != nil {
			return fmt.Errorf("report: insert: %w", err)
		}
	}
	return nil
}

const messageColumns = `message_id, window_id, region, participant_id, currency, name, part, body, created_at`

const (
	selectOfWindow = `SELECT ` + messageColumns + ` FROM settlement_message
		WHERE window_id = $1 AND ($2 = '' OR participant_id = $2)
		ORDER BY participant_id, currency, name, part LIMIT $3 OFFSET $4`
	selectByID = `SELECT ` + messageColumns + ` FROM settlement_message WHERE message_id = $1`
)

// Of returns messages about a window, of one participant or of all if its id is
// empty, by participant, currency, name and part: as many as limit after the
// first ones are left out. The messages of a window do not change.
func Of(
	ctx context.Context, reader db.Reader, windowID ids.ID, participantID string, leaveOut, limit int,
) ([]Message, error) {
	rows, err := reader.Query(ctx, selectOfWindow, windowID, participantID, limit, leaveOut)
	if err != nil {
		return nil, fmt.Errorf("report: of window: %w", err)
	}
	return pgx.CollectRows(rows, scanMessage)
}

// Find returns the message with an id, if there is one.
func Find(ctx context.Context, reader db.Reader, id ids.ID) (message Message, found bool, err error) {
	rows, err := reader.Query(ctx, selectByID, id)
	if err != nil {
		return Message{}, false, fmt.Errorf("report: find: %w", err)
	}
	message, err = pgx.CollectExactlyOneRow(rows, scanMessage)
	if db.NoRows(err) {
		return Message{}, false, nil
	}
	if err != nil {
		return Message{}, false, fmt.Errorf("report: find: %w", err)
	}
	return message, true, nil
}

func scanMessage(row pgx.CollectableRow) (Message, error) {
	var m Message
	var part int64
	err := row.Scan(&m.ID, &m.WindowID, &m.Region, &m.ParticipantID, &m.Currency, &m.Name, &part, &m.Body, &m.CreatedAt)
	if err != nil {
		return Message{}, err
	}
	m.Part, m.CreatedAt = int(part), m.CreatedAt.UTC()
	m.Body, err = unpack(m.Body)
	return m, err
}
