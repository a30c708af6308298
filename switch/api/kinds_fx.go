package api

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/route"
)

// fxKinds are the changes of rates, tariff and book that need four eyes.
func fxKinds(config Config) []Kind {
	return []Kind{
		rateSet(config.Rates), pairStop(), pairResume(), sourceSuspend(), sourceResume(), ruleSet(config.Directory),
		roundingSet(), limitSet(), dealBook(config.Engine),
	}
}

// manual is the source of rates that two people state.
const manual = "MANUAL"

func rateSet(rates Rates) Kind {
	return Definition[wire.Rate]{
		Name: wire.KindRateSet, Propose: []Role{Treasury}, Approve: []Role{Treasury}, Reload: true,
		Check: func(change *wire.Rate) error {
			_, err := referenceOf(*change, manual)
			change.ObservedAt = change.ObservedAt.UTC()
			return err
		},
		Describe: func(change wire.Rate) string {
			r, _ := referenceOf(change, manual)
			return "state by hand: " + r.Rate.String()
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.Rate) error {
			r, err := referenceOf(change, manual)
			if err != nil {
				return err
			}
			_, err = fx.Take(ctx, tx, rates.Rules(), []fx.Reference{r}, approval.At)
			return err
		},
	}.Kind()
}

func checkPair(change *wire.PairChange) error {
	if _, err := fx.ParsePair(change.Pair); err != nil {
		return refused(reason.InvalidRequest, "pair is two currencies such as EUR/USD")
	}
	if !printable(change.Why) {
		return refused(reason.InvalidRequest, fmt.Sprintf("why is 1 to %d bytes that can be printed", nameMax))
	}
	return nil
}

func stopOf(change wire.PairChange) fx.Stop {
	return fx.Stop{Base: money.Currency(change.Pair[:3]), Quote: money.Currency(change.Pair[4:]), Why: change.Why}
}

func pairStop() Kind {
	return Definition[wire.PairChange]{
		Name: wire.KindPairStop, Propose: []Role{Treasury}, Approve: []Role{Treasury}, Reload: true, Check: checkPair,
		Describe: func(change wire.PairChange) string { return "stop " + change.Pair + ": " + change.Why },
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.PairChange) error {
			return halt(ctx, tx, approval, stopOf(change))
		},
	}.Kind()
}

func pairResume() Kind {
	return Definition[wire.PairChange]{
		Name: wire.KindPairResume, Propose: []Role{Treasury}, Approve: []Role{Treasury}, Reload: true, Check: checkPair,
		Verify: func(ctx context.Context, reader db.Reader, change wire.PairChange) error {
			return stopped(ctx, reader, stopOf(change).Subject())
		},
		Describe: func(change wire.PairChange) string {
			return "price " + change.Pair + " again, at its latest rates: " + change.Why
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.PairChange) error {
			return lift(ctx, tx, approval, stopOf(change).Subject())
		},
	}.Kind()
}

func checkSource(change *wire.SourceChange) error {
	if len(change.Source) > 35 || !printable(change.Source) || !printable(change.Why) {
		return refused(reason.InvalidRequest, "source and why are names that can be printed")
	}
	return nil
}

func sourceSuspend() Kind {
	return Definition[wire.SourceChange]{
		Name: wire.KindSourceSuspend, Propose: []Role{Treasury}, Approve: []Role{Treasury}, Reload: true, Check: checkSource,
		Describe: func(change wire.SourceChange) string { return "suspend source " + change.Source + ": " + change.Why },
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.SourceChange) error {
			return halt(ctx, tx, approval, fx.Stop{Source: change.Source, Why: change.Why})
		},
	}.Kind()
}

func sourceResume() Kind {
	return Definition[wire.SourceChange]{
		Name: wire.KindSourceResume, Propose: []Role{Treasury}, Approve: []Role{Treasury}, Reload: true, Check: checkSource,
		Verify: func(ctx context.Context, reader db.Reader, change wire.SourceChange) error {
			return stopped(ctx, reader, change.Source)
		},
		Describe: func(change wire.SourceChange) string { return "resume source " + change.Source + ": " + change.Why },
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.SourceChange) error {
			return lift(ctx, tx, approval, change.Source)
		},
	}.Kind()
}

