package route

import (
	"context"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Customer is a payer of one of our wallets as another network knows it.
type Customer struct {
	// ID is what the network is told instead of the payer: the same for each of its
	// payments, another one in each network, and it follows from nothing.
	ID     string
	Region string
	// NetworkID is the participant that stands for the network's merchants.
	NetworkID string
	WalletID  string
	// PayerReference and PayerName are the wallet's; the name is empty if the wallet
	// does not tell it.
	PayerReference, PayerName string
}

// A customer that is there keeps its id; its name is the one that was told last.
const (
	insertCustomer = `
INSERT INTO network_customer (customer_id, region, network_id, payer_hash, wallet_id, payer_reference, payer_name,
	created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (payer_hash) DO UPDATE SET payer_name = excluded.payer_name`
	selectCustomerID = `SELECT customer_id FROM network_customer WHERE payer_hash = $1`
	selectCustomer   = `
SELECT region, wallet_id, payer_reference, payer_name FROM network_customer
WHERE customer_id = $1 AND network_id = $2`
)

// key finds a payer whose reference is sealed.
func (c Customer) key() []byte {
	return hashParts("network-customer", c.NetworkID, c.WalletID, c.PayerReference)
}

// NewCustomer is a payer before a network has heard of it.
func NewCustomer(network, wallet Participant, payerReference, payerName string) Customer {
	return Customer{
		ID: ids.New().String(), Region: wallet.Region, NetworkID: network.ID, WalletID: wallet.ID,
		PayerReference: payerReference, PayerName: payerName,
	}
}

// SaveCustomer stores a customer and returns the id that it has: its own, or the one
// that the network has known the payer by before.
func SaveCustomer(ctx context.Context, tx db.Tx, c Customer, at time.Time) (id string, err error) {
	_, err = tx.Exec(ctx, insertCustomer, c.ID, c.Region, c.NetworkID, c.key(), c.WalletID,
		db.PrivateText(c.PayerReference), db.PrivateText(c.PayerName), at)
	if err == nil {
		err = tx.QueryRow(ctx, selectCustomerID, c.key()).Scan(&id)
	}
	if err != nil {
		return "", fmt.Errorf("route: save customer: %w", err)
	}
	return id, nil
}

// FindCustomer returns the payer whom a network names. One that it was never told is
// [reason.UnknownPayer].
func FindCustomer(ctx context.Context, reader db.Reader, networkID, id string) (Customer, error) {
	c := Customer{ID: id, NetworkID: networkID}
	err := reader.QueryRow(ctx, selectCustomer, id, networkID).Scan(
		&c.Region, &c.WalletID, (*db.PrivateText)(&c.PayerReference), (*db.PrivateText)(&c.PayerName))
	switch {
	case db.NoRows(err):
		return Customer{}, reason.New(reason.UnknownPayer, "route.FindCustomer", "")
	case err != nil:
		return Customer{}, fmt.Errorf("route: find customer: %w", err)
	default:
		return c, nil
	}
}

const deleteCustomers = `DELETE FROM network_customer WHERE payer_hash = ANY($1::BYTEA[])`

// ForgetCustomer deletes what some networks know a payer by. The next code for one of
// them makes another id.
func ForgetCustomer(tx db.Tx, networks []string, walletID, payerReference string) {
	keys := db.Column(networks, func(id string) []byte {
		return Customer{NetworkID: id, WalletID: walletID, PayerReference: payerReference}.key()
	})
	tx.Later(db.Written("route: forget customer"), deleteCustomers, keys)
}
