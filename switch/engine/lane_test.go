package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/reason"
)

// marks is a table in which each change leaves a row.
var marks = []db.Migration{{Domain: "lane", Number: 1, Name: "mark",
	SQL: `CREATE TABLE IF NOT EXISTS mark (id BIGINT NOT NULL, CONSTRAINT mark_pk PRIMARY KEY (id))`}}

func mark(id int) plain {
	return func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO mark (id) VALUES ($1)`, id)
		return err
	}
}

func marked(t *testing.T, pool *db.Pool) (count int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM mark`).Scan(&count); err != nil {
		t.Fatal(err)
	}
	return count
}

// queue puts changes into a lane that does not run yet, and returns where their
// outcomes will be.
func queue(t *testing.T, l *lane, works ...plain) []chan error {
	t.Helper()
	outcomes := make([]chan error, len(works))
	for i, work := range works {
		outcomes[i] = make(chan error, 1)
		before := len(l.jobs)
		go func() { outcomes[i] <- l.do(context.Background(), work) }()
		deadline := time.Now().Add(time.Minute)
		for len(l.jobs) == before {
			if time.Now().After(deadline) {
				t.Fatal("a change does not get into the queue")
			}
			time.Sleep(time.Millisecond)
		}
	}
	return outcomes
}

func outcome(t *testing.T, c chan error) error {
	t.Helper()
	select {
	case err := <-c:
		return err
	case <-time.After(time.Minute):
		t.Fatal("a change never ended")
		return nil
	}
}

// TestBadChangeFailsAlone: whatever one change of a batch does wrong, its own
// refusal or a statement that the server refuses, its neighbours commit.
func TestBadChangeFailsAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		refused := reason.New(reason.RefundExceeds, "test", "")
		l := newLane(pool, New(Dependencies{}, Options{}).carryOut)
		outcomes := queue(t, l, mark(1), mark(2),
			func(context.Context, db.Tx) error { return refused },
			mark(3), mark(2), // a key that is taken
			func(ctx context.Context, tx db.Tx) error { _, err := tx.Exec(ctx, `SELECT nonsense`); return err },
			mark(4))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go l.run(ctx)
		good := map[int]bool{0: true, 1: true, 3: true, 6: true}
		for i, c := range outcomes {
			if err := outcome(t, c); (err == nil) != good[i] {
				t.Errorf("change %d: %v", i, err)
			} else if i == 2 && reason.Of(err) != reason.RefundExceeds {
				t.Errorf("the refusal arrived as %v", err)
			}
		}
		if n := marked(t, pool); n != 4 {
			t.Errorf("%d changes are in the database, want 4", n)
		}
	}, marks)
}