func halt(ctx context.Context, tx db.Tx, approval Approval, stop fx.Stop) error {
	stop.Since = approval.At
	made, err := fx.Halt(ctx, tx, ids.Derive(approval.ProposalID, "stop", 0), stop)
	if err == nil && !made {
		return refused(reason.Closed, "it is stopped already")
	}
	return err
}

func lift(ctx context.Context, tx db.Tx, approval Approval, subject string) error {
	lifted, err := fx.Lift(ctx, tx, subject, true, approval.At)
	if err == nil && !lifted {
		return refused(reason.Closed, "it is not stopped")
	}
	return err
}

func stopped(ctx context.Context, reader db.Reader, subject string) error {
	stops, err := fx.LoadStops(ctx, reader)
	if err != nil {
		return err
	}
	for _, stop := range stops {
		if stop.Subject() == subject {
			return nil
		}
	}
	return refused(reason.Closed, "it is not stopped")
}

var (
	corridorName = regexp.MustCompile(`^([A-Z]{2}-[A-Z]{2})?$`)
	partnerName  = regexp.MustCompile(`^([A-Z0-9-]{2,34})?$`)
)

// ruleOf reads a rule of the tariff.
func ruleOf(change wire.RuleChange) (fx.Rule, error) {
	if !corridorName.MatchString(change.Corridor) || !partnerName.MatchString(change.PartnerID) ||
		!partnerName.MatchString(change.Sponsor) {
		return fx.Rule{}, refused(reason.InvalidRequest,
			"corridor is such as HK-JP, partner and sponsor are ids of 2 to 34 of A-Z, 0-9 and -")
	}
	if change.Product != "" && change.Product != "PaymentCode" && change.Product != "OrderCode" {
		return fx.Rule{}, refused(reason.InvalidRequest, "product is PaymentCode or OrderCode")
	}
	rule := fx.Rule{
		Scope: fx.Scope{Corridor: change.Corridor, PartnerID: change.PartnerID, Product: change.Product},
		Leg:   fx.Leg(change.Leg), Currency: money.Currency(change.Currency),
		Promotion:    fx.Promotion{Sponsor: change.Sponsor, BasisPoints: change.PromotionPoints},
		PromotedFrom: change.PromotedFrom.UTC(), PromotedUntil: change.PromotedUntil.UTC(),
		Refund: fx.RefundRate(change.Refund),
	}
	var errs []error
	minor := func(text string) int64 {
		if text == "" {
			return 0
		}
		value, err := strconv.ParseInt(text, 10, 64)
		errs = append(errs, err)
		return value
	}
	rule.Fee, rule.Promotion.Most = minor(change.FeeMinor), minor(change.PromotionMost)
	for _, tier := range change.Tiers {
		rule.Tiers = append(rule.Tiers, fx.Tier{From: minor(tier.FromMinor), BasisPoints: tier.MarkupPoints})
	}
	if change.Rounding != "" {
		var err error
		rule.Rounding, err = money.ParseRounding(change.Rounding)
		errs = append(errs, err)
	}
	if errors.Join(errs...) != nil {
		return fx.Rule{}, refused(reason.InvalidRequest, "minor units are digits; rounding is half-even, half-up, down or up")
	}
	if err := rule.Check(); err != nil {
		return fx.Rule{}, refused(reason.InvalidRequest, strings.TrimPrefix(err.Error(), fx.ErrRule.Error()+": "))
	}
	return rule, nil
}

