// Package merchant keeps which merchants acquirers have registered, and at which
// wallets they may be paid (section "Merchant registration" of docs/alipayplus.md).
//
// The contract of an acquirer says whether its merchants must be registered, and
// whether they are at once or people decide; see [route.Registration].
package merchant

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/route"
)

// ChangePause is how long a registration that nobody has decided about keeps out the
// next one of the same merchant: the protocol's 30 minutes.
const ChangePause = 30 * time.Minute

// Desk takes registrations in. It implements [connectors.Merchants].
type Desk struct {
	Pool      *db.Pool
	Clock     clock.Clock
	Logger    *slog.Logger
	Region    string
	Directory func() *route.Directory
	// Listed reports whether any of some names is like an entry of a sanctions list, so
	// that people decide about the merchant whatever the contract says.
	Listed func(ctx context.Context, names []string) (bool, error)
	// Acquirers are the ways out by connector name.
	Acquirers map[string]connectors.RegistrationAcquirer
	// Notices are the waits between tries to tell an acquirer what a registration has come
	// to; the last one repeats until the receipt is confirmed.
	Notices []time.Duration
}

var _ connectors.Merchants = (*Desk)(nil)

// Register implements [connectors.Merchants].
func (d *Desk) Register(
	ctx context.Context, from connectors.Participant, registration connectors.MerchantRegistration,
) error {
	const op = "merchant.Register"
	directory := d.Directory()
	acquirer, known := directory.Participant(from.ID)
	switch {
	case !known || from.Suspended:
		return reason.New(reason.InvalidContract, op, "")
	case registration.RequestID == "" || registration.MerchantID == "":
		return reason.New(reason.InvalidRequest, op, "request id and merchant id")
	}
	listed, err := d.Listed(ctx, registration.Names)
	if err != nil {
		return err
	}
	status := connectors.MerchantPending
	if acquirer.Registration != route.RegistrationReviewed && !listed {
		status = connectors.MerchantRegistered
	}
	wallets := walletsOf(directory, acquirer)
	now := d.Clock.Now()
	return d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		made, err := insert(ctx, tx, d.Region, from.ID, registration, now)
		if err != nil || !made {
			return err
		}
		if err := unprocessed(ctx, tx, from.ID, registration, now); err != nil {
			return err
		}
		if err := setAll(ctx, tx, from.ID, registration, wallets, status, now); err != nil {
			return err
		}
		if status == connectors.MerchantPending {
			return nil
		}
		return mark(ctx, tx, from.ID, registration.RequestID, now)
	})
}

// walletsOf returns the wallets whose payers can get to an acquirer, in order.
func walletsOf(directory *route.Directory, acquirer route.Participant) []string {
	countries := map[string]bool{}
	for _, corridor := range directory.Corridors() {
		if corridor.MerchantCountry == acquirer.Country {
			countries[corridor.PayerCountry] = true
		}
	}
	var wallets []string
	for _, p := range directory.Participants() {
		if p.Role == connectors.RoleWallet && countries[p.Country] {
			wallets = append(wallets, p.ID)
		}
	}
	slices.Sort(wallets)
	return wallets
}

// RegistrationStatus implements [connectors.Merchants].
func (d *Desk) RegistrationStatus(
	ctx context.Context, from connectors.Participant, requestID string,
) ([]connectors.WalletRegistration, error) {
	return statuses(ctx, d.Pool, from.ID, requestID)
}

// Place is where a merchant sells: the acquirer's own ids. StoreID is empty for one that
// sells without a store.
type Place struct{ MerchantID, StoreID string }

// Registered returns why a merchant of an acquirer may not be paid by the payers of a
// wallet, at a store of it if the payment names one: MerchantUnregistered, or nil. An
// acquirer whose contract does not demand registration may sell for anybody.
func Registered(ctx context.Context, reader db.Reader, acquirer route.Participant, at Place, walletID string) error {
	if acquirer.Registration == route.RegistrationNone {
		return nil
	}
	asked := []Place{{MerchantID: at.MerchantID}}
	if at.StoreID != "" {
		asked = append(asked, at)
	}
	for _, place := range asked {
		status, err := find(ctx, reader, acquirer.ID, place, walletID)
		if err != nil {
			return err
		}
		if status != connectors.MerchantRegistered {
			return reason.New(reason.MerchantUnregistered, "merchant.Registered", "at "+walletID)
		}
	}
	return nil
}
