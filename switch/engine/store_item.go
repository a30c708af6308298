package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/report"
)

// A payment and its cancel in one window both stay out of the files, as the
// protocol wants it; their figures cancel out.
const (
	selectItems = `SELECT ` + paymentColumns + ` FROM payment
		WHERE window_id = $1 AND state = 'POSTED' AND (acquirer_id = $2 OR wallet_id = $2)
		AND NOT EXISTS (SELECT 1 FROM payment_return r WHERE r.payment_id = payment.payment_id AND r.kind = 'CANCEL'
			AND r.state = 'POSTED' AND r.window_id = $1 AND r.amount_minor = payment.amount_minor)`
	selectReturnItems = `SELECT ` + returnColumns + ` FROM payment_return
		WHERE window_id = $1 AND state = 'POSTED' AND (acquirer_id = $2 OR wallet_id = $2)
		AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.payment_id = payment_return.payment_id
			AND payment_return.kind = 'CANCEL' AND p.window_id = $1 AND p.amount_minor = payment_return.amount_minor)`
)

// ItemsOf returns what a participant's report of a window lists, in the order of
// completion.
func ItemsOf(ctx context.Context, reader db.Reader, windowID ids.ID, p connectors.Participant) ([]report.Item, error) {
	rows, err := reader.Query(ctx, selectItems, windowID, p.ID)
	if err != nil {
		return nil, fmt.Errorf("engine: items: %w", err)
	}
	records, err := pgx.CollectRows(rows, scanRecord)
	if err != nil {
		return nil, fmt.Errorf("engine: items: %w", err)
	}
	rows, err = reader.Query(ctx, selectReturnItems, windowID, p.ID)
	if err != nil {
		return nil, fmt.Errorf("engine: items: %w", err)
	}
	returns, err := pgx.CollectRows(rows, scanReturn)
	if err != nil {
		return nil, fmt.Errorf("engine: items: %w", err)
	}
	items := make([]report.Item, 0, len(records)+len(returns))
	for _, record := range records {
		items = append(items, paymentItem(record, p.Role))
	}
	for _, r := range returns {
		record, err := findRecord(ctx, reader, selectPayment, r.PaymentID)
		if err != nil {
			return nil, err
		}
		items = append(items, returnItem(r, record, p.Role))
	}
	slices.SortFunc(items, func(a, b report.Item) int {
		return cmp.Or(a.CompletedAt.Compare(b.CompletedAt), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return items, nil
}

func paymentItem(r Record, role connectors.Role) report.Item {
	item := report.Item{
		Kind: report.Payment, ID: r.ID, RequestID: r.RequestID, AcquirerID: r.AcquirerID, WalletID: r.WalletID,
		MerchantID: r.Detail.Transfer.Creditor.OtherID, MerchantCategory: r.Detail.Transfer.MerchantCategory,
		Mode: string(r.Mode), CompletedAt: r.CompletedAt, Amount: r.Amount, Settlement: r.MerchantAmount, Credit: true,
		Fee: r.Fee, Rate: r.Detail.Merchant.Price.Rate, QuoteID: r.Detail.Merchant.QuoteID,
	}
	if role == connectors.RoleWallet {
		item.RequestID = r.ID.String()
		item.Settlement, item.Credit, item.Fee = r.PayerAmount, false, money.New(0, r.PayerAmount.Currency)
		item.Rate, item.QuoteID = r.Detail.Payer.Price.Rate, r.Detail.Payer.QuoteID
	}
	return item
}

func returnItem(r ReturnRecord, record Record, role connectors.Role) report.Item {
	item := paymentItem(record, role)
	item.Kind, item.OriginalID, item.OriginalRequestID = report.Refund, record.ID, item.RequestID
	item.ID, item.RequestID, item.CompletedAt, item.Amount = r.ID, r.RequestID, r.CompletedAt, r.Amount
	item.Credit = !item.Credit
	item.Settlement, item.Fee = r.Detail.Merchant.Amount, money.New(-r.Detail.Fee.Minor, r.Detail.Merchant.Amount.Currency)
	if role == connectors.RoleWallet {
		item.RequestID = r.ID.String()
		item.Settlement, item.Fee = r.Detail.Payer.Amount, money.New(0, r.Detail.Payer.Amount.Currency)
	}
	return item
}
