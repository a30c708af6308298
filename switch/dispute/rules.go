package dispute

import (
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Terms are the numbers of the scheme. Zero values are replaced by the documented
// defaults, where there are any.
type Terms struct {
	// Retrievals and Escalations are how many there may be of one payment (5, 2).
	Retrievals, Escalations int
	// Window is how long after a payment it may be disputed (360 days).
	Window time.Duration
	// SecondWindow is how long after the answer to the first escalation there may be a
	// second one (25 days).
	SecondWindow time.Duration
	// AnswerRetrieval and AnswerEscalation are how long an acquirer has, from when it has
	// confirmed that it was told (10 and 20 days; the documents name none).
	AnswerRetrieval, AnswerEscalation time.Duration
}

const day = 24 * time.Hour

// WithDefaults returns the terms without zeros.
func (t Terms) WithDefaults() Terms {
	count := func(n *int, value int) {
		if *n == 0 {
			*n = value
		}
	}
	period := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	count(&t.Retrievals, 5)
	count(&t.Escalations, 2)
	period(&t.Window, 360*day)
	period(&t.SecondWindow, 25*day)
	period(&t.AnswerRetrieval, 10*day)
	period(&t.AnswerEscalation, 20*day)
	return t
}

// answer returns how long an acquirer has to answer.
func (t Terms) answer(stage connectors.DisputeStage) time.Duration {
	if stage == connectors.Escalation {
		return t.AnswerEscalation
	}
	return t.AnswerRetrieval
}

// Admit returns why a dispute may not be opened about a payment with earlier disputes
// at a time: CurrencyNotSupport, RefundExceeds, CountLimit, RefundTooLate, or Failed
// where another one must end first.
func (t Terms) Admit(
	p Payment, earlier []Dispute, stage connectors.DisputeStage, amount money.Amount, at time.Time,
) error {
	const op = "dispute.Admit"
	same, last := ofStage(earlier, stage)
	most := t.Retrievals
	if stage == connectors.Escalation {
		most = t.Escalations
	}
	switch {
	case !p.Completed:
		return reason.New(reason.InProcess, op, "the payment is not completed")
	case amount.Currency != p.Amount.Currency:
		return reason.New(reason.UnsupportedCurrency, op, "not the payment's currency")
	case !amount.IsPositive():
		return reason.New(reason.InvalidRequest, op, "amount")
	case same >= most:
		return reason.New(reason.CountLimit, op, "")
	case same > 0 && !answered(last):
		return reason.New(reason.Failed, op, "an earlier one is open")
	case at.After(p.CompletedAt.Add(t.Window)):
		return reason.New(reason.RefundTooLate, op, "")
	case stage == connectors.Escalation && same > 0 && at.After(last.AnsweredAt.Add(t.SecondWindow)):
		return reason.New(reason.RefundTooLate, op, "")
	case amount.Minor > p.Amount.Minor-p.Returned.Minor-Given(earlier):
		return reason.New(reason.RefundExceeds, op, "")
	default:
		return nil
	}
}

// ofStage counts the disputes of a stage and returns the last of them.
func ofStage(all []Dispute, stage connectors.DisputeStage) (count int, last Dispute) {
	for _, d := range all {
		if d.Stage != stage {
			continue
		}
		if count++; d.OpenedAt.After(last.OpenedAt) || count == 1 {
			last = d
		}
	}
	return count, last
}

// answered reports whether the next dispute may follow: the acquirer had its say, and
// what it gives back is booked. A contested escalation that nobody has decided may be
// escalated again, which ends it.
func answered(d Dispute) bool { return d.State != Waiting && d.State != Accepted }

// Given returns how many minor units of a payment its disputes have given back or are
// about to.
func Given(disputes []Dispute) (minor int64) {
	for _, d := range disputes {
		if d.State == Settled || d.State == Accepted {
			minor += d.Refund.Minor
		}
	}
	return minor
}

// Held returns how many minor units no refund may give back: what disputes have given,
// and what escalations still may.
func Held(disputes []Dispute) int64 {
	minor := Given(disputes)
	for _, d := range disputes {
		if d.Stage == connectors.Escalation && (d.State == Waiting || d.State == Contested) {
			minor += d.Amount.Minor
		}
	}
	return minor
}
