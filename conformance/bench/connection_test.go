package bench

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/ports"
)

func TestExchangeKeepsTheConnection(t *testing.T) {
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Response-Time", "now")
		w.Header().Set("client-id", "C1")
		w.Header().Set("signature", "s")
		if string(body) == "busy" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if string(body) == "last" {
			w.Header().Set("Connection", "close")
		}
		_, _ = w.Write(append([]byte("echo "), body...))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := &connection{address: server.Listener.Addr().String(), patient: time.Minute}
	defer c.close()
	for i, test := range []struct {
		body, answer string
		status       int
		opened       int64
	}{{"a", "echo a", 200, 1}, {"busy", "", 503, 1}, {"last", "echo last", 200, 1}, {"b", "echo b", 200, 2}} {
		request := "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + string(rune('0'+len(test.body))) + "\r\n\r\n" + test.body
		got, err := c.exchange([]byte(request))
		if err != nil || got.status != test.status || string(got.body) != test.answer || opened.Load() != test.opened {
			t.Fatalf("exchange %d: %d %q, %v, %d connections", i, got.status, got.body, err, opened.Load())
		}
		if got.time != "now" || got.clientID != "C1" || got.signature != "s" {
			t.Errorf("exchange %d: %+v", i, got)
		}
	}
}

// TestBadAnswersAreErrors: none of them is taken for an answer, and none hangs.
func TestBadAnswersAreErrors(t *testing.T) {
	for _, answer := range []string{
		"", "nonsense\r\n\r\n", "HTTP/1.1 2\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\n",
		"HTTP/1.1 200 OK\r\n" + strings.Repeat("a", 5000),
	} {
		ours, theirs := net.Pipe()
		go func() {
			_, _ = io.ReadAll(io.LimitReader(theirs, 3))
			_, _ = io.WriteString(theirs, answer)
			_ = theirs.Close()
		}()
		c := &connection{conn: ours, reader: bufio.NewReaderSize(ours, 4<<10), patient: time.Minute}
		if got, err := c.exchange([]byte("ask")); err == nil {
			t.Errorf("%.40q: %+v", answer, got)
		}
		if c.conn != nil {
			t.Errorf("%.40q: the connection is kept", answer)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	address, err := ports.Address()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&connection{address: address, patient: time.Minute}).exchange([]byte("x")); err == nil {
		t.Error("no error")
	}
}

// TestAHubThatHangs: whether it takes the connection and nothing else, or stops within its
// answer, the exchange ends, as a failure, and the connection is not used again.
func TestAHubThatHangs(t *testing.T) {
	for _, answer := range []string{"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"} {
		ours, theirs := net.Pipe()
		asked := make(chan struct{})
		go func() {
			defer close(asked)
			_, _ = io.ReadFull(theirs, make([]byte, 3))
			_, _ = io.WriteString(theirs, answer)
		}()
		c := &connection{conn: ours, reader: bufio.NewReaderSize(ours, 4<<10), patient: 50 * time.Millisecond}
		if got, err := c.exchange([]byte("ask")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%q: %+v, %v", answer, got, err)
		}
		if c.conn != nil {
			t.Errorf("%q: the connection is kept", answer)
		}
		_ = theirs.Close()
		<-asked
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nsignature: a\r\n\r\nabc")
	f.Add("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		c := &connection{reader: bufio.NewReaderSize(strings.NewReader(text), 4<<10)}
		var got reply
		length, _, err := c.head(&got)
		if err == nil && (got.status < -99 || got.status > 999 || length < -1 && !strings.Contains(text, "-")) {
			t.Errorf("%d, %d", got.status, length)
		}
	})
}

// TestRead: an answer means what it says, however often one like it came before.
func TestRead(t *testing.T) {
	var g generator
	for body, want := range map[string]struct {
		said   said
		timing int
	}{
		`{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"mppPaymentId":"T-7"}`: {paid, 7},
		`{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"mppPaymentId":"W-7"}`: {paid, -1},
		`{"result":{"resultStatus":"F","resultCode":"USER_BALANCE_NOT_ENOUGH"}}`:      {refused, -1},
		`{"result":{"resultStatus":"U","resultCode":"PAYMENT_IN_PROCESS"}}`:           {pending, -1},
		`{"result":{"resultStatus":"U","resultCode":"REQUEST_TRAFFIC_EXCEED_LIMIT"}}`: {busy, -1},
		`{"result":{"resultStatus":"X"}}`:                                             {failed, -1},
		`{`:                                                                           {failed, -1},
		``:                                                                            {failed, -1},
	} {
		for range 2 {
			if got, timing := g.read([]byte(body)); got != want.said || timing != want.timing {
				t.Errorf("%s: %c %d", body, got, timing)
			}
		}
	}
}

// TestWorkers: every job is done once, by no more workers than may be, and one that
// rests is used before another is hired.
func TestWorkers(t *testing.T) {
	var started, ended, most, now atomic.Int64
	done := make([]atomic.Int64, 1000)
	pool := newWorkers(8, func() (func(int), func()) {
		started.Add(1)
		return func(job int) {
			most.Store(max(most.Load(), now.Add(1)))
			done[job].Add(1)
			now.Add(-1)
		}, func() { ended.Add(1) }
	})
	for job := range done {
		pool.give(job)
	}
	pool.finish()
	for job := range done {
		if n := done[job].Load(); n != 1 {
			t.Fatalf("job %d done %d times", job, n)
		}
	}
	if started.Load() != ended.Load() || started.Load() > 8 || most.Load() > 8 {
		t.Errorf("%d started, %d ended, %d at once", started.Load(), ended.Load(), most.Load())
	}
	one := newWorkers(8, func() (func(int), func()) { return func(int) {}, func() {} })
	for job := range 20 {
		one.give(job)
		for {
			one.mu.Lock()
			rests := len(one.free)
			one.mu.Unlock()
			if rests == 1 {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	if one.finish(); len(one.all) != 1 {
		t.Errorf("%d workers for one job at a time", len(one.all))
	}
}

// TestWorkersWait: with nobody at rest and nobody to hire a job waits.
func TestWorkersWait(t *testing.T) {
	hold := make(chan struct{})
	var did sync.WaitGroup
	pool := newWorkers(1, func() (func(int), func()) {
		return func(int) { <-hold; did.Done() }, func() {}
	})
	did.Add(3)
	given := make(chan struct{})
	go func() {
		for job := range 3 {
			pool.give(job)
		}
		close(given)
	}()
	hold <- struct{}{}
	hold <- struct{}{}
	<-given
	hold <- struct{}{}
	did.Wait()
	pool.finish()
}

func TestSleepUntilEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	sleepUntil(ctx, systemClock, systemClock.Now().Add(time.Hour))
}