// TestManyChanges: a thousand changes from many goroutines are each committed
// once, in far fewer transactions.
func TestManyChanges(t *testing.T) {
	url := dbtest.URL(t)
	var mu sync.Mutex
	transactions := 0
	pool, err := db.Open(t.Context(), db.Options{URL: url, Application: "test", Observe: func(context.Context, int, error) {
		mu.Lock()
		defer mu.Unlock()
		transactions++
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	err = pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { _, err := tx.Exec(ctx, marks[0].SQL); return err })
	if err != nil {
		t.Fatal(err)
	}
	l := newLane(pool, New(Dependencies{}, Options{}).carryOut)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go l.run(ctx)
	var wg sync.WaitGroup
	for worker := range 50 {
		wg.Go(func() {
			for i := range 20 {
				if err := l.do(t.Context(), mark(worker*20+i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	mu.Lock()
	defer mu.Unlock()
	if n := marked(t, pool); n != 1000 || transactions >= 1000 {
		t.Errorf("%d changes in %d transactions", n, transactions)
	}
}

// TestFullLaneIsBusy: a change that finds the queue full is refused at once and
// never carried out.
func TestFullLaneIsBusy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		e := New(Dependencies{Pool: pool, Committed: func() {}}, Options{})
		idle := &job{ctx: t.Context(), work: plain(func(context.Context, db.Tx) error { return nil }), done: make(chan error, laneQueue)}
		for range laneQueue {
			e.lane.jobs <- idle
		}
		ran := false
		err := e.commit(t.Context(), "test", func(context.Context, db.Tx) error { ran = true; return nil })
		if reason.Of(err) != reason.Busy || ran {
			t.Errorf("got %v, ran %v", err, ran)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go e.lane.run(ctx)
		deadline := time.Now().Add(time.Minute)
		for {
			err = e.commit(t.Context(), "test", mark(1))
			if err == nil {
				break
			}
			if reason.Of(err) != reason.Busy || time.Now().After(deadline) {
				t.Fatalf("after the jam: %v", err)
			}
		}
		if n := marked(t, pool); n != 1 {
			t.Errorf("%d changes", n)
		}
	}, marks)
}

// TestLaneFinishesWhatIsQueued: a lane that is told to end commits everything
// that was queued before, also for callers that have given up.
func TestLaneFinishesWhatIsQueued(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		l := newLane(pool, New(Dependencies{}, Options{}).carryOut)
		var works []plain
		for i := range 3*laneBatch + 1 {
			works = append(works, mark(i))
		}
		outcomes := queue(t, l, works...)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		l.run(ctx)
		for i, c := range outcomes {
			if err := outcome(t, c); err != nil {
				t.Errorf("change %d: %v", i, err)
			}
		}
		if n := marked(t, pool); n != len(works) {
			t.Errorf("%d of %d changes", n, len(works))
		}
	}, marks)
}

// delivered is the note of a notification.
func delivered() *note {
	return &note{consumer: Consumer("A-1"), eventID: ids.New(), at: clock.System{}.Now()}
}

// give gives a lane the note of a notification and returns where its outcome will be.
func give(t *testing.T, l *lane) chan error {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- l.do(context.Background(), delivered()) }()
	return ended
}

// TestNotesAreCommitted: the note of a notification is committed beside changes, alone after a
// moment, and by a lane that ends.
func TestNotesAreCommitted(t *testing.T) {
	migrations, err := outbox.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		l := newLane(pool, New(Dependencies{}, Options{}).carryOut)
		changes := queue(t, l, mark(1), mark(2))
		beside := give(t, l)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { l.run(ctx); close(ended) }()
		for _, c := range append(changes, beside, give(t, l)) {
			if err := outcome(t, c); err != nil {
				t.Error(err)
			}
		}
		cancel()
		<-ended
		last := &job{ctx: t.Context(), work: delivered(), done: make(chan error, 1)}
		l.notes <- last
		l.run(ctx)
		if err := outcome(t, last.done); err != nil {
			t.Error(err)
		}
		var claims int
		err := pool.QueryRow(t.Context(), `SELECT count(*) FROM inbox`).Scan(&claims)
		if err != nil || claims != 3 || marked(t, pool) != 2 {
			t.Errorf("%d claims, %v", claims, err)
		}
	}, marks, migrations)
}

// TestNotesGoAlong: a note goes with the change that comes after it, what a partner is told
// waits for nobody, and however many changes wait, a batch has room for notes.
func TestNotesGoAlong(t *testing.T) {
	change, letter := &job{work: mark(1)}, &job{work: delivered()}
	l := newLane(nil, nil)
	l.jobs <- change
	if batch := l.batch(l.accompanied(t.Context(), letter)...); !slices.Equal(batch, []*job{change, letter}) {
		t.Errorf("%d went", len(batch))
	}
	go func() { _ = l.do(context.Background(), &note{}) }()
	if _, isNote := (<-l.jobs).work.(*note); !isNote {
		t.Error("an answer waits like a notification")
	}
	for changes := range laneBatch + 3 {
		for notes := range 3 * laneBatch / 4 {
			l = newLane(nil, nil)
			for range changes {
				l.jobs <- change
			}
			for range notes {
				l.notes <- letter
			}
			most := min(notes, laneNotes)
			if batch := l.batch(); len(batch) != min(laneBatch, changes+most) || len(l.notes) != notes-most {
				t.Fatalf("%d changes and %d notes: %d go", changes, notes, len(batch))
			}
		}
	}
}

// TestCallerGivesUp: the change of a caller whose context has ended is carried
// out all the same, because its outcome must be known.
func TestCallerGivesUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		l := newLane(pool, New(Dependencies{}, Options{}).carryOut)
		running, stop := context.WithCancel(t.Context())
		defer stop()
		go l.run(running)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := l.do(ctx, mark(1)); err != nil || marked(t, pool) != 1 {
			t.Errorf("got %v", err)
		}
	}, marks)
}

