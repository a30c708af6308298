package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Person is a customer of a wallet, by the wallet's own reference.
type Person struct{ WalletID, Reference string }

// PersonOf returns who paid a payment. One that names nobody, any more or yet, is
// [reason.UnknownPayer].
func PersonOf(ctx context.Context, reader db.Reader, id ids.ID) (Person, error) {
	record, err := findRecord(ctx, reader, selectPayment, id)
	if err != nil {
		return Person{}, err
	}
	if record.PayerReference == "" {
		return Person{}, reason.New(reason.UnknownPayer, "engine.PersonOf", "the payment names no payer")
	}
	return Person{WalletID: record.WalletID, Reference: record.PayerReference}, nil
}

const selectPayers = `
SELECT payment_id, payer_reference FROM payment
WHERE payment_id > $1 AND region = $2 AND wallet_id = $3 AND personal
ORDER BY payment_id LIMIT $4`

// PaymentsOf looks through at most limit payments of a person's wallet in a region,
// those behind after, and returns the person's own. next is where to go on, [ids.Nil]
// at the end. References are sealed, so that there is no shorter way; it is gone for the
// few who ask what is known of them.
func PaymentsOf(
	ctx context.Context, reader db.Reader, region string, person Person, after ids.ID, limit int,
) (own []Record, next ids.ID, err error) {
	rows, err := reader.Query(ctx, selectPayers, after, region, person.WalletID, limit)
	if err != nil {
		return nil, ids.Nil, fmt.Errorf("engine: payments of a person: %w", err)
	}
	var id ids.ID
	var reference db.PrivateText
	var list []ids.ID
	seen := 0
	_, err = pgx.ForEachRow(rows, []any{&id, &reference}, func() error {
		if seen++; string(reference) == person.Reference {
			list = append(list, id)
		}
		return nil
	})
	if err != nil {
		return nil, ids.Nil, fmt.Errorf("engine: payments of a person: %w", err)
	}
	if seen == limit {
		next = id
	}
	found, err := findRecords(ctx, reader, list)
	for _, id := range list {
		own = append(own, found[id])
	}
	return own, next, err
}

// ForgetPayments takes the persons out of those payments that ended and were made before
// a time, and returns how many these are. The law wants the others kept, or something
// is still to be done with them.
func ForgetPayments(tx db.Tx, payments []Record, before time.Time) (int, error) {
	var old []Record
	for _, r := range payments {
		if r.CreatedAt.Before(before) && r.Duty == DutyNone && r.State.Final() {
			old = append(old, r)
		}
	}
	return len(old), forget(tx, old)
}
