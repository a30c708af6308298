package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/tidwall/gjson"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Side is where in payments a person stands.
type Side string

// The sides.
const (
	// Payer is a customer of a wallet.
	Payer Side = "PAYER"
	// Payee is who is paid through an acquirer: a merchant, who may be a natural person.
	Payee Side = "PAYEE"
)

// Person is who pays or is paid, by the own reference of the partner on that side: of the
// wallet for its customer, of the acquirer for its merchant.
type Person struct {
	Side                 Side
	PartnerID, Reference string
}

// PersonOf returns who paid a payment, or was paid. One that names nobody, any more or yet,
// is [reason.UnknownPayer].
func PersonOf(ctx context.Context, reader db.Reader, id ids.ID, side Side) (Person, error) {
	r, err := findRecord(ctx, reader, selectPayment, id)
	if err != nil {
		return Person{}, err
	}
	who := Person{Side: side, PartnerID: r.WalletID, Reference: r.PayerReference}
	if side == Payee {
		who.PartnerID, who.Reference = r.AcquirerID, r.Detail.Transfer.Creditor.OtherID
	}
	if who.Reference == "" {
		return Person{}, reason.New(reason.UnknownPayer, "engine.PersonOf", "the payment does not name the person")
	}
	return who, nil
}

const (
	selectPayers = `
SELECT payment_id, payer_reference FROM payment
WHERE payment_id > $1 AND region = $2 AND wallet_id = $3 AND personal
ORDER BY payment_id LIMIT $4`
	selectPayees = `
SELECT payment_id, detail FROM payment
WHERE payment_id > $1 AND region = $2 AND acquirer_id = $3 AND personal
ORDER BY payment_id LIMIT $4`
)

// reference reads how the partner on a person's side calls who is in a payment.
func (p Person) reference() (sql string, column any, read func() string) {
	if p.Side == Payee {
		var detail db.Private
		return selectPayees, &detail, func() string { return gjson.GetBytes(detail, "Transfer.Creditor.OtherID").String() }
	}
	var payer db.PrivateText
	return selectPayers, &payer, func() string { return string(payer) }
}

// PaymentsOf looks through at most limit payments of a person's partner in a region,
// those behind after, and returns the person's own. next is where to go on, [ids.Nil]
// at the end. References are sealed, so that there is no shorter way; it is gone for the
// few who ask what is known of them.
func PaymentsOf(
	ctx context.Context, reader db.Reader, region string, person Person, after ids.ID, limit int,
) (own []Record, next ids.ID, err error) {
	sql, column, reference := person.reference()
	rows, err := reader.Query(ctx, sql, after, region, person.PartnerID, limit)
	if err != nil {
		return nil, ids.Nil, fmt.Errorf("engine: payments of a person: %w", err)
	}
	var id ids.ID
	var list []ids.ID
	seen := 0
	_, err = pgx.ForEachRow(rows, []any{&id, column}, func() error {
		if seen++; reference() == person.Reference {
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
