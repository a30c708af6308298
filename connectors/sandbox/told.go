package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/reason"
)

// toldMost is how many notices are kept; the oldest go first.
const toldMost = 1_000

// Told is a notice of the switch about a dispute or a merchant, which a partner confirms
// and keeps.
type Told struct {
	Path    string          `json:"path"`
	At      time.Time       `json:"at"`
	Message json.RawMessage `json:"message"`
}

// notices are what a partner was told. It is safe for concurrent use.
type notices struct {
	mu  sync.Mutex
	all []Told // guarded by mu
}

// take confirms a notice about a dispute or a merchant; what is none is left to others.
func (n *notices) take(call alipayplus.Call, at time.Time) (answer any, taken bool) {
	if !strings.Contains(call.Path, "/disputes/") && call.Path != alipayplus.PathRegistrationNotice {
		return nil, false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, Told{Path: call.Path, At: at, Message: call.Body})
	n.all = n.all[max(0, len(n.all)-toldMost):]
	return alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)}, true
}

func (n *notices) list() []Told {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.all)
}

// CallOrder is a message of the protocol that a partner is to send as it is.
type CallOrder struct {
	Path    string          `json:"path"`
	Message json.RawMessage `json:"message"`
}

// CallAnswer is the genuine answer of the switch.
type CallAnswer struct {
	Result alipayplus.Result `json:"result"`
	Body   json.RawMessage   `json:"body"`
}

func (p *partner) send(ctx context.Context, order CallOrder) (CallAnswer, error) {
	if !strings.HasPrefix(order.Path, "/") {
		return CallAnswer{}, reason.New(reason.InvalidRequest, "sandbox.send", "a path begins with a slash")
	}
	received, err := p.exchange(ctx, order.Path, order.Message)
	if err != nil {
		return CallAnswer{}, err
	}
	var answer alipayplus.Answer
	err = alipayplus.Decode(received, &answer)
	return CallAnswer{Result: answer.Result, Body: received}, err
}

func (p *partner) noticeControl(mux *http.ServeMux) {
	mux.Handle("POST /control/call", handle(p.send))
	mux.Handle("GET /control/told", show(func() any { return p.notices.list() }))
}

// Call sends a message to the switch as the partner.
func (c *Control) Call(ctx context.Context, order CallOrder) (CallAnswer, error) {
	return post[CallAnswer](ctx, c, "call", order)
}

// Told lists what the switch told about disputes and merchants.
func (c *Control) Told(ctx context.Context) ([]Told, error) { return get[[]Told](ctx, c, "told") }
