package connectortest

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// mutationCount is how many single-bit mutations are tried, and how many with
// -short.
const (
	mutationCount = 5000
	mutationShort = 500
)

// mutations flips one bit of a genuine request at a time, in its target, its
// headers of authentication or its body: none may be accepted, and none may
// reach the hub.
func mutations(t *testing.T, protocol Protocol) {
	b := newBench(t, protocol)
	genuine := b.pay(t, "P-1")
	random := rand.New(rand.NewPCG(1, 2))
	count := mutationCount
	if testing.Short() {
		count = mutationShort
	}
	connection, tried := dial(t, b.host), 0
	for tried < count {
		mutated, part := mutate(genuine, random)
		if protocol.Equivalent(genuine, mutated) {
			continue
		}
		tried++
		response, body := connection.send(mutated)
		if response == nil || response.Close {
			connection.conn.Close()
			connection = dial(t, b.host)
		}
		if response != nil && protocol.Read(t, mutated, response, body).Accepted {
			t.Fatalf("mutation %d of %s was accepted", tried, part)
		}
	}
	if calls := b.hub.Calls(); len(calls) != 0 {
		t.Fatalf("the hub saw %d mutated calls", len(calls))
	}
	if outcome := b.send(t, genuine); !outcome.Accepted {
		t.Fatalf("the genuine request itself was answered %+v", outcome)
	}
}

// mutate flips one bit of one part, each part as often as its length deserves.
func mutate(request Request, random *rand.Rand) (Request, string) {
	length := len(request.Target) + len(request.Body)
	for _, header := range request.Headers {
		length += len(header.Value)
	}
	at := random.IntN(length)
	flip := func(text []byte, at int) []byte {
		flipped := bytes.Clone(text)
		flipped[at] ^= 1 << random.IntN(8)
		return flipped
	}
	if at < len(request.Target) {
		request.Target = string(flip([]byte(request.Target), at))
		return request, "target"
	}
	at -= len(request.Target)
	for _, header := range request.Headers {
		if at < len(header.Value) {
			return request.With(header.Name, string(flip([]byte(header.Value), at))), header.Name
		}
		at -= len(header.Value)
	}
	request.Body = flip(request.Body, at)
	return request, "body"
}
