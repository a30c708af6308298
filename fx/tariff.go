package fx

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// Scope says whose payments a rule is for; an empty field means all.
type Scope struct {
	// Corridor is payer's and merchant's country: "HK-JP".
	Corridor string
	// PartnerID is the participant on the leg: the wallet or the acquirer.
	PartnerID string
	// Product is the way of paying, such as "PAYMENT_CODE".
	Product string
}

// weight orders scopes that fit the same payment: a partner's contract goes
// before the rule of a corridor, and that before the rule of a product.
func (s Scope) weight() (weight int) {
	for _, part := range []string{s.PartnerID, s.Corridor, s.Product} {
		weight *= 2
		if part != "" {
			weight++
		}
	}
	return weight
}

// RefundRate says at which rate money comes back.
type RefundRate string

// The refund rates.
const (
	// RefundOriginal gives back the shares of what was paid. It is what a
	// contract means that says nothing.
	RefundOriginal RefundRate = "original"
	// RefundCurrent converts at the middle rate of the day of the refund.
	RefundCurrent RefundRate = "current"
)

// Tier is a markup for amounts from a threshold on.
type Tier struct {
	// From is in minor units of the converted currency, the first 0.
	From        int64
	BasisPoints int64
}

// Rule is a part of the tariff. A payment takes each term from the rule of the
// narrowest scope that states it.
type Rule struct {
	Scope
	Leg Leg
	// Currency limits the rule to legs into this currency, which fee and
	// promotion need; "" means any.
	Currency money.Currency
	// Tiers are the markup by amount; none means what the corridor says.
	Tiers []Tier
	// Fee is fixed, in minor units of Currency; 0 means none is stated.
	Fee int64
	// Promotion holds from PromotedFrom until PromotedUntil.
	Promotion                   Promotion
	PromotedFrom, PromotedUntil time.Time
	// Rounding is the contract's way to whole minor units; 0 means that of the
	// currency.
	Rounding money.Rounding
	// Refund is the rate of refunds; "" means none is stated.
	Refund RefundRate
}

// tiersMax bounds a rule; prices with more steps are a curve and not a tariff.
const tiersMax = 16

// ErrRule means that a rule of the tariff makes no sense.
var ErrRule = errors.New("fx: not a rule")

// Check returns what is wrong with the rule.
func (r Rule) Check() error {
	var problem string
	switch {
	case r.Leg != LegPayer && r.Leg != LegMerchant:
		problem = "leg is payer or merchant"
	case r.Currency != "" && !r.Currency.Known():
		problem = "no such currency"
	case r.Fee < 0 || r.Fee > amountMax || r.Fee > 0 && r.Currency == "":
		problem = "a fee is not negative, and has a currency"
	case r.Rounding > money.Up:
		problem = "no such rounding"
	case r.Refund != "" && r.Refund != RefundOriginal && r.Refund != RefundCurrent:
		problem = "refunds are at the original or the current rate"
	case !r.tiersRise():
		problem = fmt.Sprintf("at most %d tiers start at 0 and rise, with 0 to 9999 basis points", tiersMax)
	case !r.promotionFits():
		problem = "a promotion has 0 to 9999 basis points, an end after its start, and a currency for its limit"
	default:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrRule, problem)
}

func (r Rule) tiersRise() bool {
	if len(r.Tiers) == 0 {
		return true
	}
	return len(r.Tiers) <= tiersMax && r.Tiers[0].From == 0 && slices.IsSortedFunc(r.Tiers, ascending) &&
		!slices.ContainsFunc(r.Tiers, func(t Tier) bool { return t.BasisPoints < 0 || t.BasisPoints > 9999 })
}

func (r Rule) promotionFits() bool {
	p := r.Promotion
	return p.BasisPoints >= 0 && p.BasisPoints <= 9999 && p.Most >= 0 && (p.Most == 0 || r.Currency != "") &&
		(p.Sponsor == "" || r.PromotedUntil.After(r.PromotedFrom))
}

// ascending makes sortedness strict: equal thresholds are out of order.
func ascending(a, b Tier) int {
	if a.From <= b.From {
		return -1
	}
	return 1
}

