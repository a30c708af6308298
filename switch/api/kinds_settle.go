package api

import (
	"context"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/route"
)

// Settler is what the API asks of the engine about settlement, always in the
// transaction of an approval.
type Settler interface {
	// ConfirmSettlement takes a settlement bank's message.
	ConfirmSettlement(ctx context.Context, tx db.Tx, message []byte) ([]instruct.Taken, error)
	// RetryObligation, MoveObligation and CoverObligation decide about an
	// obligation that a bank did not discharge.
	RetryObligation(ctx context.Context, tx db.Tx, d instruct.Decision) error
	MoveObligation(ctx context.Context, tx db.Tx, d instruct.Decision) error
	CoverObligation(ctx context.Context, tx db.Tx, d instruct.Decision) error
	// AbortWindow unwinds a window.
	AbortWindow(ctx context.Context, tx db.Tx, windowID ids.ID, d instruct.Decision) error
	// Adjust books what is owed for another reason than a payment.
	Adjust(ctx context.Context, tx db.Tx, a instruct.Adjustment) error
}

// settlementKinds returns the changes by which windows are settled.
func settlementKinds(s Settler, directory func() *route.Directory) []Kind {
	return []Kind{
		settlementConfirm(s),
		obligationKind(wire.KindObligationRetry, "instruct again what is left of", s.RetryObligation,
			func(o instruct.Obligation) error { return second(o.Retry()) }),
		obligationKind(wire.KindObligationMove, "move to the open window what is left of", s.MoveObligation,
			func(instruct.Obligation) error { return nil }),
		obligationKind(wire.KindObligationCover, "book as lost, for others to bear, what is left of", s.CoverObligation,
			func(o instruct.Obligation) error { return second(o.Cover(o.CreatedAt)) }),
		windowAbort(s), adjustmentPost(s), feeScheduleSet(directory),
	}
}

func settlementConfirm(s Settler) Kind {
	return Definition[wire.ConfirmChange]{
		Name: wire.KindSettlementConfirm, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.ConfirmChange) error {
			words, err := instruct.ReadWords(change.Message)
			switch {
			case err != nil:
				return refused(reason.InvalidRequest, err.Error())
			case len(words) == 0:
				return refused(reason.InvalidRequest, "the message says nothing final")
			default:
				return nil
			}
		},
		Describe: func(change wire.ConfirmChange) string {
			words, err := instruct.ReadWords(change.Message)
			if err != nil {
				return "take a message that cannot be read"
			}
			return "take a settlement bank's message: " + summary(words)
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.ConfirmChange) error {
			_, err := s.ConfirmSettlement(ctx, tx, change.Message)
			return err
		},
	}.Kind()
}

// summary is a bank's words in one line.
func summary(words []instruct.Word) string {
	first := words[0]
	text := fmt.Sprintf("%s %s %s %s", first.Kind, first.Direction, first.Amount, first.Reference)
	if first.Kind != instruct.Confirmed {
		text = fmt.Sprintf("%s %s %s", first.Kind, first.Reference, first.Reason)
	}
	if len(words) > 1 {
		text += fmt.Sprintf(" and %d more", len(words)-1)
	}
	return text
}

// whyMax bounds what is said about a decision.
const whyMax = 200

func checkWhy(why string) error {
	if !printable(why) || len(why) > whyMax {
		return refused(reason.InvalidRequest, fmt.Sprintf("why is 1 to %d characters that can be read", whyMax))
	}
	return nil
}

func second(_ instruct.Obligation, err error) error { return err }

// obligationKind is a decision about an obligation that is not final, and that fits its state when
// it is proposed.
func obligationKind(
	name, does string, apply func(ctx context.Context, tx db.Tx, d instruct.Decision) error,
	fits func(instruct.Obligation) error,
) Kind {
	return Definition[wire.ObligationChange]{
		Name: name, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.ObligationChange) error { return checkWhy(change.Why) },
		Verify: func(ctx context.Context, reader db.Reader, change wire.ObligationChange) error {
			o, found, err := instruct.Find(ctx, reader, change.ObligationID)
			switch {
			case err != nil:
				return err
			case !found || o.ID != change.ObligationID:
				return refused(reason.Missing, "")
			case o.State.Final():
				return refused(reason.Closed, "the obligation is "+string(o.State))
			}
			if err := fits(o); err != nil {
				return refused(reason.Inconsistent, err.Error())
			}
			return nil
		},
		Describe: func(change wire.ObligationChange) string {
			return fmt.Sprintf("%s obligation %s: %s", does, change.ObligationID, change.Why)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.ObligationChange) error {
			return apply(ctx, tx, decision(approval, change.ObligationID, change.Why))
		},
	}.Kind()
}