func ruleSet(directory func() *route.Directory) Kind {
	return Definition[wire.RuleChange]{
		Name: wire.KindRuleSet, Propose: []Role{Treasury}, Approve: []Role{Treasury}, Reload: true,
		Check: func(change *wire.RuleChange) error {
			_, err := ruleOf(*change)
			change.PromotedFrom, change.PromotedUntil = change.PromotedFrom.UTC(), change.PromotedUntil.UTC()
			return err
		},
		Verify: func(_ context.Context, _ db.Reader, change wire.RuleChange) error {
			return applicable(directory(), change.PartnerID, change.Corridor, change.Product)
		},
		Describe: func(change wire.RuleChange) string {
			return fmt.Sprintf("tariff of the %s leg for corridor %q, partner %q, product %q, currency %q", change.Leg,
				change.Corridor, change.PartnerID, change.Product, change.Currency)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.RuleChange) error {
			rule, err := ruleOf(change)
			if err != nil {
				return err
			}
			if rule.Promotion.Sponsor != "" {
				if rule.Currency == "" {
					return refused(reason.InvalidRequest, "a promotion needs its currency")
				}
				if err := settlement.OpenSponsor(ctx, tx, rule.Promotion.Sponsor, rule.Currency); err != nil {
					return err
				}
			}
			return fx.SaveRule(ctx, tx, rule, approval.At)
		},
	}.Kind()
}

func roundingSet() Kind {
	return Definition[wire.RoundingChange]{
		Name: wire.KindRoundingSet, Propose: []Role{Treasury}, Approve: []Role{Treasury}, Reload: true,
		Check: func(change *wire.RoundingChange) error {
			if _, err := money.ParseRounding(change.Rounding); err != nil || !money.Currency(change.Currency).Known() {
				return refused(reason.InvalidRequest, "a currency, and half-even, half-up, down or up")
			}
			return nil
		},
		Describe: func(change wire.RoundingChange) string {
			return "round conversions into " + change.Currency + " " + change.Rounding
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.RoundingChange) error {
			rounding, err := money.ParseRounding(change.Rounding)
			if err != nil {
				return err
			}
			return fx.SaveRounding(ctx, tx, money.Currency(change.Currency), rounding, approval.At)
		},
	}.Kind()
}

func limitSet() Kind {
	return Definition[wire.LimitChange]{
		Name: wire.KindLimitSet, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.LimitChange) error {
			limit, err := change.Limit.Money()
			if err != nil || limit.Minor < 0 {
				return refused(reason.InvalidRequest, "limit must be an amount of zero or more")
			}
			change.Limit = wire.AmountOf(limit)
			return nil
		},
		Describe: func(change wire.LimitChange) string {
			return "be long or short of at most " + change.Limit.Decimal + " " + change.Limit.Currency
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.LimitChange) error {
			limit, err := change.Limit.Money()
			if err != nil {
				return err
			}
			return book.SetLimit(ctx, tx, limit, approval.At)
		},
	}.Kind()
}

// dealOf reads a deal.
func dealOf(change wire.DealChange) (book.Deal, error) {
	deal := book.Deal{Counterparty: change.Counterparty, Reference: change.Reference}
	var errs [3]error
	deal.Buy, errs[0] = change.Buy.Money()
	deal.Sell, errs[1] = change.Sell.Money()
	deal.ValueDate, errs[2] = time.Parse(time.DateOnly, change.ValueDate)
	if errors.Join(errs[:]...) != nil || !printable(change.Counterparty) || !printable(change.Reference) {
		return book.Deal{}, refused(reason.InvalidRequest, "names, two amounts, and a value_date such as 2026-04-15")
	}
	if err := deal.Check(); err != nil {
		return book.Deal{}, refused(reason.InvalidRequest, strings.TrimPrefix(err.Error(), book.ErrDeal.Error()+": "))
	}
	return deal, nil
}

func dealBook(e Engine) Kind {
	return Definition[wire.DealChange]{
		Name: wire.KindDealBook, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.DealChange) error {
			deal, err := dealOf(*change)
			if err != nil {
				return err
			}
			change.Buy, change.Sell = wire.AmountOf(deal.Buy), wire.AmountOf(deal.Sell)
			return nil
		},
		Describe: func(change wire.DealChange) string {
			return fmt.Sprintf("book deal %s with %s: buy %s %s, sell %s %s, value %s", change.Reference, change.Counterparty,
				change.Buy.Decimal, change.Buy.Currency, change.Sell.Decimal, change.Sell.Currency, change.ValueDate)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.DealChange) error {
			deal, err := dealOf(change)
			if err != nil {
				return err
			}
			deal.ID, deal.At = ids.Derive(approval.ProposalID, "deal", 0), approval.At
			return e.BookDeal(ctx, tx, deal)
		},
	}.Kind()
}
