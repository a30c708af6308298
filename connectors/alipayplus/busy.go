package alipayplus

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/internal/reason"
)

// addressee is all that an answer says of its request.
type addressee struct{ method, target, clientID string }

// addressee is who a request is answered. A client id that nobody has is not repeated if
// it holds a dot: dots join what is signed, so the stranger would have the hub sign a client
// id, a time and the beginning of a body of its choice.
func (g *Gate) addressee(r *http.Request, target string) addressee {
	clientID := onlyHeader(r.Header, headerClientID)
	if _, known := g.config.Directory.ByClient(clientID); !known && strings.Contains(clientID, ".") {
		clientID = ""
	}
	return addressee{r.Method, target, clientID}
}

// signedAnswer is an answer as it goes over the wire.
type signedAnswer struct {
	addressee
	at, signature string
	body          []byte
}

// busyAnswers are the refusals of a full hub that were signed in the present second. As an
// answer says so little of its request, one that was signed is as good for all who hear it in
// the second that it names, and a hub that is full has no time for more signatures.
type busyAnswers struct {
	mu     sync.Mutex
	second time.Time
	signed map[addressee]signedAnswer // guarded by mu
}

// busyAnswersMost bounds them. Partners ask for a handful of paths, and a path can be spelt
// in many ways.
const busyAnswersMost = 4096

// turnAway answers a request that finds the hub full, and reports whether it did. Whoever
// is beyond its own share is told that instead.
func (g *Gate) turnAway(w http.ResponseWriter, r *http.Request) bool {
	if !g.config.Full(r.URL.Path) {
		return false
	}
	claimed, known := g.claimed(r)
	if !known || g.shares.Full(claimed.ID) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), g.config.AnswerWithin)
	defer cancel()
	g.full.Add(ctx, 1)
	answer, err := g.busy(ctx, g.addressee(r, r.URL.EscapedPath()))
	g.write(ctx, w, answer, err)
	return true
}

// busy is what a partner is told of a full hub.
func (g *Gate) busy(ctx context.Context, to addressee) (signedAnswer, error) {
	second := g.config.Clock.Now().Truncate(time.Second)
	if answer, found := g.busyAnswers.find(second, to); found {
		return answer, nil
	}
	answer, err := g.signed(ctx, to, second, refusal(reason.New(reason.Busy, "alipayplus.gate", "the hub")))
	if err == nil {
		g.busyAnswers.keep(second, answer)
	}
	return answer, err
}

func (b *busyAnswers) find(second time.Time, to addressee) (signedAnswer, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	answer, found := b.signed[to]
	return answer, found && second.Equal(b.second)
}

// keep keeps an answer, and forgets those of another second.
func (b *busyAnswers) keep(second time.Time, answer signedAnswer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !second.Equal(b.second) {
		b.second, b.signed = second, map[addressee]signedAnswer{}
	}
	if len(b.signed) < busyAnswersMost {
		b.signed[answer.addressee] = answer
	}
}
