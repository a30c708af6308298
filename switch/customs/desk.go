package customs

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/teller"
	"github.com/causeway-pay/causeway/switch/route"
)

// Payments knows the payments that are declared.
type Payments interface {
	// DeclaredPayment finds a payment of an acquirer. Another's is NotFound.
	DeclaredPayment(ctx context.Context, reader db.Reader, acquirer connectors.Participant,
		payment connectors.Reference) (Payment, error)
}

// Desk takes declarations in and hands them to the wallets. It implements
// [connectors.Customs].
type Desk struct {
	Pool      *db.Pool
	Clock     clock.Clock
	Logger    *slog.Logger
	Region    string
	Directory func() *route.Directory
	Payments  Payments
	// Wallets are the ways out by connector name.
	Wallets map[string]connectors.CustomsWallet
	// Waits are between tries to hand a declaration to its wallet; the last one repeats
	// until that has answered.
	Waits []time.Duration
}

var _ connectors.Customs = (*Desk)(nil)

// InquiriesMost is how many declarations are asked about at once, as the protocol has it.
const InquiriesMost = 10

// begun is for how long a declaration that was just taken in is left to the call that
// waits for it.
const begun = 2 * teller.Patience

// Declare implements [connectors.Customs].
func (d *Desk) Declare(
	ctx context.Context, from connectors.Participant, said connectors.CustomsDeclaration,
) (connectors.CustomsReceipt, error) {
	if said.RequestID == "" || len(said.RequestID) > 64 || len(said.OrderID) > 64 {
		return connectors.CustomsReceipt{}, reason.New(reason.InvalidRequest, "customs.Declare", "id")
	}
	id, now := ids.New(), d.Clock.Now()
	var declared Declaration
	err := d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		declared, err = d.record(ctx, tx, from, said, id, now)
		return err
	})
	if err != nil {
		return connectors.CustomsReceipt{}, err
	}
	if declared.State == Sent {
		if declared, err = d.ask(context.WithoutCancel(ctx), declared); err != nil {
			return connectors.CustomsReceipt{}, reason.Wrap(reason.Unknown, "customs.Declare", err)
		}
	}
	return declared.outcome()
}

// record returns the declaration of a request id, and records it if there is none yet.
func (d *Desk) record(
	ctx context.Context, tx db.Tx, from connectors.Participant, said connectors.CustomsDeclaration, id ids.ID,
	now time.Time,
) (Declaration, error) {
	earlier, err := query(ctx, tx, selectByRequest, from.ID, []string{said.RequestID})
	if err != nil {
		return Declaration{}, err
	}
	if len(earlier) > 0 {
		if earlier[0].Said.CheckedFields != said.CheckedFields {
			return Declaration{}, reason.New(reason.Inconsistent, "customs.Declare", "")
		}
		return earlier[0], nil
	}
	p, err := d.Payments.DeclaredPayment(ctx, tx, from, said.Payment)
	if err != nil {
		return Declaration{}, err
	}
	if said.Payment = (connectors.Reference{}); said.OrderID == "" {
		said.OrderID = p.RequestID
	}
	others, err := OfPayment(ctx, tx, p.ID)
	if err != nil {
		return Declaration{}, err
	}
	wallet, _ := d.Directory().Participant(p.WalletID)
	if err := admit(p, wallet.Participant, said, others); err != nil {
		return Declaration{}, err
	}
	declared := Declaration{
		ID: id, Region: d.Region, PaymentID: p.ID, AcquirerID: p.AcquirerID, WalletID: p.WalletID, Version: 1,
		State: Sent, Said: said, Personal: true, DeclaredAt: now, DueAt: now.Add(begun),
	}
	return declared, insert(ctx, tx, declared)
}

// wallet returns the wallet of a declaration and the way to it.
func (d *Desk) wallet(declared Declaration) (connectors.Participant, connectors.CustomsWallet, error) {
	to, known := d.Directory().Participant(declared.WalletID)
	way := d.Wallets[to.Connector]
	if !known || way == nil {
		return to.Participant, nil, fmt.Errorf("customs: no way to %s", declared.WalletID)
	}
	return to.Participant, way, nil
}

// hand hands a declaration to its wallet.
func (d *Desk) hand(
	ctx context.Context, declared Declaration,
) (connectors.CustomsReceipt, connectors.Answer, error) {
	to, way, err := d.wallet(declared)
	if err != nil {
		return connectors.CustomsReceipt{}, connectors.Answer{}, err
	}
	said := declared.Said
	said.RequestID = declared.ID.String()
	said.Payment = connectors.Reference{RequestID: declared.PaymentID.String()}
	receipt, answer := way.Declare(ctx, to, said)
	return receipt, answer, nil
}

