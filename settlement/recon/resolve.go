package recon

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/window"
)

// Resolution ends a break.
type Resolution struct {
	BreakID ids.ID
	// ID is that of what two people agreed on, or new where one decides.
	ID ids.ID
	// Region is whose open window a correction is booked into.
	Region string
	// By is who decided, Why is for the record.
	By, Why string
	At      time.Time
}

// ErrAccount means that a difference cannot be booked on its account: what it is part of,
// such as a cap, would not follow.
var ErrAccount = errors.New("recon: only HUB.NOSTRO and positions are corrected by an entry; " +
	"prefunding moves by prefunding.receive and prefunding.return")

// Correctable reports whether [Correct] can book differences of an account: what the hub
// has with banks, or what it owes a participant, whose transaction files are about the
// same.
func Correctable(account string) bool {
	owner, purpose := partsOf(account)
	if owner == ledger.Hub {
		return purpose == string(ledger.Nostro)
	}
	return purpose == string(ledger.Position) || purpose == transactions
}

// partsOf are the owner and the purpose of an account.
func partsOf(account string) (owner, purpose string) {
	owner, rest, _ := strings.Cut(account, ".")
	purpose, _, _ = strings.Cut(rest, ".")
	return owner, purpose
}

// Explain resolves a break without a correction: the difference is explained, and
// no money moves in our books.
func Explain(ctx context.Context, tx db.Tx, r Resolution) error {
	if err := change(ctx, tx, setResolved, r.BreakID, r.At, r.By, r.Why); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, setLinesResolved, r.BreakID); err != nil {
		return fmt.Errorf("recon: resolve: %w", err)
	}
	return nil
}

// Correct resolves a break by an entry that makes our books say what theirs do:
// the difference, between the account and the hub's account of adjustments. It
// moves money, so two people decide.
func Correct(ctx context.Context, tx db.Tx, r Resolution) error {
	list, err := queryCases(ctx, tx, selectCase, r.BreakID)
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return ErrNoBreak
	}
	if !Correctable(list[0].AccountID) {
		return ErrAccount
	}
	difference := list[0].Difference()
	if difference.IsZero() {
		return ErrNothing
	}
	if err := Explain(ctx, tx, r); err != nil {
		return err
	}
	if err := post(ctx, tx, list[0].AccountID, difference, r); err != nil {
		return err
	}
	// The entry is a line of ours that belongs to the break, not a new one to be
	// matched.
	line := Line{
		ID: lineID(list[0].AccountID, ids.Derive(r.ID, "entry", 1)), Side: Ours, Amount: difference, ValueDate: Day(r.At),
		Text: string(ledger.KindAdjustment), BookedAt: r.At,
	}
	if err := insert(ctx, tx, list[0].AccountID, []Line{line}); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, setBelongs, "RESOLVED", []ids.ID{line.ID}, []ids.ID{r.BreakID}); err != nil {
		return fmt.Errorf("recon: resolve: %w", err)
	}
	return nil
}

// post books a difference: an adjustment of a participant's position, which counts
// in the open window, or of what the hub has with banks, which is in no window's
// figures.
func post(ctx context.Context, tx db.Tx, account string, difference money.Amount, r Resolution) error {
	owner, _ := partsOf(account)
	amount := money.New(max(difference.Minor, -difference.Minor), difference.Currency)
	if owner != ledger.Hub {
		a := instruct.Adjustment{
			ID: r.ID, Region: r.Region, Debit: ledger.Hub, Credit: owner, Amount: amount, Link: r.BreakID, At: r.At,
		}
		if difference.Minor < 0 {
			a.Debit, a.Credit = a.Credit, a.Debit
		}
		return instruct.Adjust(ctx, tx, a)
	}
	windowID, err := window.Current(ctx, tx, r.Region)
	if err != nil {
		return err
	}
	nostro, adjustment := ledger.HubAccount(ledger.Nostro), ledger.HubAccount(ledger.Adjustment)
	accounts := []string{nostro.ID(amount.Currency), adjustment.ID(amount.Currency)}
	if err := ledger.OpenAccounts(ctx, tx, accounts); err != nil {
		return err
	}
	entry := ledger.Entry{
		ID: ids.Derive(r.ID, "entry", 1), Region: r.Region, PaymentID: r.BreakID, SubjectID: r.ID, Sequence: 1,
		Kind: ledger.KindAdjustment, Debit: nostro, Credit: adjustment, Amount: amount, WindowID: windowID, BookedAt: r.At,
		EffectiveAt: r.At,
	}
	if difference.Minor < 0 {
		entry.Debit, entry.Credit = adjustment, nostro
	}
	return ledger.Post(ctx, tx, []ledger.Entry{entry})
}
