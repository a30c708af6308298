package engine

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

const (
	// dutiesMost is how many duties are carried on at once.
	dutiesMost = 1024
	// dutyPart is which part of the places that others leave one partner may hold: 128
	// alone, 68 of eight that do not answer. However many do not, the next one that is due
	// finds a place.
	dutyPart = 8
	// dutyRest is for how long nothing is begun with a partner whose own limits have
	// refused a call.
	dutyRest = time.Second
)

// due is a duty whose time has come.
type due struct {
	// partner is whom it calls; empty for one that calls nobody.
	partner string
	id      ids.ID
	at      time.Time
	// returned is set for a return, else it is a payment's.
	returned bool
}

// dutyShares give the duties with each partner their places, so that those of one that
// does not answer wait in the database and not in the way of others. They are safe for
// concurrent use.
type dutyShares struct {
	mu        sync.Mutex
	taken     int                   // of all partners; guarded by mu
	byPartner map[string]*dutyShare // guarded by mu; as many as partners
	// freed tells that a partner for whose duties there was no room has some again.
	freed chan struct{}
}

// dutyShare is what one partner has.
type dutyShare struct {
	taken int
	// short is set when there was no room for more that may be due.
	short bool
	// rests is until when nothing is begun.
	rests time.Time
}

func newDutyShares() *dutyShares {
	return &dutyShares{byPartner: map[string]*dutyShare{}, freed: make(chan struct{}, 1)}
}

// of returns a partner's share; the caller holds the lock.
func (s *dutyShares) of(partner string) *dutyShare {
	share := s.byPartner[partner]
	if share == nil {
		share = &dutyShare{}
		s.byPartner[partner] = share
	}
	return share
}

// room is how many more duties may begin with a partner; the caller holds the lock.
func (s *dutyShares) room(share *dutyShare) int {
	others := s.taken - share.taken
	return max(0, min((dutiesMost-others)/dutyPart-share.taken, dutiesMost-s.taken))
}

// open returns those of the partners with whom something may begin now.
func (s *dutyShares) open(partners []string, now time.Time) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var open []string
	for _, partner := range partners {
		share := s.of(partner)
		switch {
		case now.Before(share.rests):
		case s.room(share) == 0:
			share.short = true
		default:
			open = append(open, partner)
		}
	}
	return open
}

// take takes places for duties, the longest due first, and returns those that have one.
func (s *dutyShares) take(found []due) []due {
	slices.SortFunc(found, func(x, y due) int { return cmp.Or(x.at.Compare(y.at), slices.Compare(x.id[:], y.id[:])) })
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(found, func(d due) bool {
		share := s.of(d.partner)
		if s.room(share) == 0 {
			share.short = true
			return true
		}
		share.taken++
		s.taken++
		return false
	})
}

// leave gives a place back. Whoever was short of places is told once half of them are
// free, so that duties are taken many at a time.
func (s *dutyShares) leave(partner string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	share := s.of(partner)
	share.taken--
	s.taken--
	if !share.short || s.room(share) < share.taken {
		return
	}
	share.short = false
	select {
	case s.freed <- struct{}{}:
	default:
	}
}

// rest begins nothing with a partner until then.
func (s *dutyShares) rest(partner string, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of(partner).rests = until
}