// ask hands a declaration to its wallet and writes its answer down, for which the time of
// the call does not count.
func (d *Desk) ask(ctx context.Context, declared Declaration) (Declaration, error) {
	calling, cancel := context.WithTimeout(ctx, teller.Patience)
	defer cancel()
	receipt, answer, err := d.hand(calling, declared)
	if err != nil {
		return declared, err
	}
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), teller.Patience)
	defer cancel()
	return d.settle(writing, declared.ID, receipt, answer)
}

// settle writes down a wallet's answer and returns the declaration as it is then. An
// answer that leaves everything open changes nothing, and of two answers the first counts.
func (d *Desk) settle(
	ctx context.Context, id ids.ID, receipt connectors.CustomsReceipt, answer connectors.Answer,
) (declared Declaration, err error) {
	now := d.Clock.Now()
	err = d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if declared, err = Find(ctx, tx, id); err != nil || declared.State != Sent {
			return err
		}
		if answer.Decision == connectors.Undecided {
			return nil
		}
		changed, event := declared.answered(receipt, answer, now)
		declared = changed
		return change(ctx, tx, declared, event, now)
	})
	return declared, err
}

// Declarations implements [connectors.Customs]. Of those that a wallet has taken it asks
// the wallet how far they are.
func (d *Desk) Declarations(
	ctx context.Context, from connectors.Participant, requestIDs []string,
) ([]connectors.CustomsRecord, error) {
	if len(requestIDs) == 0 || len(requestIDs) > InquiriesMost {
		return nil, reason.New(reason.InvalidRequest, "customs.Declarations", "1 to 10 ids")
	}
	found, err := query(ctx, d.Pool, selectByRequest, from.ID, requestIDs)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(one Declaration) bool { return one.State == Refused })
	slices.SortFunc(found, func(a, b Declaration) int {
		return slices.Index(requestIDs, a.Said.RequestID) - slices.Index(requestIDs, b.Said.RequestID)
	})
	asking, cancel := context.WithTimeout(ctx, teller.Patience)
	defer cancel()
	records := make([]connectors.CustomsRecord, len(found))
	var group sync.WaitGroup
	for i, declared := range found {
		group.Go(func() { records[i] = d.progress(asking, declared).record() })
	}
	group.Wait()
	return records, nil
}

// progress returns a declaration as its wallet says that it is, and as it was known
// before if that says nothing. Of one whose persons are forgotten nothing is noted down.
func (d *Desk) progress(ctx context.Context, declared Declaration) Declaration {
	to, way, err := d.wallet(declared)
	if err != nil || declared.State != Taken {
		return declared
	}
	progress, answer := way.InquireDeclaration(ctx, to, declared.ID.String())
	if answer.Decision != connectors.Accepted || progress == declared.Progress {
		return declared
	}
	if !declared.Personal {
		declared.Progress = progress
		return declared
	}
	now, present := d.Clock.Now(), declared
	err = d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if present, err = Find(ctx, tx, declared.ID); err != nil || present.Version != declared.Version || !present.Personal {
			return err // somebody else has just asked, or has it forgotten
		}
		present.Version, present.Progress = present.Version+1, progress
		return change(ctx, tx, present, CustomsSaid, now)
	})
	if err != nil {
		return declared
	}
	return present
}

// Run hands on what wallets have not answered until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	teller.Teller[Declaration]{
		Pool: d.Pool, Clock: d.Clock, Logger: d.Logger, What: "customs declaration", Call: d.call, Settle: d.putOff,
		Lease: func(ctx context.Context, tx db.Tx, now, until time.Time) ([]Declaration, error) {
			return query(ctx, tx, leaseSent, d.Region, now, until, teller.Batch)
		},
		Names: func(one Declaration) []slog.Attr {
			return []slog.Attr{slog.String("declaration", one.ID.String()), slog.String("to", one.WalletID)}
		},
	}.Run(ctx)
}

// call hands a declaration on once more.
func (d *Desk) call(ctx context.Context, declared Declaration) error {
	declared, err := d.ask(ctx, declared)
	if err == nil && declared.State == Sent {
		err = reason.New(reason.InProcess, "customs.call", "not answered")
	}
	return err
}

// putOff writes down when a declaration that was not answered is handed on again.
func (d *Desk) putOff(ctx context.Context, tx db.Tx, one Declaration, answered bool, now time.Time) error {
	if answered {
		return nil
	}
	return postpone(ctx, tx, one.ID, now.Add(teller.Wait(d.Waits, one.Attempts)))
}
