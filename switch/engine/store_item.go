package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/tidwall/gjson"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ahead"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
)

// How many items are read at once: about so many, and no more than that unless they
// completed in the same microsecond.
const (
	itemsWanted = 500
	itemsMost   = 4 * itemsWanted
)

// A payment and its cancel in one window both stay out of the files, as the
// protocol wants it; their figures cancel out. They stand in those of a participant
// that settles gross, which has paid and was paid for each.
//
// The detail of a payment is most of what there is to read, and its figures need none
// of it.
const (
	itemColumns = `payment_id, mode, acquirer_id, request_id, wallet_id, currency, amount_minor, payer_currency,
		payer_minor, merchant_currency, merchant_minor, fee_minor, completed_at`
	selectItems = `SELECT ` + itemColumns + `, CASE WHEN $7 THEN detail END FROM payment
		WHERE window_id = $1 AND state = 'POSTED' AND (acquirer_id = $2 OR wallet_id = $2)
		AND completed_at > $3 AND completed_at <= $4
		AND ($6 OR NOT EXISTS (SELECT 1 FROM payment_return r WHERE r.payment_id = payment.payment_id AND r.kind = 'CANCEL'
			AND r.state = 'POSTED' AND r.window_id = $1 AND r.amount_minor = payment.amount_minor))
		ORDER BY completed_at, payment_id LIMIT $5`
	selectReturnItems = `SELECT ` + returnColumns + ` FROM payment_return
		WHERE window_id = $1 AND state = 'POSTED' AND (acquirer_id = $2 OR wallet_id = $2)
		AND completed_at > $3 AND completed_at <= $4
		AND ($6 OR NOT EXISTS (SELECT 1 FROM payment p WHERE p.payment_id = payment_return.payment_id
			AND payment_return.kind = 'CANCEL' AND p.window_id = $1 AND p.amount_minor = payment_return.amount_minor))
		ORDER BY completed_at, return_id LIMIT $5`
	selectOriginals = `SELECT ` + itemColumns + `, detail FROM payment WHERE payment_id = ANY($1::UUID[])`
	selectSpan      = `SELECT min(completed_at), max(completed_at) FROM payment
		WHERE window_id = $1 AND state = 'POSTED'`
	selectReturnSpan = `SELECT min(completed_at), max(completed_at) FROM payment_return
		WHERE window_id = $1 AND state = 'POSTED'`
)

// itemsAhead is how many items are handed over at once, so that handing over costs
// nothing beside reading them.
const itemsAhead = 256

// ItemsOf returns what a participant's report of a window lists, in the order of
// completion. It reads some at a time, ahead of who ranges over it, and from the start
// whenever it is ranged over; a closed window always gives the same. Nothing else may
// read from the reader meanwhile.
func ItemsOf(
	ctx context.Context, reader db.Reader, windowID ids.ID, p connectors.Participant,
) iter.Seq2[report.Item, error] {
	return ahead.Of(itemsAhead, itemSource{reader: reader, windowID: windowID, participant: p, whole: true}.items(ctx))
}

// figuresOf returns the same items as [ItemsOf] with no more of each than it comes to.
func figuresOf(
	ctx context.Context, reader db.Reader, windowID ids.ID, p connectors.Participant,
) iter.Seq2[report.Item, error] {
	return itemSource{reader: reader, windowID: windowID, participant: p}.items(ctx)
}

// items merges payments and returns.
func (s itemSource) items(ctx context.Context) iter.Seq2[report.Item, error] {
	return func(yield func(report.Item, error) bool) {
		var err error
		p := s.participant
		if s.gross, err = settlesGross(ctx, s.reader, s.windowID, p.ID, p.Currency); err != nil {
			yield(report.Item{}, fmt.Errorf("engine: items: %w", err))
			return
		}
		payments, stopPayments := iter.Pull2(s.sliced(ctx, selectSpan, s.payments))
		defer stopPayments()
		returns, stopReturns := iter.Pull2(s.sliced(ctx, selectReturnSpan, s.returns))
		defer stopReturns()
		first, firstErr, more := payments()
		second, secondErr, moreReturns := returns()
		for more || moreReturns {
			if err := cmp.Or(firstErr, secondErr); err != nil {
				yield(report.Item{}, err)
				return
			}
			if more && (!moreReturns || earlier(first, second)) {
				if !yield(first, nil) {
					return
				}
				first, firstErr, more = payments()
				continue
			}
			if !yield(second, nil) {
				return
			}
			second, secondErr, moreReturns = returns()
		}
	}
}

