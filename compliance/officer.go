package compliance

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/travel"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// EngineVersion names the matching; it changes whenever the same name and the same
// list could give another decision.
const EngineVersion = "match-6"

// hitsMax bounds what is recorded of one party: more hits say nothing more.
const hitsMax = 10

// Errors of [Officer.Decide]. Neither is ever a pass.
var (
	// ErrNoLists means that no list is loaded, so that nobody can be screened.
	ErrNoLists = errors.New("compliance: no sanctions list is loaded")
	// ErrStale means that the lists were not confirmed for too long.
	ErrStale = errors.New("compliance: the sanctions lists are too old")
)

// Officer decides about payments. It is safe for concurrent use; each decision is
// made on one version of the lists and one of the policy.
type Officer struct {
	clock clock.Clock
	// listAge is how long lists are good after they were last confirmed; 0 is for
	// ever.
	listAge time.Duration
	state   atomic.Pointer[state]
}

// state is what decisions are made on. It is replaced as a whole.
type state struct {
	list         *watchlist.Watchlist
	confirmed    time.Time
	live, shadow *policy.Policy
	cleared      match.GoodGuys
}

// NewOfficer returns an officer without lists, under the standard policy.
func NewOfficer(c clock.Clock, listAge time.Duration) (*Officer, error) {
	live, err := policy.New(0, policy.Standard())
	if err != nil {
		return nil, err
	}
	o := &Officer{clock: c, listAge: listAge}
	o.state.Store(&state{live: live})
	return o, nil
}

// change replaces a part of the state.
func (o *Officer) change(with func(s *state)) {
	for {
		before := o.state.Load()
		after := *before
		with(&after)
		if o.state.CompareAndSwap(before, &after) {
			return
		}
	}
}

// Watch replaces the lists, which were confirmed to be those in force at a time.
func (o *Officer) Watch(list *watchlist.Watchlist, confirmed time.Time) {
	o.change(func(s *state) { s.list, s.confirmed = list, confirmed })
}

// Follow replaces the policy and the one that runs beside it, nil for none.
func (o *Officer) Follow(live, shadow *policy.Policy) {
	o.change(func(s *state) { s.live, s.shadow = live, shadow })
}

// Clear replaces the parties that were cleared of entries.
func (o *Officer) Clear(cleared match.GoodGuys) { o.change(func(s *state) { s.cleared = cleared }) }

// Watchlist returns the loaded lists, nil if there are none, and when they were
// confirmed.
func (o *Officer) Watchlist() (list *watchlist.Watchlist, confirmed time.Time) {
	s := o.state.Load()
	return s.list, s.confirmed
}

// Version returns the version of the loaded lists and how many names they hold.
func (o *Officer) Version() (version string, names int) {
	if list, _ := o.Watchlist(); list != nil {
		return list.Version(), list.Names()
	}
	return "", 0
}

// Policy returns the policy in force and the shadow, nil if there is none.
func (o *Officer) Policy() (live, shadow *policy.Policy) {
	s := o.state.Load()
	return s.live, s.shadow
}

// usable returns why nobody can be screened.
func (o *Officer) usable(s *state, now time.Time) error {
	switch {
	case s.list == nil:
		return ErrNoLists
	case o.listAge > 0 && now.Sub(s.confirmed) > o.listAge:
		return ErrStale
	default:
		return nil
	}
}

// Ready returns why no payment can pass, nil if some can.
func (o *Officer) Ready() error { return o.usable(o.state.Load(), o.clock.Now()) }

// Decide decides about a payment. Without usable lists it holds what the policy
// lets it hold, and returns [ErrNoLists] or [ErrStale] for all else, never a pass.
func (o *Officer) Decide(ctx context.Context, p Payment) (Decision, error) {
	s, now := o.state.Load(), o.clock.Now()
	d := Decision{
		ID: ids.New(), PaymentID: p.ID, Region: p.Region, Outcome: Pass, EngineVersion: EngineVersion,
		PolicyVersion: s.live.Version, DecidedAt: now,
	}
	unusable := o.usable(s, now)
	if s.list != nil {
		d.ListVersion = s.list.Version()
	}
	if unusable != nil {
		if !s.live.Holds(p.PayerCountry, p.MerchantCountry, p.Product) {
			return Decision{}, unusable
		}
		d.stricter(Hold, reason.InProcess)
		d.Findings.Limit = "no usable lists"
		s = &state{live: s.live}
	}
	d.apply(ctx, s, s.live, p)
	if s.shadow != nil {
		beside := Decision{Outcome: Pass}
		beside.apply(ctx, s, s.shadow, p)
		d.ShadowVersion, d.ShadowOutcome = s.shadow.Version, beside.Outcome
	}
	if d.Outcome == Hold {
		d.ReviewBy = now.Add(s.live.Review())
	}
	return d, nil
}

// apply adds what a policy finds.
func (d *Decision) apply(ctx context.Context, s *state, by *policy.Policy, p Payment) {
	d.screen(s, by, p)
	verdict := by.RuleSet().Apply(ctx, p.Facts())
	d.Findings.Rules = verdict.Hits
	d.stricter(Outcome(verdict.Outcome), verdict.Reason)
	uses, err := by.Limits.Uses(p.Payment)
	if err != nil {
		d.Findings.Limit = detailOf(err)
		d.stricter(Reject, reason.Of(err))
	}
	d.Uses = uses
	found := by.Travel.Apply(travel.Payment{
		PayerCountry: p.PayerCountry, MerchantCountry: p.MerchantCountry, Product: p.Product, Worth: p.Worth,
		Debtor: p.Debtor, Creditor: p.Creditor,
	})
	d.Findings.TravelRule, d.Findings.Missing = found.Rule, found.Missing
	if missing := found.Reason(); missing != reason.None {
		d.stricter(Reject, missing)
	}
}

// screen compares the parties with the lists.
func (d *Decision) screen(s *state, by *policy.Policy, p Payment) {
	if s.list == nil {
		return
	}
	thresholds := by.Thresholds(p.PayerCountry, p.MerchantCountry, p.Product)
	for _, party := range p.Parties {
		if !party.Text && !match.Readable(party.Name) {
			d.Findings.Unreadable = append(d.Findings.Unreadable, party.Role)
		}
		if party.Name == "" && len(party.Facts.Identifiers) == 0 {
			continue
		}
		d.Findings.Hits = append(d.Findings.Hits, s.list.Screen(party, thresholds, s.cleared, hitsMax)...)
	}
	switch {
	case len(d.Findings.Hits)+len(d.Findings.Unreadable) == 0:
	case by.Holds(p.PayerCountry, p.MerchantCountry, p.Product):
		d.stricter(Hold, reason.InProcess)
	case len(d.Findings.Hits) > 0:
		d.stricter(Reject, reason.Regulation)
	case slices.Contains(payerRoles, d.Findings.Unreadable[0]):
		d.stricter(Reject, reason.DebtorMissing)
	default:
		d.stricter(Reject, reason.CreditorMissing)
	}
}

// payerRoles are the roles of whoever pays.
var payerRoles = []string{"payer", "buyer"}

// detailOf returns the name of the limit that an error is about.
func detailOf(err error) string {
	var known *reason.Error
	if errors.As(err, &known) {
		return known.Detail
	}
	return "limit"
}
