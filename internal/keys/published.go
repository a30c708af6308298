package keys

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/causeway-pay/causeway/internal/reason"
)

// Lookup returns the owner's active public key of a version, as [ParsePublic]
// reads it.
type Lookup func(owner string, version int) (text string, active bool)

// Table returns the lookup of a fixed set: owner, then version, then key.
func Table(keys map[string]map[int]string) Lookup {
	return func(owner string, version int) (string, bool) {
		text, active := keys[owner][version]
		return text, active
	}
}

// Directory returns the lookup of public keys in a directory, named
// OWNER.VERSION.pub. It reads the file each time, so that keys come and go without
// restart.
func Directory(name string) Lookup {
	return func(owner string, version int) (string, bool) {
		if !ownerName(owner) {
			return "", false
		}
		text, err := os.ReadFile(filepath.Join(name, fileStem(owner, version)+".pub"))
		return string(text), err == nil
	}
}

// parsedMost bounds the cache of parsed keys. It is far above the number of
// active keys of all partners; a switch that exceeds it only parses again.
const parsedMost = 4096

// Published verifies against public keys that a lookup knows. Whether a key is
// active is asked every time, so that a withdrawn key is refused at once; only
// its parsed form is kept. It is safe for concurrent use.
type Published struct {
	library Library
	lookup  Lookup

	mu     sync.RWMutex
	parsed map[string]PublicKey // by text; guarded by mu
}

// NewPublished is [NewPublishedWith] with Go's own library.
func NewPublished(lookup Lookup) *Published { return NewPublishedWith(GoLibrary{}, lookup) }

// NewPublishedWith returns a verifier over the lookup, by a library.
func NewPublishedWith(library Library, lookup Lookup) *Published {
	return &Published{library: library, lookup: lookup, parsed: make(map[string]PublicKey)}
}

// Verify implements [Verifier].
func (p *Published) Verify(_ context.Context, owner string, version int, payload, signature []byte) error {
	const op = "keys.Verify"
	text, active := p.lookup(owner, version)
	if !active {
		return reason.New(reason.UnknownKey, op, fmt.Sprintf("%s has no active version %d", owner, version))
	}
	key, err := p.key(text)
	if err != nil {
		return err
	}
	fits, err := key.Verify(payload, signature)
	if err != nil {
		return reason.Wrap(reason.Unknown, op, err)
	}
	if !fits {
		// Which check failed is nobody's business.
		return reason.New(reason.InvalidSignature, op, "")
	}
	return nil
}

func (p *Published) key(text string) (PublicKey, error) {
	p.mu.RLock()
	key, known := p.parsed[text]
	p.mu.RUnlock()
	if known {
		return key, nil
	}
	public, err := ParsePublic(text)
	if err != nil {
		return nil, reason.Wrap(reason.UnknownKey, "keys.Verify", err)
	}
	if key, err = p.library.Public(public); err != nil {
		return nil, reason.Wrap(reason.Unknown, "keys.Verify", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.parsed) >= parsedMost {
		clear(p.parsed)
	}
	p.parsed[text] = key
	return key, nil
}