// earlier says that an item comes before another.
func earlier(a, b report.Item) bool {
	return cmp.Or(a.CompletedAt.Compare(b.CompletedAt), cmp.Compare(a.ID.String(), b.ID.String())) < 0
}

// itemSource reads items of a participant in a window.
type itemSource struct {
	reader      db.Reader
	windowID    ids.ID
	participant connectors.Participant
	// whole says that payments are read with their details.
	whole bool
	// gross says that some of the items are settled by themselves.
	gross bool
}

// settlesGross says whether something of a participant in a window is settled by itself.
func settlesGross(
	ctx context.Context, reader db.Reader, windowID ids.ID, participant string, currency money.Currency,
) (bool, error) {
	gross, err := window.GrossIn(ctx, reader, windowID)
	return slices.ContainsFunc(gross, func(n window.Net) bool {
		return n.Owner == participant && n.Currency == currency
	}), err
}

// mark tells the items that are settled by themselves.
func (s itemSource) mark(ctx context.Context, items []report.Item) error {
	if !s.gross || len(items) == 0 {
		return nil
	}
	apart, err := instruct.Apart(ctx, s.reader, s.participant.ID, db.Column(items, func(i report.Item) ids.ID { return i.ID }))
	for i := range items {
		items[i].Gross = apart[items[i].ID]
	}
	return err
}

// slice is a span of time, its beginning left out, and how many items are read of
// it at most.
type slice struct {
	after, until time.Time
	most         int
}

// narrowest is the shortest span: times have no finer resolution in the database.
const narrowest = time.Microsecond

// sliced yields what slices of time hold, one after the other. A slice is read by
// its two ends, which costs as much as it holds whatever the planner thinks of the
// rest; the next one is longer or shorter, by how many were in it.
func (s itemSource) sliced(
	ctx context.Context, span string, read func(context.Context, slice) ([]report.Item, error),
) iter.Seq2[report.Item, error] {
	return func(yield func(report.Item, error) bool) {
		first, last, err := s.span(ctx, span)
		at, step := first.Add(-narrowest), time.Second
		for err == nil && at.Before(last) {
			next := slice{at, at.Add(step), itemsMost + 1}
			if step == narrowest {
				next.most = math.MaxInt32
			}
			var items []report.Item
			if items, err = read(ctx, next); err == nil {
				err = s.mark(ctx, items)
			}
			if err != nil {
				break
			}
			if len(items) == itemsMost+1 && step > narrowest {
				step = max(step/4, narrowest).Truncate(narrowest)
				continue
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if at = next.until; len(items) < itemsWanted {
				step *= 2
			}
		}
		if err != nil {
			yield(report.Item{}, fmt.Errorf("engine: items: %w", err))
		}
	}
}

// span is when the first and the last of the window completed; zero for none.
func (s itemSource) span(ctx context.Context, sql string) (first, last time.Time, err error) {
	var from, to *time.Time
	if err := s.reader.QueryRow(ctx, sql, s.windowID).Scan(&from, &to); err != nil || from == nil {
		return time.Time{}, time.Time{}, err
	}
	return from.UTC(), to.UTC(), nil
}

func (s itemSource) payments(ctx context.Context, of slice) ([]report.Item, error) {
	rows, err := s.reader.Query(ctx, selectItems, s.windowID, s.participant.ID, of.after, of.until, of.most, s.gross,
		s.whole)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, s.scan)
}

func (s itemSource) returns(ctx context.Context, of slice) ([]report.Item, error) {
	rows, err := s.reader.Query(ctx, selectReturnItems, s.windowID, s.participant.ID, of.after, of.until, of.most, s.gross)
	if err != nil {
		return nil, err
	}
	returns, err := pgx.CollectRows(rows, scanReturn)
	if err != nil || len(returns) == 0 {
		return nil, err
	}
	originals := make([]ids.ID, len(returns))
	for i, r := range returns {
		originals[i] = r.PaymentID
	}
	if rows, err = s.reader.Query(ctx, selectOriginals, originals); err != nil {
		return nil, err
	}
	payments, err := pgx.CollectRows(rows, s.scan)
	byID := make(map[ids.ID]report.Item, len(payments))
	for _, payment := range payments {
		byID[payment.ID] = payment
	}
	items := make([]report.Item, len(returns))
	for i, r := range returns {
		items[i] = returnItem(r, byID[r.PaymentID], s.participant.Role)
	}
	return items, err
}

