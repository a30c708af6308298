package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/payment"
)

// PageMax is the longest page of a listing.
const PageMax = 500

// Filter selects payments. Empty fields select everything.
type Filter struct {
	State         payment.State
	ParticipantID string
	// Before and BeforeID are the position in the listing, newest first: the
	// creation time and id of the last payment of the page before.
	Before   time.Time
	BeforeID ids.ID
	// Limit is 1 to [PageMax].
	Limit int
}

const selectPayments = `SELECT ` + paymentColumns + ` FROM payment
WHERE ($1 = '' OR state = $1) AND ($2 = '' OR acquirer_id = $2 OR wallet_id = $2)
	AND (created_at < $3 OR (created_at = $3 AND payment_id < $4))
ORDER BY created_at DESC, payment_id DESC LIMIT $5`

// List returns payments, newest first.
func List(ctx context.Context, reader db.Reader, filter Filter) ([]Record, error) {
	if filter.Before.IsZero() {
		filter.Before = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	limit := min(max(filter.Limit, 1), PageMax)
	rows, err := reader.Query(ctx, selectPayments, string(filter.State), filter.ParticipantID, filter.Before,
		filter.BeforeID, limit)
	if err != nil {
		return nil, fmt.Errorf("engine: list: %w", err)
	}
	return pgx.CollectRows(rows, scanRecord)
}

// ByRequest returns the payment that an acquirer knows by its request id.
func ByRequest(ctx context.Context, reader db.Reader, acquirerID, requestID string) (Record, error) {
	return findRecord(ctx, reader, selectPaymentByRequest, acquirerID, requestID)
}

// File is everything the hub knows about one payment.
type File struct {
	Payment  Record
	Returns  []ReturnRecord
	History  []Change
	Messages []Message
	// Notified tells whether the acquirer has confirmed the final state, Told whether it had
	// it as the answer to its request, which by its contract suffices.
	Notified, Told bool
}

// Open returns the file of a payment.
func Open(ctx context.Context, reader db.Reader, id ids.ID) (File, error) {
	var file File
	var err error
	if file.Payment, err = findRecord(ctx, reader, selectPayment, id); err != nil {
		return File{}, err
	}
	if file.Returns, err = returnsOf(ctx, reader, id); err != nil {
		return File{}, err
	}
	if file.History, err = historyOf(ctx, reader, id); err != nil {
		return File{}, err
	}
	if file.Messages, err = MessagesOf(ctx, reader, id); err != nil {
		return File{}, err
	}
	ended := slices.IndexFunc(file.History, func(c Change) bool {
		return c.SubjectID == id && payment.State(c.State).Final()
	})
	if ended < 0 {
		return file, nil
	}
	end := file.History[ended]
	file.Told = strings.Contains(end.Effects, payment.Tell.String())
	file.Notified, err = notified(ctx, reader, file.Payment.AcquirerID, end)
	return file, err
}

const countStates = `SELECT state, count(*) FROM payment GROUP BY state ORDER BY state`

// CountByState returns how many payments are in each state.
func CountByState(ctx context.Context, reader db.Reader) (map[payment.State]int64, error) {
	rows, err := reader.Query(ctx, countStates)
	if err != nil {
		return nil, fmt.Errorf("engine: count: %w", err)
	}
	counts := map[payment.State]int64{}
	var state payment.State
	var count int64
	_, err = pgx.ForEachRow(rows, []any{&state, &count}, func() error {
		counts[state] = count
		return nil
	})
	return counts, err
}

// Resolve carries out the decision of two operators inside their transaction. Of
// a held payment, paid tells whether the payer was found to be debited; of a
// posted payment with a held return, whether the payer was found to have got the
// money back.
func (e *Engine) Resolve(ctx context.Context, tx db.Tx, id ids.ID, paid bool) error {
	event := payment.OperatorVoided
	if paid {
		event = payment.OperatorPosted
	}
	record, err := findRecord(ctx, tx, selectPayment, id)
	if err != nil {
		return err
	}
	decided := fact{event: event, at: e.Clock.Now()}
	if record.State == payment.Held {
		return e.change(ctx, tx, &record, decided)
	}
	returns, err := returnsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, r := range returns {
		if r.State == payment.ReturnHeld {
			decided.says = []saying{undone(record)}
			return e.changeReturn(ctx, tx, &r, decided)
		}
	}
	return reason.New(reason.Closed, "engine.Resolve", "neither the payment nor a return of it is held")
}
