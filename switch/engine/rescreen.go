package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/switch/merchant"
	"github.com/causeway-pay/causeway/switch/payment"
)

// entryKey names an entry of a list.
type entryKey struct{ list, entry string }

// Rescreen looks again at the payments of the region that are open, after lists or
// policy have changed. What is found now and was not before goes on record: the case
// of a payment that waits for people becomes another version, so that nobody
// releases it on what was known before. A payment that the wallet was asked about
// cannot be taken back; it is told in the log, for people.
func (e *Engine) Rescreen(ctx context.Context) error {
	for _, state := range []payment.State{payment.UnderReview, payment.Reserved, payment.Unresolved, payment.Pushing} {
		filter := Filter{State: state, Before: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), Limit: PageMax}
		for {
			page, err := List(ctx, e.Pool, filter)
			if err != nil {
				return err
			}
			for _, record := range page {
				if err := e.rescreen(ctx, record); err != nil {
					return err
				}
			}
			if len(page) < PageMax {
				break
			}
			last := page[len(page)-1]
			filter.Before, filter.BeforeID = last.CreatedAt, last.ID
		}
	}
	return nil
}

func (e *Engine) rescreen(ctx context.Context, record Record) error {
	wallet, _ := e.Directory().Participant(record.WalletID)
	acquirer, _ := e.Directory().Participant(record.AcquirerID)
	decision, err := e.Officer.Decide(ctx, e.presented(record, parties{wallet: wallet, acquirer: acquirer}))
	if err != nil || decision.Outcome == compliance.Pass || record.Region != e.options.Region {
		return err
	}
	fresh := false
	err = e.commit(ctx, "engine.Rescreen", func(ctx context.Context, tx db.Tx) error {
		fresh = false
		before, err := compliance.DecisionsOf(ctx, tx, record.ID)
		if err != nil || !adds(decision, before) {
			return err
		}
		current, err := findRecord(ctx, tx, selectPayment, record.ID)
		if err != nil || current.State.Final() {
			return err
		}
		fresh = true
		if err := compliance.InsertDecisions(ctx, tx, []compliance.Decision{decision}); err != nil {
			return err
		}
		if current.State != payment.UnderReview {
			return nil
		}
		return review.Amend(ctx, tx, record.ID, decision.ID, decision.DecidedAt)
	})
	if fresh && err == nil {
		e.Logger.LogAttrs(ctx, slog.LevelError, "an open payment is not what it was when it was let through",
			slog.String("payment", record.ID.String()), slog.String("state", string(record.State)),
			slog.String("outcome", string(decision.Outcome)), slog.String("lists", decision.ListVersion))
	}
	return err
}

// adds reports whether a decision has a hit that none of the earlier ones has, or is
// stricter without any.
func adds(decision compliance.Decision, before []compliance.Decision) bool {
	known, outcomes := map[entryKey]bool{}, map[compliance.Outcome]bool{}
	for _, d := range before {
		outcomes[d.Outcome] = true
		for _, hit := range d.Findings.Hits {
			known[entryKey{hit.List, hit.Entry}] = true
		}
	}
	for _, hit := range decision.Findings.Hits {
		if !known[entryKey{hit.List, hit.Entry}] {
			return true
		}
	}
	return len(decision.Findings.Hits) == 0 && !outcomes[decision.Outcome]
}

// Listed is a participant, or a registered merchant of one, that is like a listed entry.
type Listed struct {
	ParticipantID string
	// MerchantID and StoreID are the acquirer's; empty for the participant itself.
	MerchantID, StoreID string
	List, Entry         string
	Score               int
}

// compare compares names with the lists.
func (e *Engine) compare(ctx context.Context, role string, names []string) (compliance.Decision, error) {
	var parties []watchlist.Party
	for _, name := range names {
		parties = append(parties, watchlist.Party{Role: role, Name: name})
	}
	return e.Officer.Decide(ctx, compliance.Payment{Parties: parties})
}

// listed returns who with every entry that one of the names is like.
func (e *Engine) listed(ctx context.Context, who Listed, role string, names []string) (found []Listed, err error) {
	decision, err := e.compare(ctx, role, names)
	for _, hit := range decision.Findings.Hits {
		who.List, who.Entry, who.Score = hit.List, hit.Entry, hit.Score
		found = append(found, who)
	}
	return found, err
}

// ListedParticipants compares the names of all participants with the lists.
func (e *Engine) ListedParticipants(ctx context.Context) ([]Listed, error) {
	var found []Listed
	for _, p := range e.Directory().Participants() {
		hits, err := e.listed(ctx, Listed{ParticipantID: p.ID}, "participant", []string{p.Name})
		if err != nil {
			return nil, err
		}
		found = append(found, hits...)
	}
	return found, nil
}

// ListedMerchants compares the names of the region's registered merchants with the lists.
func (e *Engine) ListedMerchants(ctx context.Context) ([]Listed, error) {
	var found []Listed
	var last merchant.Named
	for {
		page, err := merchant.Names(ctx, e.Pool, e.options.Region, last, PageMax)
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			who := Listed{ParticipantID: m.AcquirerID, MerchantID: m.MerchantID, StoreID: m.StoreID}
			hits, err := e.listed(ctx, who, "merchant", m.Names)
			if err != nil {
				return nil, err
			}
			found = append(found, hits...)
		}
		if len(page) < PageMax {
			return found, nil
		}
		last = page[len(page)-1]
	}
}

// MerchantListed reports whether any of some names is like a listed entry, or nobody can
// tell because the lists are missing or old.
func (e *Engine) MerchantListed(ctx context.Context, names []string) (bool, error) {
	decision, err := e.compare(ctx, "merchant", names)
	return decision.Outcome != compliance.Pass, err
}