// Terms are what a leg of a payment is priced under.
type Terms struct {
	// Priced says whether the tariff states a markup; if not, the corridor's own
	// counts.
	Priced            bool
	MarkupBasisPoints int64
	Fee               int64
	Promotion         Promotion
	Rounding          money.Rounding
	Refund            RefundRate
}

// Tariff is an immutable set of rules. The zero Tariff states nothing: rounding
// is half to even, refunds are at the original rate.
type Tariff struct {
	rules map[Scope][]Rule
	// scopes are the kinds of scope that rules have, the narrowest first, so that
	// a price looks up only what there may be.
	scopes    []Scope
	roundings map[money.Currency]money.Rounding
}

// NewTariff makes a tariff of rules, at most one for each scope, leg and
// currency, and of the rounding of single currencies.
func NewTariff(rules []Rule, roundings map[money.Currency]money.Rounding) (*Tariff, error) {
	t := &Tariff{rules: make(map[Scope][]Rule, len(rules)), roundings: roundings}
	for currency, rounding := range roundings {
		if !currency.Known() || rounding < money.HalfEven || rounding > money.Up {
			return nil, fmt.Errorf("%w: rounding %s of %q", ErrRule, rounding, currency)
		}
	}
	for _, rule := range rules {
		if err := rule.Check(); err != nil {
			return nil, err
		}
		for _, other := range t.rules[rule.Scope] {
			if other.Leg == rule.Leg && other.Currency == rule.Currency {
				return nil, fmt.Errorf("%w: two for %+v, %s %s", ErrRule, rule.Scope, rule.Leg, rule.Currency)
			}
		}
		t.rules[rule.Scope] = append(t.rules[rule.Scope], rule)
		if kind := rule.kind(); !slices.Contains(t.scopes, kind) {
			t.scopes = append(t.scopes, kind)
		}
	}
	slices.SortFunc(t.scopes, func(a, b Scope) int { return b.weight() - a.weight() })
	for _, list := range t.rules {
		// A rule of one currency goes before that of all.
		slices.SortFunc(list, func(a, b Rule) int { return cmp.Compare(b.Currency, a.Currency) })
	}
	return t, nil
}

// kind has a mark where the scope has a value.
func (s Scope) kind() Scope {
	mark := func(text string) string {
		if text == "" {
			return ""
		}
		return "*"
	}
	return Scope{mark(s.Corridor), mark(s.PartnerID), mark(s.Product)}
}

// within keeps of a payment's own scope what rules of this kind look at.
func (s Scope) within(kind Scope) Scope {
	if kind.Corridor == "" {
		s.Corridor = ""
	}
	if kind.PartnerID == "" {
		s.PartnerID = ""
	}
	if kind.Product == "" {
		s.Product = ""
	}
	return s
}

// Terms returns the terms of one leg of a payment, which converts an amount of
// minor units into a currency.
func (t *Tariff) Terms(scope Scope, leg Leg, minor int64, into money.Currency, at time.Time) Terms {
	terms := Terms{}
	for _, kind := range t.scopes {
		list := t.rules[scope.within(kind)]
		for i := range list {
			if rule := &list[i]; rule.Leg == leg && (rule.Currency == into || rule.Currency == "") {
				terms.take(rule, minor, at)
			}
		}
	}
	if terms.Rounding == 0 {
		terms.Rounding = t.roundings[into]
	}
	if terms.Rounding == 0 {
		terms.Rounding = money.HalfEven
	}
	if terms.Refund == "" {
		terms.Refund = RefundOriginal
	}
	return terms
}

// take fills in what no narrower rule has stated.
func (t *Terms) take(rule *Rule, minor int64, at time.Time) {
	if !t.Priced && len(rule.Tiers) > 0 {
		t.Priced = true
		for _, tier := range rule.Tiers {
			if minor >= tier.From {
				t.MarkupBasisPoints = tier.BasisPoints
			}
		}
	}
	if t.Fee == 0 {
		t.Fee = rule.Fee
	}
	if t.Promotion.Sponsor == "" && !at.Before(rule.PromotedFrom) && at.Before(rule.PromotedUntil) {
		t.Promotion = rule.Promotion
	}
	if t.Rounding == 0 {
		t.Rounding = rule.Rounding
	}
	if t.Refund == "" {
		t.Refund = rule.Refund
	}
}
