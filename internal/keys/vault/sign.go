package vault

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Limits of signing. A call to Vault costs both sides about half of what an RSA signature
// costs, so what comes while calls are under way goes together in the next one.
const (
	// callsMost is how many calls sign at once: as many as Vault has processors for
	// while it does nothing else, which is more than a hub of 2,000 payments a second
	// needs. With fewer than that waiting, nobody waits for company.
	callsMost = 4
	// togetherMost is how many messages one call signs. Vault signs them one after the
	// other, and the first one waits for the last: 32 take 26 ms with RSA-2048.
	togetherMost = 32
	// waitingMost is how many messages wait; beyond: busy. A hub that answers within ten
	// seconds has no use for more than a tenth of a second's wait with RSA-2048.
	waitingMost = 1024
)

// signing is one message that waits for its signature.
type signing struct {
	version   int
	input     string
	signature []byte
	err       error
	done      chan struct{}
}

// queue are the messages of a key that wait for a call.
type queue struct {
	mu      sync.Mutex
	waiting []*signing // guarded by mu
	calls   int        // that are under way; guarded by mu
}

// enter puts a message into the queue and reports whether there is room for one more call,
// which the caller then makes.
func (q *queue) enter(one *signing) (call bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == waitingMost {
		return false, reason.New(reason.Busy, "vault.sign", "1024 messages wait")
	}
	q.waiting = append(q.waiting, one)
	if q.calls == callsMost {
		return false, nil
	}
	q.calls++
	return true, nil
}

// next takes the messages of the next call: the one that has waited longest, and those of
// its version. Without any the caller's calls are over.
func (q *queue) next() []*signing {
	q.mu.Lock()
	defer q.mu.Unlock()
	var together, others []*signing
	for _, one := range q.waiting {
		if one.version == q.waiting[0].version && len(together) < togetherMost {
			together = append(together, one)
		} else {
			others = append(others, one)
		}
	}
	if q.waiting = others; together == nil {
		q.calls--
	}
	return together
}

// SignWith implements [keys.Home]. What is signed at the same time goes to Vault together.
func (t *Transit) SignWith(ctx context.Context, version int, payload []byte) ([]byte, error) {
	one := &signing{version: version, input: t.input(payload), done: make(chan struct{})}
	call, err := t.queue.enter(one)
	if err != nil {
		return nil, err
	}
	if call {
		go t.work()
	}
	select {
	case <-one.done:
		return one.signature, one.err
	case <-ctx.Done():
		return nil, reason.Wrap(reason.Unknown, "vault.sign", ctx.Err())
	}
}

// input is what Vault signs: the digest of the payload, so that only 32 bytes of it leave
// the process, or with Ed25519, which has none of its own, the payload.
func (t *Transit) input(payload []byte) string {
	if t.algorithm == keys.Ed25519 {
		return base64.StdEncoding.EncodeToString(payload)
	}
	sum := sha256.Sum256(payload)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// work signs until nothing waits. A call is bound to nobody who waits for it: the others
// need it too.
func (t *Transit) work() {
	for together := t.queue.next(); together != nil; together = t.queue.next() {
		ctx, cancel := context.WithTimeout(context.Background(), callWithin)
		t.sign(ctx, together)
		cancel()
		for _, one := range together {
			close(one.done)
		}
	}
}

// sign makes one call for messages of one version.
func (t *Transit) sign(ctx context.Context, together []*signing) {
	items := make([]map[string]string, len(together))
	for i, one := range together {
		items[i] = map[string]string{"input": one.input}
	}
	secret, err := t.client.api.Logical().WriteWithContext(ctx, t.path("sign"), map[string]any{
		"batch_input": items, "key_version": together[0].version, "prehashed": t.algorithm != keys.Ed25519,
		"hash_algorithm": "sha2-256", "signature_algorithm": "pkcs1v15", "marshaling_algorithm": "asn1",
	})
	var results []result
	switch {
	case err != nil:
		err = refused("sign", err)
	case secret == nil:
		err = refused("sign", errEmpty)
	default:
		results, err = readResults(secret.Data["batch_results"], len(together))
	}
	for i, one := range together {
		if one.err = err; err == nil {
			one.signature, one.err = results[i].read(one.version)
		}
	}
}

// result is Vault's word about one message.
type result struct {
	Signature string `json:"signature"`
	Error     string `json:"error"`
}

func readResults(data any, count int) (results []result, err error) {
	const op = "vault.sign"
	raw, err := json.Marshal(data)
	if err == nil {
		err = json.Unmarshal(raw, &results)
	}
	if err != nil {
		return nil, reason.Wrap(reason.Unknown, op, err)
	}
	if len(results) != count {
		return nil, reason.New(reason.Unknown, op, "another number of signatures than was asked for")
	}
	return results, nil
}

// versionGone begins what Vault says of a version that was retired, or is not made yet; the
// words are the same since its version 0.10.
const versionGone = "requested version for signing"

// read returns the signature.
func (r result) read(version int) ([]byte, error) {
	switch {
	case strings.Contains(r.Error, versionGone):
		return nil, reason.New(reason.UnknownKey, "vault.sign", r.Error)
	case r.Error != "":
		return nil, reason.New(reason.Unknown, "vault.sign", r.Error)
	default:
		return parseSignature(r.Signature, version)
	}
}
