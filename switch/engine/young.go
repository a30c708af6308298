package engine

import (
	"sync"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// Limits of what is remembered. At some 4 KiB each, youngMax payments are more than a hub
// finishes in a second; what notifications lag behind beyond that is read. A payment that has
// waited for youngPatience makes way for others: most likely another hub tells its acquirer.
const (
	youngMax      = 2048
	youngPatience = 10 * time.Second
)

// young are payments that this process has just finished, until their acquirers are told:
// what a notification would ask the database for. It is only a memory. A payment that is not
// in it, since there was no room or the process is another one, is read; one that is in it
// was finished here, and its acquirer was not told by this process.
type young struct {
	mu sync.Mutex
	// payments by their ids, and the ids in the order in which they came: the next one comes
	// where the oldest is. Guarded by mu.
	payments map[ids.ID]*Record
	order    [youngMax]ids.ID
	next     int
}

func newYoung() *young { return &young{payments: map[ids.ID]*Record{}} }

// committed remembers the payments of a batch that have become final by it and whose
// acquirers are still to be told.
func (y *young) committed(batch []*job) {
	for _, j := range batch {
		switch w := j.work.(type) {
		case *move:
			if w.err == nil && !w.fact.tells && w.record.CompletedAt.Equal(w.fact.at) {
				y.finished(&w.record)
			}
		case *start:
			if w.holder == w.record.ID && !w.by.suffices {
				y.finished(&w.record)
			}
		}
	}
}

// finished remembers a payment if it is final and there is room. Those that came before it
// are the next to be told of, and stay.
func (y *young) finished(record *Record) {
	if !record.State.Final() {
		return
	}
	kept := *record
	y.mu.Lock()
	defer y.mu.Unlock()
	oldest := y.payments[y.order[y.next]]
	if oldest != nil && kept.CompletedAt.Sub(oldest.CompletedAt) < youngPatience {
		return
	}
	delete(y.payments, y.order[y.next])
	y.payments[kept.ID], y.order[y.next] = &kept, kept.ID
	y.next = (y.next + 1) % youngMax
}

// take returns a payment as it was finished with a version, once; nil if that is not
// remembered.
func (y *young) take(id ids.ID, version int64) *Record {
	y.mu.Lock()
	defer y.mu.Unlock()
	record := y.payments[id]
	delete(y.payments, id)
	if record == nil || record.Version != version {
		return nil
	}
	return record
}
