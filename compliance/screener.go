package compliance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync/atomic"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/ids"
)

// EngineVersion names the matching rules; it changes whenever the same name and
// the same list could give another decision.
const EngineVersion = "match-2"

// hitsMax bounds what is recorded of one party: more hits say nothing more.
const hitsMax = 10

// ErrNoLists means that no list is loaded, so that nobody can be screened.
var ErrNoLists = errors.New("compliance: no sanctions list is loaded")

// Screener decides about parties against the lists that were loaded last. It is
// safe for concurrent use; a decision is made on one version of the lists.
type Screener struct {
	clock  clock.Clock
	loaded atomic.Pointer[snapshot]
}

type snapshot struct {
	version string
	index   *match.Index
}

// NewScreener returns a screener without lists.
func NewScreener(c clock.Clock) *Screener { return &Screener{clock: c} }

// Load replaces all lists at once.
func (s *Screener) Load(all []lists.List) error {
	var names []match.Name
	version := sha256.New()
	for _, list := range all {
		names = append(names, list.Names()...)
		version.Write([]byte(list.Name + "=" + list.Version + "\n"))
	}
	index := match.NewIndex(names)
	if index.Len() == 0 {
		return ErrNoLists
	}
	s.loaded.Store(&snapshot{version: hex.EncodeToString(version.Sum(nil)[:16]), index: index})
	return nil
}

// Version returns the version of the loaded lists and how many names they hold.
func (s *Screener) Version() (version string, names int) {
	loaded := s.loaded.Load()
	if loaded == nil {
		return "", 0
	}
	return loaded.version, loaded.index.Len()
}

// Screen decides about a payment. Without lists it returns [ErrNoLists], never a
// pass.
func (s *Screener) Screen(_ context.Context, subject Subject) (Decision, error) {
	loaded := s.loaded.Load()
	if loaded == nil {
		return Decision{}, ErrNoLists
	}
	decision := Decision{
		ID: ids.New(), PaymentID: subject.PaymentID, Region: subject.Region, Outcome: Pass,
		ListVersion: loaded.version, EngineVersion: EngineVersion, DecidedAt: s.clock.Now(),
	}
	policy := match.DefaultPolicy
	for _, party := range subject.Parties {
		for _, m := range loaded.index.Search(party.Name, policy.Lowest(), hitsMax) {
			if m.Score < policy.Threshold(m.Name) {
				continue
			}
			decision.Outcome = Reject
			decision.Hits = append(decision.Hits, Hit{
				Role: party.Role, List: m.Name.List, Entry: m.Name.Entry, ScoreBasisPoints: m.Score,
			})
		}
	}
	return decision, nil
}
