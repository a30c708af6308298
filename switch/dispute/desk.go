package dispute

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/route"
)

// Payments knows the payments that are disputed.
type Payments interface {
	// DisputedPayment finds a payment of a wallet. Another's is NotFound.
	DisputedPayment(ctx context.Context, reader db.Reader, wallet connectors.Participant,
		payment connectors.Reference) (Payment, error)
	// PaymentOf finds the payment of a dispute.
	PaymentOf(ctx context.Context, reader db.Reader, id ids.ID) (Payment, error)
}

// Desk takes disputes and answers in, tells those concerned and watches the days. It
// implements [connectors.Disputes].
type Desk struct {
	Pool      *db.Pool
	Clock     clock.Clock
	Logger    *slog.Logger
	Region    string
	Directory func() *route.Directory
	Payments  Payments
	// Wallets and Acquirers are the ways out by connector name.
	Wallets   map[string]connectors.DisputeWallet
	Acquirers map[string]connectors.DisputeAcquirer
	// Terms are without zeros.
	Terms Terms
	// Notices are the waits between tries to tell somebody; the last one repeats until
	// the receipt is confirmed.
	Notices []time.Duration
}

var _ connectors.Disputes = (*Desk)(nil)

// Longest texts, in characters: the payer's reason and the acquirer's evidence.
const (
	WhyMost      = 256
	EvidenceMost = 20_000
)

// OpenDispute implements [connectors.Disputes].
func (d *Desk) OpenDispute(ctx context.Context, from connectors.Participant, order connectors.DisputeOrder) error {
	const op = "dispute.Open"
	if order.RequestID == "" || len(order.RequestID) > 64 {
		return reason.New(reason.InvalidRequest, op, "request id")
	}
	id, now := ids.New(), d.Clock.Now()
	return d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		earlier, err := query(ctx, tx, selectByRequest, from.ID, order.RequestID)
		if err != nil {
			return err
		}
		if len(earlier) > 0 {
			return same(earlier[0].Checked, order.CheckedFields)
		}
		p, err := d.Payments.DisputedPayment(ctx, tx, from, order.Payment)
		if err != nil {
			return err
		}
		others, err := OfPayment(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if err := d.Terms.Admit(p, others, order.Stage, order.Amount, now); err != nil {
			return err
		}
		if err := replace(ctx, tx, others, order.Stage, now); err != nil {
			return err
		}
		return insert(ctx, tx, Dispute{
			ID: id, Region: d.Region, PaymentID: p.ID, AcquirerID: p.AcquirerID, WalletID: from.ID,
			RequestID: order.RequestID, Checked: order.CheckedFields, Stage: order.Stage, State: Waiting, Version: 1,
			Amount: order.Amount, Refund: money.New(0, order.Amount.Currency), Why: order.Why, OccurredAt: order.OccurredAt,
			OpenedAt: now, DueAt: now.Add(d.Terms.answer(order.Stage)), Notice: NoticeAcquirer, NoticeAt: now,
		})
	})
}

// same refuses a repeated request with other fields.
func same(earlier, now [32]byte) error {
	if earlier != now {
		return reason.New(reason.Inconsistent, "dispute.same", "")
	}
	return nil
}

// replace ends a contested escalation in whose place another one is opened.
func replace(ctx context.Context, tx db.Tx, others []Dispute, stage connectors.DisputeStage, at time.Time) error {
	for _, other := range others {
		if stage != connectors.Escalation || other.Stage != stage || other.State != Contested {
			continue
		}
		if err := other.advance(EscalatedAgain, other.Refund, at); err != nil {
			return err
		}
		if err := change(ctx, tx, other, EscalatedAgain, at); err != nil {
			return err
		}
	}
	return nil
}

// RespondToDispute implements [connectors.Disputes].
func (d *Desk) RespondToDispute(
	ctx context.Context, from connectors.Participant, response connectors.DisputeResponse,
) error {
	const op = "dispute.Respond"
	missing := reason.New(reason.NotFound, op, "")
	id, err := ids.Parse(response.RequestID)
	if err != nil {
		return missing
	}
	now := d.Clock.Now()
	return d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		disputed, err := Find(ctx, tx, id)
		switch {
		case reason.Of(err) == reason.Missing, err == nil && disputed.AcquirerID != from.ID,
			err == nil && disputed.Stage != response.Stage:
			return missing
		case err != nil:
			return err
		case disputed.Response != [32]byte{}:
			return same(disputed.Response, response.CheckedFields)
		}
		return d.answer(ctx, tx, disputed, response, now)
	})
}

