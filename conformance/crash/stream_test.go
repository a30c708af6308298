package crash_test

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
)

// streamed is what the outbox says about the stream.
type streamed struct {
	events, published, places, last, epochs int64
}

const selectStreamed = `
SELECT count(*), count(CASE WHEN published THEN 1 END), count(DISTINCT stream_sequence),
	coalesce(max(stream_sequence), 0), count(DISTINCT stream_epoch) FROM outbox`

func outboxOf(t *testing.T, s *stage.Stage) (o streamed) {
	t.Helper()
	stagetest.Row(t, s, selectStreamed, &o.events, &o.published, &o.places, &o.last, &o.epochs)
	return o
}

// whole says whether every event is in one and the same stream, at a place of
// its own, and the stream holds nothing else.
func (o streamed) whole() bool {
	return o.published == o.events && o.places == o.events && o.last == o.events && o.epochs == 1
}

// heard is what the consumers have done so far.
func heard(t *testing.T, s *stage.Stage) (claims, entries int64, notifications int) {
	t.Helper()
	stagetest.Row(t, s, `SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM ledger_entry)`, &claims, &entries)
	for _, shop := range shops {
		received, err := s.Control(shop.acquirer).Notifications(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		notifications += len(received)
	}
	return claims, entries, notifications
}

// wipe lets the hub die and come back to a broker that has lost everything.
func wipe(t *testing.T, s *stage.Stage) {
	t.Helper()
	s.KillHub()
	if err := os.RemoveAll(s.Bus()); err != nil {
		t.Fatal(err)
	}
	if err := s.StartHub(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestLostStream takes the stream away: every event is published again, and
// nothing happens twice.
func TestLostStream(t *testing.T) {
	s := open(t)
	traffic := startTraffic(t, s, 1)
	enough := until(t, settleWait, func() bool { return outboxOf(t, s).events >= 100 })
	traffic.stop()
	settle(t, s)
	published := until(t, settleWait, func() bool { return outboxOf(t, s).whole() })
	before := outboxOf(t, s)
	if !enough || !published {
		t.Fatalf("before the loss: %+v", before)
	}
	claims, entries, notifications := heard(t, s)

	wipe(t, s)
	refilled := until(t, settleWait, func() bool { return outboxOf(t, s).whole() })
	if after := outboxOf(t, s); !refilled || after.events != before.events {
		t.Fatalf("after the loss: %+v, want %d events again", after, before.events)
	}
	// Consumers read in the order of the stream: when one more payment of each
	// acquirer is notified, all before it have been delivered a second time. No answer
	// tells these what became of them.
	for i, shop := range shops {
		var paying sync.WaitGroup
		payAt(t, s, &paying, shop, later, fmt.Sprint("LAST-", i))
		paying.Wait()
	}
	settle(t, s)
	moreClaims, moreEntries, moreNotifications := heard(t, s)
	last := len(shops)
	if moreClaims != claims+int64(last) || moreNotifications != notifications+last {
		t.Errorf("%d notifications and %d claims were made again", moreNotifications-notifications-last,
			moreClaims-claims-int64(last))
	}
	added := stagetest.Texts(t, s, `SELECT e.kind FROM ledger_entry e JOIN payment p ON p.payment_id = e.payment_id
		WHERE p.request_id LIKE 'LAST-%'`)
	if moreEntries != entries+int64(len(added)) {
		t.Errorf("%d ledger entries more, %d of them of the last payments", moreEntries-entries, len(added))
	}
	traffic.judge()
}

// TestLostStreamUnderLoad takes the stream away while partners pay.
func TestLostStreamUnderLoad(t *testing.T) {
	s := open(t)
	traffic := startTraffic(t, s, 2)
	for range 2 {
		pause(t.Context(), 1500*time.Millisecond)
		wipe(t, s)
	}
	pause(t.Context(), time.Second)
	traffic.stop()
	settle(t, s)
	if !until(t, settleWait, func() bool { return outboxOf(t, s).whole() }) {
		t.Errorf("the stream is not whole again: %+v", outboxOf(t, s))
	}
	traffic.judge()
}
