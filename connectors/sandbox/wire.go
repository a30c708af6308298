package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
)

// Exchange is one call between the partner and the switch: the bodies exactly as
// they were on the wire.
type Exchange struct {
	Path string    `json:"path"`
	At   time.Time `json:"at"`
	// Called is whether the partner called the switch, and not the other way
	// round.
	Called  bool   `json:"called"`
	Request []byte `json:"request"`
	// Answer is empty where there was none.
	Answer []byte `json:"answer"`
}

// exchangesMost is how many exchanges a partner remembers: the last ones, which
// at a few KiB each are some megabytes.
const exchangesMost = 2000

// wire remembers exchanges. It is safe for concurrent use.
type wire struct {
	mu        sync.Mutex
	exchanges []Exchange
}

func (w *wire) note(e Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.exchanges) == exchangesMost {
		w.exchanges = slices.Delete(w.exchanges, 0, exchangesMost/2)
	}
	w.exchanges = append(w.exchanges, e)
}

func (w *wire) list() []Exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.exchanges)
}

// tap remembers what the switch asks and is answered.
func (p *partner) tap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := io.ReadAll(io.LimitReader(r.Body, alipayplus.BodyMost+1))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(request))
		answer := &tapped{ResponseWriter: w}
		next.ServeHTTP(answer, r)
		p.wire.note(Exchange{Path: r.URL.Path, At: p.clock.Now(), Request: request, Answer: answer.body})
	})
}

// tapped keeps what is written.
type tapped struct {
	http.ResponseWriter
	body []byte
}

// Write implements [io.Writer].
func (t *tapped) Write(body []byte) (int, error) {
	t.body = append(t.body, body...)
	return t.ResponseWriter.Write(body)
}
