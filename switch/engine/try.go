package engine

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/compliance/rules"
)

// TryRules applies two sets of rules to payments of the past, the newest first: at
// most so many, and none from before a time. It says what would have been otherwise.
func (e *Engine) TryRules(
	ctx context.Context, old, candidate *rules.Set, since time.Time, most int,
) (rules.Report, error) {
	comparison := rules.Comparison{Old: old, New: candidate}
	filter := Filter{Before: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
	for most > 0 {
		filter.Limit = min(most, PageMax)
		page, err := List(ctx, e.Pool, filter)
		if err != nil {
			return rules.Report{}, err
		}
		for _, record := range page {
			if record.CreatedAt.Before(since) {
				return comparison.Report(), ctx.Err()
			}
			most--
			if record.PayerAmount.Currency == "" {
				continue // nobody has paid it, so nobody has decided about it
			}
			comparison.Add(ctx, rules.Case{ID: record.ID.String(), Facts: e.factsOf(record)})
		}
		if len(page) < filter.Limit {
			break
		}
		last := page[len(page)-1]
		filter.Before, filter.BeforeID = last.CreatedAt, last.ID
	}
	return comparison.Report(), ctx.Err()
}

// factsOf is what rules knew of a payment when it was made.
func (e *Engine) factsOf(record Record) rules.Facts {
	wallet, _ := e.Directory().Participant(record.WalletID)
	acquirer, _ := e.Directory().Participant(record.AcquirerID)
	facts := e.presented(record, parties{wallet: wallet, acquirer: acquirer}).Facts()
	facts.At = record.CreatedAt
	return facts
}
