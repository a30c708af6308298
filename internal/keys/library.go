package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
)

// Library computes signatures. It is given keys that were parsed and found suitable
// by this package, so that every library accepts the same ones. It is safe for
// concurrent use; so is what it returns.
type Library interface {
	// Private returns what signs with a private key.
	Private(key crypto.Signer) (PrivateKey, error)
	// Public returns what verifies with a public key.
	Public(key crypto.PublicKey) (PublicKey, error)
}

// PrivateKey signs by the algorithm of its key.
type PrivateKey interface {
	// Sign returns the raw signature over the payload.
	Sign(payload []byte) ([]byte, error)
}

// PublicKey verifies by the algorithm of its key.
type PublicKey interface {
	// Verify reports whether the signature was made over the payload. An error
	// means that this could not be found out.
	Verify(payload, signature []byte) (bool, error)
}

// GoLibrary is Go's own cryptography. Package openssl has another library, and chooses
// between them by name.
type GoLibrary struct{}

// Private implements [Library].
func (GoLibrary) Private(key crypto.Signer) (PrivateKey, error) {
	if err := suitable(key.Public()); err != nil {
		return nil, err
	}
	return goPrivateKey{key}, nil
}

// Public implements [Library].
func (GoLibrary) Public(key crypto.PublicKey) (PublicKey, error) {
	if err := suitable(key); err != nil {
		return nil, err
	}
	return goPublicKey{key}, nil
}

type goPrivateKey struct{ key crypto.Signer }

// Sign implements [PrivateKey].
func (p goPrivateKey) Sign(payload []byte) ([]byte, error) {
	var signature []byte
	var err error
	if _, whole := p.key.Public().(ed25519.PublicKey); whole {
		signature, err = p.key.Sign(rand.Reader, payload, crypto.Hash(0))
	} else {
		digest := sha256.Sum256(payload)
		signature, err = p.key.Sign(rand.Reader, digest[:], crypto.SHA256)
	}
	if err != nil {
		return nil, fmt.Errorf("keys: sign: %w", err)
	}
	return signature, nil
}

type goPublicKey struct{ key crypto.PublicKey }

// Verify implements [PublicKey].
func (p goPublicKey) Verify(payload, signature []byte) (bool, error) {
	digest := sha256.Sum256(payload)
	switch key := p.key.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil, nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest[:], signature), nil
	case ed25519.PublicKey:
		return ed25519.Verify(key, payload, signature), nil
	default:
		return false, ErrUnsuitableKey
	}
}
