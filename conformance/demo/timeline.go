package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/engine"
)

// moment is one line of a payment's story.
type moment struct {
	at   time.Time
	who  string
	what string
}

func told(at time.Time, who, format string, args ...any) moment {
	return moment{at, who, fmt.Sprintf(format, args...)}
}

// tell prints moments in the order of their time.
func (d *demo) tell(from time.Time, story []moment) {
	slices.SortStableFunc(story, func(a, b moment) int { return a.at.Compare(b.at) })
	for _, m := range story {
		d.at(m.at.Sub(from).Milliseconds(), m.who, m.what)
	}
}

// timeline tells a payment's life in the order of events.
func (d *demo) timeline(ctx context.Context, file engine.File) error {
	record := file.Payment
	story := append(opening(record), pricing(record)...)
	decided, err := d.screening(ctx, record)
	if err != nil {
		return err
	}
	story = append(story, decided...)
	entries, err := ledger.EntriesOf(ctx, d.stage.Pool, record.ID)
	if err != nil {
		return err
	}
	for _, e := range entries {
		story = append(story, told(e.BookedAt, "ledger", "%-8s %10s  %s -> %s", e.Kind, e.Amount,
			e.Debit.ID(e.Amount.Currency), e.Credit.ID(e.Amount.Currency)))
	}
	for _, c := range file.History {
		story = append(story, told(c.At, "engine", "%s -> %s [%s]", c.Event, c.State, c.Effects))
	}
	d.tell(record.CreatedAt, story)
	return nil
}

// opening tells who asked and which way the payment goes. The payer of an order
// is known when the order was scanned.
func opening(r engine.Record) []moment {
	known, how := r.CreatedAt, "code issued by"
	if r.Mode == connectors.OrderCode {
		known, how = r.Detail.Payer.QuotedAt, "order scanned with"
	}
	return []moment{
		told(r.CreatedAt, r.AcquirerID, "asks for %s, %s", r.Amount, r.Mode),
		told(known, "route", "%s %s, corridor %s-%s", how, r.WalletID, r.WalletID[:2], r.AcquirerID[:2]),
	}
}

// pricing tells both legs.
func pricing(r engine.Record) []moment {
	payer, merchant := r.Detail.Payer, r.Detail.Merchant
	legs := []moment{told(payer.QuotedAt, "fx", "payer's leg %s = %s at %s (mid %s)", r.Amount, r.PayerAmount,
		payer.Price.Rate, payer.Price.Mid.Decimal())}
	if merchant.QuoteID == ids.Nil {
		return append(legs, told(payer.QuotedAt, "fx", "merchant's leg %s, no conversion", r.MerchantAmount))
	}
	return append(legs, told(merchant.QuotedAt, "fx", "merchant's leg %s = %s at %s", r.Amount, r.MerchantAmount,
		merchant.Price.Rate))
}

// screening tells what was decided about the parties.
func (d *demo) screening(ctx context.Context, record engine.Record) ([]moment, error) {
	decisions, err := compliance.DecisionsOf(ctx, d.stage.Pool, record.ID)
	if err != nil {
		return nil, err
	}
	var story []moment
	for _, decision := range decisions {
		text := fmt.Sprintf("%s on lists %s", decision.Outcome, decision.ListVersion[:8])
		for _, hit := range decision.Findings.Hits {
			text += fmt.Sprintf(", %s matches %s/%s at %d.%02d%%", hit.Role, hit.List, hit.Entry,
				hit.Score/100, hit.Score%100)
		}
		story = append(story, told(decision.DecidedAt, "screening", "%s", text))
	}
	return story, nil
}
