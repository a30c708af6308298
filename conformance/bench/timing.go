package bench

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/causeway-pay/causeway/internal/clock"
)

// timings are how long wallets had each payment, in microseconds, by number: from
// the request's header having been read to the answer having been written. It is
// safe for concurrent use.
type timings struct {
	mu    sync.Mutex
	spans []uint32 // guarded by mu
}

// spansMost bounds the memory of timings, at 4 bytes each; payments beyond it have
// no time of their own in the hub.
const spansMost = 20_000_000

type numberKey struct{}

// measure writes down how long each call takes that asks for a number.
func (t *timings) measure(next http.Handler, c clock.Clock) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, number := c.Now(), -1
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), numberKey{}, &number)))
		if number >= 0 {
			t.end(number, uint32(c.Now().Sub(began).Microseconds()))
		}
	})
}

// number gives the call its number, -1 if there are too many.
func (t *timings) number(ctx context.Context) int {
	number, measured := ctx.Value(numberKey{}).(*int)
	t.mu.Lock()
	defer t.mu.Unlock()
	if !measured || len(t.spans) == spansMost {
		return -1
	}
	*number = len(t.spans)
	t.spans = append(t.spans, 0)
	return *number
}

func (t *timings) end(number int, micros uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spans[number] = micros
}

// ServeHTTP writes all spans, four bytes each, the lowest first.
func (t *timings) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	t.mu.Lock()
	body := make([]byte, 0, 4*len(t.spans))
	for _, span := range t.spans {
		body = binary.LittleEndian.AppendUint32(body, span)
	}
	t.mu.Unlock()
	_, _ = w.Write(body) // whoever asked may have gone
}

// ask gets an answer of the partners' control interface.
func ask(ctx context.Context, control, what string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+control+"/control/"+what, nil)
	if err != nil {
		return nil, fmt.Errorf("bench: %s: %w", what, err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("bench: %s: %w", what, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 4*spansMost))
	if err != nil {
		return nil, fmt.Errorf("bench: %s: %w", what, err)
	}
	return body, nil
}

// fetchTimings asks the partners for their spans.
func fetchTimings(ctx context.Context, control string) ([]uint32, error) {
	body, err := ask(ctx, control, "timings")
	if err != nil {
		return nil, err
	}
	spans := make([]uint32, len(body)/4)
	for i := range spans {
		spans[i] = binary.LittleEndian.Uint32(body[4*i:])
	}
	return spans, nil
}

// fetchNotified asks how many notifications the acquirers have had.
func fetchNotified(ctx context.Context, control string) (int64, error) {
	body, err := ask(ctx, control, "notified")
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(body), 10, 64)
}
