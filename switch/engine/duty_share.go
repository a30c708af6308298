package engine

import (
	"context"
	"sync"
	"time"
)

const (
	// dutiesMost is how many duties are carried on at once.
	dutiesMost = 1024
	// partnerDuties is how many of those may be with one partner, and as many again may
	// wait for it: a quarter together, so that three partners that do not answer are never
	// in the way of a fourth.
	partnerDuties = dutiesMost / 8
	// dutyPatience is how long a duty waits for its partner; then it is put off.
	dutyPatience = time.Second
)

// dutyShares count the duties with each partner. They are safe for concurrent use.
type dutyShares struct {
	mu        sync.Mutex
	byPartner map[string]*dutyShare // guarded by mu; as many as partners
}

// dutyShare is what one partner has: places for those that call, and for those that wait.
type dutyShare struct{ calling, waiting chan struct{} }

func newDutyShares() *dutyShares { return &dutyShares{byPartner: map[string]*dutyShare{}} }

func (s *dutyShares) of(partner string) *dutyShare {
	s.mu.Lock()
	defer s.mu.Unlock()
	share := s.byPartner[partner]
	if share == nil {
		share = &dutyShare{make(chan struct{}, partnerDuties), make(chan struct{}, partnerDuties)}
		s.byPartner[partner] = share
	}
	return share
}

// enter takes a place with a partner until leave is called. It reports false where too
// many wait already, or none became free in time: the duty is due again when its lease
// ends.
func (s *dutyShares) enter(ctx context.Context, partner string) (leave func(), entered bool) {
	share := s.of(partner)
	leave = func() { <-share.calling }
	select {
	case share.calling <- struct{}{}:
		return leave, true
	default:
	}
	select {
	case share.waiting <- struct{}{}:
		defer func() { <-share.waiting }()
	default:
		return nil, false
	}
	timer := time.NewTimer(dutyPatience)
	defer timer.Stop()
	select {
	case share.calling <- struct{}{}:
		return leave, true
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil, false
}

// partnerOf is whom a duty calls; empty for one that calls nobody.
func partnerOf(record Record) string {
	switch record.Duty {
	case DutySend, DutyInquire, DutyCancel:
		return record.WalletID
	case DutyPush:
		return record.AcquirerID
	default:
		return ""
	}
}

// shared does work with a partner within its share.
func (e *Engine) shared(ctx context.Context, partner string, work func() error) error {
	if partner == "" {
		return work()
	}
	leave, entered := e.dutyShares.enter(ctx, partner)
	if !entered {
		return nil
	}
	defer leave()
	return work()
}