func (d *Desk) answer(
	ctx context.Context, tx db.Tx, disputed Dispute, response connectors.DisputeResponse, now time.Time,
) error {
	const op = "dispute.Respond"
	refund := response.Refund
	if response.Whole {
		refund = disputed.Amount
	}
	switch {
	case refund.Minor != 0 && refund.Currency != disputed.Amount.Currency:
		return reason.New(reason.UnsupportedCurrency, op, "")
	case refund.Minor < 0 || refund.Minor > disputed.Amount.Minor:
		return reason.New(reason.RefundExceeds, op, "")
	}
	event := Contests
	if refund.Minor > 0 {
		event = GivesBack
		if err := d.affordable(ctx, tx, disputed, refund); err != nil {
			return err
		}
	}
	if err := disputed.advance(event, refund, now); err != nil {
		return err
	}
	disputed.Evidence, disputed.Response = response.Evidence, response.CheckedFields
	return change(ctx, tx, disputed, event, now)
}

// affordable refuses to give back more than is left of the payment: it may have been
// refunded since the dispute was opened, or another dispute may still give it back.
func (d *Desk) affordable(ctx context.Context, tx db.Tx, disputed Dispute, refund money.Amount) error {
	p, err := d.Payments.PaymentOf(ctx, tx, disputed.PaymentID)
	if err != nil {
		return err
	}
	others, err := OfPayment(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	others = slices.DeleteFunc(others, func(d Dispute) bool { return d.ID == disputed.ID })
	if refund.Minor > p.Amount.Minor-p.Returned.Minor-Held(others) {
		return reason.New(reason.RefundExceeds, "dispute.Respond", "")
	}
	return nil
}

// Ruling is what two people decide about a dispute.
type Ruling struct {
	DisputeID ids.ID
	// ForPayer gives Refund back; otherwise nothing goes back.
	ForPayer bool
	Refund   money.Amount
	At       time.Time
}

// Rule carries out a ruling and returns the dispute as it is then. What goes back must
// be booked in the same transaction.
func Rule(ctx context.Context, tx db.Tx, ruling Ruling) (Dispute, error) {
	const op = "dispute.Rule"
	d, err := Find(ctx, tx, ruling.DisputeID)
	if err != nil {
		return Dispute{}, err
	}
	event, refund := ForMerchant, money.New(0, d.Amount.Currency)
	if ruling.ForPayer {
		event, refund = ForPayer, ruling.Refund
		switch {
		case refund.Currency != d.Amount.Currency || !refund.IsPositive() || refund.Minor > d.Amount.Minor:
			return Dispute{}, reason.New(reason.InvalidRequest, op, "more goes back than is disputed, or nothing")
		case d.State == Accepted && refund != d.Refund:
			return Dispute{}, reason.New(reason.Inconsistent, op, "the acquirer gives back "+d.Refund.String())
		}
	}
	if err := d.advance(event, refund, ruling.At); err != nil {
		return Dispute{}, reason.New(reason.ProposalClosed, op, "the dispute is "+string(d.State))
	}
	return d, change(ctx, tx, d, event, ruling.At)
}

// noticeOf is what one side is told about a dispute.
func noticeOf(d Dispute, p Payment) connectors.DisputeNotice {
	notice := connectors.DisputeNotice{
		RequestID: d.ID.String(), Stage: d.Stage, PaymentRequestID: p.RequestID, Amount: d.Amount, Why: d.Why,
		OccurredAt: d.OccurredAt, AnswerBy: d.DueAt,
	}
	if d.Notice == NoticeWallet {
		notice.RequestID, notice.PaymentRequestID = d.RequestID, d.PaymentID.String()
		notice.Refund, notice.Evidence = d.Refund, d.Evidence
	}
	return notice
}

// call tells one side how a dispute stands.
func (d *Desk) call(ctx context.Context, disputed Dispute) error {
	p, err := d.Payments.PaymentOf(ctx, d.Pool, disputed.PaymentID)
	if err != nil {
		return err
	}
	to, known := d.Directory().Participant(disputed.AcquirerID)
	if disputed.Notice == NoticeWallet {
		to, known = d.Directory().Participant(disputed.WalletID)
	}
	wallet, acquirer := d.Wallets[to.Connector], d.Acquirers[to.Connector]
	var answer connectors.Answer
	switch notice := noticeOf(disputed, p); {
	case !known:
		return fmt.Errorf("dispute: the %s has left", disputed.Notice)
	case disputed.Notice == NoticeWallet && wallet != nil:
		answer = wallet.NotifyDisputeResponse(ctx, to.Participant, notice)
	case disputed.Notice == NoticeAcquirer && acquirer != nil:
		answer = acquirer.NotifyDispute(ctx, to.Participant, notice)
	default:
		return fmt.Errorf("dispute: no way to %s", to.ID)
	}
	if answer.Decision != connectors.Accepted {
		return reason.New(reason.Unknown, "dispute.call", "not confirmed: "+answer.Reason.String())
	}
	return nil
}
