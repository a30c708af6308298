// Package seal encrypts personal data before it is stored, with AES-256-GCM (NIST SP
// 800-38D) under keys that each home region has for itself.
package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// A sealed value is a mark, the name of its key, a random nonce, and the ciphertext with
// its tag: 36 bytes more than what it hides. What gets shorter by it is packed before, see
// pack, and has another mark. A sealed text is the same in base64, behind a
// mark of its own. One key seals at most some billion values: with random nonces of 96
// bits the chance that two are alike stays below one in a billion until 2^32 values (SP
// 800-38D, 8.3), which a hub reaches after a week at a thousand payments a second; see
// the runbook of keys for how to add one.
const (
	nameSize  = 4
	nonceSize = 12
	textMark  = "sealed:"
	markSize  = 4
)

// mark begins a value that is sealed as it is.
var mark = []byte{0xC5, 'C', 'W', 1}

// ErrKey means that a value was sealed with a key that is not here, or was changed.
var ErrKey = errors.New("seal: sealed with a key that is not here, or altered")

// name tells keys apart without telling anything of them.
type name [nameSize]byte

// Box seals with its first key and opens with all of them. A nil box stores everything
// as it is. It is safe for use by many goroutines.
type Box struct {
	keys    map[name]cipher.AEAD
	current name
}

// New returns a box with keys of [KeySize] bytes; none gives a nil box.
func New(keys ...[]byte) (*Box, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	b := &Box{keys: map[name]cipher.AEAD{}}
	for i, key := range keys {
		if len(key) != KeySize {
			return nil, fmt.Errorf("seal: key %d has %d bytes, want %d", i+1, len(key), KeySize)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("seal: key %d: %w", i+1, err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("seal: key %d: %w", i+1, err)
		}
		sum := sha256.Sum256(append([]byte("causeway-seal-1\n"), key...))
		of := name(sum[:nameSize])
		if b.keys[of] != nil {
			return nil, fmt.Errorf("seal: key %d is there twice", i+1)
		}
		b.keys[of] = aead
		if i == 0 {
			b.current = of
		}
	}
	return b, nil
}

// Parse reads keys in base64, as `openssl rand -base64 32` writes them.
func Parse(texts []string) (*Box, error) {
	keys := make([][]byte, len(texts))
	for i, text := range texts {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("seal: key %d is not base64", i+1)
		}
		keys[i] = key
	}
	return New(keys...)
}

// Seal hides a value. Nothing stays nothing.
func (b *Box) Seal(clear []byte) []byte {
	if b == nil || len(clear) == 0 {
		return clear
	}
	begins, authenticated := mark, []byte(nil)
	w := works.Get().(*work)
	defer works.Put(w)
	if packed := w.pack(clear); packed != nil {
		clear, begins, authenticated = packed, markWords, markWords
	}
	sealed := make([]byte, 0, markSize+nameSize+nonceSize+len(clear)+16)
	sealed = append(append(sealed, begins...), b.current[:]...)
	sealed = sealed[:len(sealed)+nonceSize]
	nonce := sealed[len(sealed)-nonceSize:]
	// crypto/rand never fails; it would end the process.
	_, _ = rand.Read(nonce)
	return b.keys[b.current].Seal(sealed, nonce, clear, authenticated)
}

// Open shows a value. One that is not sealed was stored by a hub without keys, and stays
// as it is; one that cannot be opened is [ErrKey].
func (b *Box) Open(stored []byte) ([]byte, error) {
	if b == nil || !isSealed(stored) {
		return stored, nil
	}
	begins, rest := stored[:markSize], stored[markSize:]
	if len(rest) < nameSize+nonceSize {
		return nil, ErrKey
	}
	aead := b.keys[name(rest[:nameSize])]
	if aead == nil {
		return nil, ErrKey
	}
	var authenticated []byte
	if !bytes.Equal(begins, mark) {
		authenticated = begins
	}
	clear, err := aead.Open(nil, rest[nameSize:nameSize+nonceSize], rest[nameSize+nonceSize:], authenticated)
	if err == nil {
		clear, err = unpack(begins, clear)
	}
	if err != nil {
		return nil, ErrKey
	}
	return clear, nil
}

// isSealed reports whether a value begins as sealed ones do.
func isSealed(stored []byte) bool {
	return bytes.HasPrefix(stored, mark) || bytes.HasPrefix(stored, markPacked) || bytes.HasPrefix(stored, markWords)
}

// SealText is [Box.Seal] for a text.
func (b *Box) SealText(clear string) string {
	if b == nil || clear == "" {
		return clear
	}
	return textMark + base64.RawStdEncoding.EncodeToString(b.Seal([]byte(clear)))
}

// OpenText is [Box.Open] for a text.
func (b *Box) OpenText(stored string) (string, error) {
	encoded, sealed := strings.CutPrefix(stored, textMark)
	if b == nil || !sealed {
		return stored, nil
	}
	value, err := base64.RawStdEncoding.DecodeString(encoded)
	if err != nil || !isSealed(value) {
		return "", ErrKey
	}
	clear, err := b.Open(value)
	return string(clear), err
}