// TestAmbiguousCommit: when the answer to a commit is lost, every change of the
// batch is told so and none is repeated by the lane; when the request is lost
// before the server saw it, the outcome is just as unknown.
func TestAmbiguousCommit(t *testing.T) {
	for name, c := range map[string]struct {
		loss      dbtest.Loss
		committed int
	}{"answer lost": {dbtest.LoseAnswer, 3}, "request lost": {dbtest.LoseRequest, 0}} {
		t.Run(name, func(t *testing.T) {
			url := dbtest.URL(t)
			straight := dbtest.Open(t, url)
			err := straight.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { _, err := tx.Exec(ctx, marks[0].SQL); return err })
			if err != nil {
				t.Fatal(err)
			}
			proxy := dbtest.NewProxy(t, url)
			e := New(Dependencies{Pool: dbtest.Open(t, proxy.URL()), Committed: func() { t.Error("told of a commit that is unknown") }}, Options{})
			runs := make([]int, 3)
			var works []plain
			for i := range runs {
				works = append(works, func(ctx context.Context, tx db.Tx) error { runs[i]++; return mark(i)(ctx, tx) })
			}
			outcomes := queue(t, e.lane, works...)
			proxy.BreakCommits(c.loss, 1)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go e.Run(ctx)
			for i, c := range outcomes {
				if err := outcome(t, c); !errors.Is(err, db.ErrAmbiguous) {
					t.Errorf("change %d: %v", i, err)
				}
			}
			if fmt.Sprint(runs) != "[1 1 1]" || marked(t, straight) != c.committed {
				t.Errorf("runs %v, %d committed", runs, marked(t, straight))
			}
			proxy.BreakCommits(c.loss, 1)
			if err := e.commit(t.Context(), "test", mark(9)); reason.Of(err) != reason.Unknown {
				t.Errorf("a partner is told %v", err)
			}
		})
	}
}

// TestDoubt: after a batch whose hope was dashed the next ones ask for every answer, then
// the lane hopes again.
func TestDoubt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		l := newLane(pool, New(Dependencies{}, Options{}).carryOut)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go l.run(ctx)
		attempt := func(sql string) (hopeful []bool) {
			err := l.do(t.Context(), plain(func(_ context.Context, tx db.Tx) error {
				if hopeful = append(hopeful, tx.Hopeful()); tx.Hopeful() {
					tx.Hope("mark", 1, sql)
				}
				return nil
			}))
			if err != nil {
				t.Error(err)
			}
			return hopeful
		}
		good, bad := `INSERT INTO mark (id) VALUES (1)`, `DELETE FROM mark WHERE id = 7`
		for i, step := range []struct {
			sql  string
			want []bool
		}{{good, []bool{true}}, {bad, []bool{true, false}}} {
			if got := attempt(step.sql); !slices.Equal(got, step.want) {
				t.Errorf("step %d: hopeful %v", i, got)
			}
		}
		for i := range laneDoubt {
			if got := attempt(bad); !slices.Equal(got, []bool{false}) {
				t.Errorf("batch %d after it: hopeful %v", i+1, got)
			}
		}
		if got := attempt(bad); !slices.Equal(got, []bool{true, false}) {
			t.Errorf("doubt does not end: hopeful %v", got)
		}
	}, marks)
}
