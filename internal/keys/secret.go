package keys

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/causeway-pay/causeway/internal/reason"
)

// secretBytes is the length of a secret: that of a SHA-256, beyond which a key of an HMAC
// gains nothing.
const secretBytes = 32

// LoadOrMakeSecret reads the secret OWNER.secret in a directory, base64 of 32 random
// bytes, and makes it where there is none. All hubs that share data share it.
func LoadOrMakeSecret(directory, owner string) ([]byte, error) {
	if !ownerName(owner) {
		return nil, reason.New(reason.InvalidRequest, "keys.LoadOrMakeSecret", "owner is not usable as a file name")
	}
	name := filepath.Join(directory, owner+".secret")
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		secret := make([]byte, secretBytes)
		if _, err := rand.Read(secret); err != nil {
			return nil, fmt.Errorf("keys: secret: %w", err)
		}
		if err := os.MkdirAll(directory, 0o700); err != nil {
			return nil, fmt.Errorf("keys: secret: %w", err)
		}
		// Another process may have been first; then its secret counts.
		made := writeNew(name, []byte(base64.StdEncoding.EncodeToString(secret)), 0o600)
		if made != nil && !errors.Is(made, fs.ErrExist) {
			return nil, made
		}
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, fmt.Errorf("keys: secret: %w", err)
	}
	return ParseSecret(string(text))
}

// ParseSecret reads a secret: base64 of 32 bytes or more.
func ParseSecret(text string) ([]byte, error) {
	secret, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(secret) < secretBytes {
		return nil, reason.New(reason.InvalidRequest, "keys.ParseSecret", "want base64 of 32 bytes or more")
	}
	return secret, nil
}