func decision(approval Approval, obligation ids.ID, why string) instruct.Decision {
	return instruct.Decision{ObligationID: obligation, ID: approval.ProposalID, Reason: why, At: approval.At}
}

func windowAbort(s Settler) Kind {
	return Definition[wire.WindowAbort]{
		Name: wire.KindWindowAbort, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.WindowAbort) error { return checkWhy(change.Why) },
		Verify: func(ctx context.Context, reader db.Reader, change wire.WindowAbort) error {
			w, err := window.Get(ctx, reader, change.WindowID)
			switch {
			case db.NoRows(err):
				return refused(reason.Missing, "")
			case err != nil:
				return err
			case w.State != window.Closed && w.State != window.Settling:
				return refused(reason.Closed, "the window is "+string(w.State))
			default:
				return nil
			}
		},
		Describe: func(change wire.WindowAbort) string {
			return fmt.Sprintf("abort window %s, what is left of it is owed in the open one: %s", change.WindowID, change.Why)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.WindowAbort) error {
			return s.AbortWindow(ctx, tx, change.WindowID, decision(approval, ids.Nil, change.Why))
		},
	}.Kind()
}

func adjustmentPost(s Settler) Kind {
	return Definition[wire.AdjustmentChange]{
		Name: wire.KindAdjustmentPost, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.AdjustmentChange) error {
			amount, err := change.Amount.Money()
			switch {
			case err != nil || !amount.IsPositive():
				return refused(reason.InvalidRequest, "amount is whole minor units above zero")
			case change.DebitID == change.CreditID:
				return refused(reason.InvalidRequest, "the one who pays and the one who is paid are the same")
			case change.Link == ids.Nil:
				return refused(reason.InvalidRequest, "link names the payment or obligation that is corrected")
			}
			change.Amount = wire.AmountOf(amount)
			return checkWhy(change.Why)
		},
		Verify: adjustable,
		Describe: func(change wire.AdjustmentChange) string {
			return fmt.Sprintf("%s owes %s %s %s in the open window, for %s: %s", change.DebitID, change.CreditID,
				change.Amount.Decimal, change.Amount.Currency, change.Link, change.Why)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.AdjustmentChange) error {
			amount, err := change.Amount.Money()
			if err != nil {
				return err
			}
			return s.Adjust(ctx, tx, instruct.Adjustment{
				ID: approval.ProposalID, Debit: change.DebitID, Credit: change.CreditID, Amount: amount, Link: change.Link,
				At: approval.At,
			})
		},
	}.Kind()
}

// lineOf is a line as package fees knows it.
func lineOf(l wire.FeeLine) fees.Line {
	return fees.Line{
		Kind: fees.Kind(l.Kind), ParticipantID: l.ParticipantID, Corridor: l.Corridor, Product: l.Product,
		Currency: money.Currency(l.Currency), EffectiveAt: l.EffectiveAt, Paid: l.Paid, Points: l.Points, Fixed: l.FixedMinor,
		Least: l.LeastMinor, Most: l.MostMinor,
	}
}

func feeScheduleSet(directory func() *route.Directory) Kind {
	return Definition[wire.FeeLine]{
		Name: wire.KindFeeScheduleSet, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.FeeLine) error {
			change.EffectiveAt = change.EffectiveAt.UTC().Truncate(time.Microsecond)
			if err := lineOf(*change).Check(); err != nil {
				return refused(reason.InvalidRequest, err.Error())
			}
			return nil
		},
		Verify: func(_ context.Context, _ db.Reader, change wire.FeeLine) error {
			return applicable(directory(), change.ParticipantID, change.Corridor, change.Product)
		},
		Describe: func(change wire.FeeLine) string {
			verb := "charge"
			if change.Paid {
				verb = "pay"
			}
			return fmt.Sprintf("from %s on %s %q %s on %q %q: %d basis points and %d a payment, %d to %d, in minor units of %s",
				change.EffectiveAt.Format(time.RFC3339), verb, change.ParticipantID, change.Kind, change.Corridor, change.Product,
				change.Points, change.FixedMinor, change.LeastMinor, change.MostMinor, change.Currency)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.FeeLine) error {
			if change.EffectiveAt.Before(approval.At) {
				return refused(reason.Closed, "it would be effective in the past")
			}
			added, err := fees.Save(ctx, tx, lineOf(change))
			if err == nil && !added {
				return refused(reason.Inconsistent, "there is a line for this moment, which is never changed")
			}
			return err
		},
	}.Kind()
}
