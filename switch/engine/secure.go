package engine

import (
	"context"
	"errors"
	"time"

	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/route"
)

// hold is a payment whose money is to be reserved.
type hold struct {
	record *Record
	agreed terms
	// order says what the payment is made with; nil if nothing is used up by it.
	order *connectors.Order
	at    time.Time
	// refused is why nothing was reserved.
	refused reason.Kind
}

// refuse notes a refusal. Any other error is returned: it is a failure.
func (h *hold) refuse(err error) error {
	kind := reason.Of(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, position.ErrCapExceeded):
		kind = reason.CapExceeded
	case kind == reason.None || !kind.Final():
		return err
	}
	h.refused = kind
	return nil
}

// open are the holds that were not refused.
func open(holds []*hold) []*hold {
	var rest []*hold
	for _, h := range holds {
		if h.refused == reason.None {
			rest = append(rest, h)
		}
	}
	return rest
}

// secure uses up what payments are made with and the quotes, counts the payments
// against their limits and reserves the wallets' money, in the order of the payments. A
// code that was used meanwhile, an agreement that was ended, a firm quote that is not
// good any more, or a limit or cap that does not suffice is a refusal and not a failure.
func (e *Engine) secure(ctx context.Context, tx db.Tx, holds []*hold) error {
	for _, step := range []func(ctx context.Context, tx db.Tx, holds []*hold) error{
		spendCodes, redeem, judge, takeLimits, reserve, useQuotes,
	} {
		if len(holds) == 0 {
			return nil
		}
		if err := step(ctx, tx, holds); err != nil {
			return err
		}
		holds = open(holds)
	}
	return nil
}

// spendCodes uses up the codes of payments that are made with one of ours; a network
// takes its own once.
func spendCodes(ctx context.Context, tx db.Tx, holds []*hold) error {
	var with []*hold
	for _, h := range holds {
		if h.order != nil && h.record.Mode != connectors.AutoDebit && !h.agreed.codeless {
			with = append(with, h)
		}
	}
	refused, err := route.UseCodes(ctx, tx, db.Column(with, func(h *hold) route.Spending {
		return route.Spending{
			Code: h.order.Transfer.DebtorAccount.ProxyID, Payment: h.record.ID, At: h.record.CreatedAt,
		}
	}))
	return refuse(with, refused, err)
}

// refuse gives each hold its refusal.
func refuse(holds []*hold, refused []error, err error) error {
	if err != nil {
		return err
	}
	for i, h := range holds {
		if err := h.refuse(refused[i]); err != nil {
			return err
		}
	}
	return nil
}

// redeem looks whether tokens are still good now that the money is reserved.
func redeem(ctx context.Context, tx db.Tx, holds []*hold) error {
	for _, h := range holds {
		if h.order == nil || h.record.Mode != connectors.AutoDebit {
			continue
		}
		_, err := agreement.Redeem(ctx, tx, h.record.AcquirerID, h.order.Grant, h.record.CreatedAt)
		if err := h.refuse(err); err != nil {
			return err
		}
	}
	return nil
}

// judge looks at firm quotes again, as the database has them now.
func judge(ctx context.Context, tx db.Tx, holds []*hold) error {
	for _, h := range holds {
		if h.agreed.claim == nil {
			continue
		}
		firm, err := fx.FindFirm(ctx, tx, h.agreed.claim.QuoteID)
		if err == nil {
			err = firm.Judge(*h.agreed.claim, h.at)
		}
		if err := h.refuse(err); err != nil {
			return err
		}
	}
	return nil
}

// takeLimits counts payments against their limits. A limit that others have used up
// meanwhile is a refusal.
func takeLimits(ctx context.Context, tx db.Tx, holds []*hold) error {
	refused, err := limits.Take(ctx, tx, db.Column(holds, func(h *hold) limits.Taking {
		return limits.Taking{
			PaymentID: h.record.ID, Region: h.record.Region, At: h.agreed.decision.DecidedAt, Uses: h.agreed.decision.Uses,
		}
	}))
	return refuse(holds, refused, err)
}

// reserve holds the money. Whose cap does not suffice counts against no limit.
func reserve(ctx context.Context, tx db.Tx, holds []*hold) error {
	refused, err := position.ReserveAll(ctx, tx, db.Column(holds, func(h *hold) position.Reservation {
		return position.Reservation{
			ID: h.record.ID, Region: h.record.Region, PaymentID: h.record.ID, ParticipantID: h.record.WalletID,
			Amount: h.record.PayerAmount, At: h.at,
		}
	}))
	if err := refuse(holds, refused, err); err != nil {
		return err
	}
	var without []ids.ID
	for _, h := range holds {
		if h.refused != reason.None {
			without = append(without, h.record.ID)
		}
	}
	if len(without) == 0 {
		return nil
	}
	return limits.Release(ctx, tx, without)
}

// useQuotes stores the quotes of the payments' legs as used, and uses up the firm ones.
func useQuotes(ctx context.Context, tx db.Tx, holds []*hold) error {
	var quotes []fx.Quote
	for _, h := range holds {
		if h.agreed.claim != nil {
			if err := fx.UseFirm(ctx, tx, *h.agreed.claim, h.record.ID, h.at); err != nil {
				return err
			}
		}
		quotes = append(quotes, used(h.agreed.quotes, h.at)...)
	}
	return fx.UseQuotes(ctx, tx, quotes)
}

// used are quotes that are used at a time.
func used(quotes []fx.Quote, at time.Time) []fx.Quote {
	for i := range quotes {
		quotes[i].UsedAt = at
	}
	return quotes
}
