package engine

import (
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/payment"
)

// finishedRecord is a payment that was posted with a version.
func finishedRecord(version int64) *Record {
	return &Record{ID: ids.New(), Version: version, State: payment.Posted}
}

// TestYoungIsTakenOnce: a payment is remembered as it was finished, until it is taken.
func TestYoungIsTakenOnce(t *testing.T) {
	y, r := newYoung(), finishedRecord(2)
	y.finished(r)
	r.Version = 7 // what happens to it later is not what was finished
	if got := y.take(r.ID, 2); got == nil || got.ID != r.ID || got.Version != 2 {
		t.Errorf("%+v", got)
	}
	if got := y.take(r.ID, 2); got != nil {
		t.Errorf("again: %+v", got)
	}
}

// TestYoungIsOfItsVersion: an event of another version is not told from memory, and a payment
// that is not final is not remembered.
func TestYoungIsOfItsVersion(t *testing.T) {
	y, r := newYoung(), finishedRecord(3)
	y.finished(r)
	if got := y.take(r.ID, 2); got != nil {
		t.Errorf("%+v", got)
	}
	open := &Record{ID: ids.New(), Version: 1, State: payment.Reserved}
	if y.finished(open); y.take(open.ID, 1) != nil {
		t.Error("an open payment is remembered")
	}
}

// TestYoungIsBounded: of more payments than are remembered the first stay until they are
// taken, which makes room, or have waited for long.
func TestYoungIsBounded(t *testing.T) {
	y := newYoung()
	ended := clock.System{}.Now()
	finish := func(later time.Duration) *Record {
		r := finishedRecord(2)
		r.CompletedAt = ended.Add(later)
		y.finished(r)
		return r
	}
	first, second := finish(0), finish(0)
	for range youngMax {
		finish(0)
	}
	if len(y.payments) != youngMax {
		t.Errorf("%d are remembered", len(y.payments))
	}
	if y.take(first.ID, 2) == nil {
		t.Error("the first has made way for others")
	}
	if next := finish(0); y.take(next.ID, 2) == nil {
		t.Error("there is no room where one was taken")
	}
	if none := finish(youngPatience - 1); y.take(none.ID, 2) != nil {
		t.Error("one has made way too early")
	}
	if late := finish(youngPatience); y.take(late.ID, 2) == nil || y.take(second.ID, 2) != nil {
		t.Error("one that has waited for long does not make way")
	}
}

// TestYoungIsWhatEnded: of a batch the payments are remembered that ended by it, and not those
// that had ended before, were refused, belong to an earlier request, or need no notification.
func TestYoungIsWhatEnded(t *testing.T) {
	ended := clock.System{}.Now()
	at := func(r *Record, completed time.Time) Record {
		r.CompletedAt = completed
		return *r
	}
	now := fact{at: ended}
	posted := &move{record: at(finishedRecord(2), ended), fact: now}
	before := &move{record: at(finishedRecord(2), ended.Add(-time.Second)), fact: now}
	refused := &move{record: at(finishedRecord(2), ended), fact: now, err: reason.New(reason.Inconsistent, "test", "")}
	rejected := &start{record: *finishedRecord(1), by: &caller{}}
	rejected.holder = rejected.record.ID
	again := &start{record: *finishedRecord(1), holder: ids.New(), by: &caller{}}
	told := &move{record: at(finishedRecord(2), ended), fact: fact{at: ended, tells: true}}
	toldAtOnce := &start{record: *finishedRecord(1), by: &caller{suffices: true}}
	toldAtOnce.holder = toldAtOnce.record.ID
	y := newYoung()
	var batch []*job
	for _, w := range []work{posted, before, refused, rejected, again, told, toldAtOnce, delivered()} {
		batch = append(batch, &job{work: w})
	}
	y.committed(batch)
	for name, c := range map[string]struct {
		record Record
		want   bool
	}{
		"posted": {posted.record, true}, "ended before": {before.record, false}, "refused": {refused.record, false},
		"rejected": {rejected.record, true}, "of an earlier request": {again.record, false},
		"told by its answer": {told.record, false}, "told by its answer at once": {toldAtOnce.record, false},
	} {
		if got := y.take(c.record.ID, c.record.Version) != nil; got != c.want {
			t.Errorf("%s: remembered %v", name, got)
		}
	}
}
