package alipayplus

import (
	"crypto/sha256"
	"sync"
	"time"
)

// replayGuard remembers the digests of requests that may be answered once. Its
// memory is bounded: a client that fills its share is asked to slow down, and
// no other client notices.
type replayGuard struct {
	keep  time.Duration
	share int

	mu   sync.Mutex
	seen map[string]*replayShare // by client id; guarded by mu
}

// replayShare is one client's digests and their arrival in order, so that the
// oldest are forgotten first.
type replayShare struct {
	digests map[[sha256.Size]byte]struct{}
	arrived []arrival
}

type arrival struct {
	digest [sha256.Size]byte
	at     time.Time
}

type replayVerdict uint8

const (
	replayNew replayVerdict = iota
	replaySeen
	replayFull
)

// newReplayGuard keeps a digest for twice the freshness window: a request may
// be a window early, and stays fresh until a window after its own time.
func newReplayGuard(window time.Duration, share int) *replayGuard {
	return &replayGuard{keep: 2 * window, share: share, seen: make(map[string]*replayShare)}
}

// admit records a request of a known client. Only clients that have been
// authenticated may be passed, or the map would grow without bound.
func (g *replayGuard) admit(clientID string, digest [sha256.Size]byte, now time.Time) replayVerdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	share := g.seen[clientID]
	if share == nil {
		share = &replayShare{digests: make(map[[sha256.Size]byte]struct{})}
		g.seen[clientID] = share
	}
	share.forget(now.Add(-g.keep))
	if _, repeated := share.digests[digest]; repeated {
		return replaySeen
	}
	if len(share.arrived) >= g.share {
		return replayFull
	}
	share.digests[digest] = struct{}{}
	share.arrived = append(share.arrived, arrival{digest, now})
	return replayNew
}

func (s *replayShare) forget(before time.Time) {
	expired := 0
	for expired < len(s.arrived) && s.arrived[expired].at.Before(before) {
		delete(s.digests, s.arrived[expired].digest)
		expired++
	}
	s.arrived = s.arrived[expired:]
}