// scan reads a payment as the participant sees it.
func (s itemSource) scan(row pgx.CollectableRow) (report.Item, error) {
	item := report.Item{Kind: report.Payment, Credit: true}
	var payer, merchant money.Amount
	var detail db.Private
	err := row.Scan(&item.ID, &item.Mode, &item.AcquirerID, &item.RequestID, &item.WalletID, &item.Amount.Currency,
		&item.Amount.Minor, &payer.Currency, &payer.Minor, &merchant.Currency, &merchant.Minor, &item.Fee.Minor,
		&item.CompletedAt, &detail)
	if err != nil {
		return report.Item{}, err
	}
	item.CompletedAt, item.Settlement, item.Fee.Currency = item.CompletedAt.UTC(), merchant, merchant.Currency
	leg := "Merchant"
	if s.participant.Role == connectors.RoleWallet {
		item.RequestID, item.Settlement, item.Credit, item.Fee = item.ID.String(), payer, false, money.New(0, payer.Currency)
		leg = "Payer"
	}
	if detail == nil {
		return item, nil
	}
	return item, describe(&item, detail, leg)
}

// describe adds what the detail of a payment says about it and one of its legs. It
// looks for these few fields alone: to decode all would take longer than everything
// else that a report does.
func describe(item *report.Item, detail []byte, leg string) error {
	transfer := gjson.GetBytes(detail, "Transfer")
	item.MerchantID = transfer.Get("Creditor.OtherID").String()
	item.MerchantCategory = transfer.Get("MerchantCategory").String()
	priced := gjson.GetBytes(detail, leg)
	if err := json.Unmarshal([]byte(priced.Get("QuoteID").Raw), &item.QuoteID); err != nil {
		return fmt.Errorf("quote of %s: %w", item.ID, err)
	}
	if item.QuoteID == ids.Nil {
		return nil
	}
	if err := json.Unmarshal([]byte(priced.Get("Price.Rate").Raw), &item.Rate); err != nil {
		return fmt.Errorf("rate of %s: %w", item.ID, err)
	}
	return nil
}

// returnItem is a return of a payment.
func returnItem(r ReturnRecord, item report.Item, role connectors.Role) report.Item {
	item.Kind, item.OriginalID, item.OriginalRequestID = report.Refund, item.ID, item.RequestID
	item.ID, item.RequestID, item.CompletedAt, item.Amount = r.ID, r.RequestID, r.CompletedAt, r.Amount
	item.Credit = !item.Credit
	item.Settlement, item.Fee = r.Detail.Merchant.Amount, money.New(-r.Detail.Fee.Minor, r.Detail.Merchant.Amount.Currency)
	if role == connectors.RoleWallet {
		item.RequestID = r.ID.String()
		item.Settlement, item.Fee = r.Detail.Payer.Amount, money.New(0, r.Detail.Payer.Amount.Currency)
	}
	return item
}

const selectCancelled = `
SELECT r.payment_id, r.return_id FROM payment_return r JOIN payment p ON p.payment_id = r.payment_id
WHERE r.window_id = $1 AND p.window_id = $1 AND r.kind = 'CANCEL' AND r.state = 'POSTED'
	AND r.amount_minor = p.amount_minor AND (p.acquirer_id = $2 OR p.wallet_id = $2)`

// cancelledIn returns what files do not list though it has entries: payments that
// were cancelled in their window, and the cancels. Their entries are part of the
// net, to which they add nothing.
func cancelledIn(ctx context.Context, reader db.Reader, windowID ids.ID, participant string) (map[ids.ID]bool, error) {
	rows, err := reader.Query(ctx, selectCancelled, windowID, participant)
	if err != nil {
		return nil, fmt.Errorf("engine: cancelled: %w", err)
	}
	cancelled := map[ids.ID]bool{}
	var payment, cancel ids.ID
	_, err = pgx.ForEachRow(rows, []any{&payment, &cancel}, func() error {
		cancelled[payment], cancelled[cancel] = true, true
		return nil
	})
	return cancelled, err
}

// Unlisted returns which payments and cancels of a participant have entries in a window and are
// in none of its files, by the window's id.
func Unlisted(
	participant string, currency money.Currency,
) func(ctx context.Context, reader db.Reader, windowID ids.ID) (map[ids.ID]bool, error) {
	return func(ctx context.Context, reader db.Reader, windowID ids.ID) (map[ids.ID]bool, error) {
		// Who settles gross finds all its payments in its files.
		gross, err := settlesGross(ctx, reader, windowID, participant, currency)
		if err != nil || gross {
			return nil, err
		}
		return cancelledIn(ctx, reader, windowID, participant)
	}
}
