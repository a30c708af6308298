package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
)

// RSA256 is the protocol name of RSASSA-PKCS1-v1_5 with SHA-256.
const RSA256 = "RSA256"

// Algorithm names a kind of key pair and how it signs.
type Algorithm string

// The algorithms.
const (
	// RSA2048 signs by RSASSA-PKCS1-v1_5 over SHA-256 (RFC 8017 section 8.2), 256 bytes.
	RSA2048 Algorithm = "rsa-2048"
	// P256 signs by ECDSA over SHA-256, an ASN.1 sequence of r and s (RFC 3279 section 2.2.3).
	P256 Algorithm = "ecdsa-p256"
	// Ed25519 signs by PureEdDSA (RFC 8032), 64 bytes.
	Ed25519 Algorithm = "ed25519"
)

// rsaBits is the size of generated keys and the least size that is accepted;
// rsaBitsMost bounds the work that a published key can cause.
const (
	rsaBits     = 2048
	rsaBitsMost = 8192
)

// ErrUnsuitableKey means that a key is of a kind or size that no algorithm here
// uses.
var ErrUnsuitableKey = errors.New("keys: not an RSA key of 2048 to 8192 bits, a P-256 key or an Ed25519 key")

// errMismatch is what every algorithm returns for a signature that does not
// fit; which check failed is nobody's business.
var errMismatch = errors.New("keys: signature does not fit")

func suitable(public crypto.PublicKey) error {
	switch key := public.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() >= rsaBits && key.N.BitLen() <= rsaBitsMost {
			return nil
		}
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return nil
		}
	case ed25519.PublicKey:
		return nil
	}
	return ErrUnsuitableKey
}

// generate makes a private key of the algorithm.
func generate(algorithm Algorithm) (crypto.Signer, error) {
	switch algorithm {
	case RSA2048:
		return rsa.GenerateKey(rand.Reader, rsaBits)
	case P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case Ed25519:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	default:
		return nil, fmt.Errorf("keys: no algorithm %q; there are %s, %s and %s", algorithm, RSA2048, P256, Ed25519)
	}
}

func signWith(private crypto.Signer, payload []byte) ([]byte, error) {
	if err := suitable(private.Public()); err != nil {
		return nil, err
	}
	var signature []byte
	var err error
	if _, whole := private.Public().(ed25519.PublicKey); whole {
		signature, err = private.Sign(rand.Reader, payload, crypto.Hash(0))
	} else {
		digest := sha256.Sum256(payload)
		signature, err = private.Sign(rand.Reader, digest[:], crypto.SHA256)
	}
	if err != nil {
		return nil, fmt.Errorf("keys: sign: %w", err)
	}
	return signature, nil
}

func verifyWith(public crypto.PublicKey, payload, signature []byte) error {
	digest := sha256.Sum256(payload)
	var fits bool
	switch key := public.(type) {
	case *rsa.PublicKey:
		fits = rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
	case *ecdsa.PublicKey:
		fits = ecdsa.VerifyASN1(key, digest[:], signature)
	case ed25519.PublicKey:
		fits = ed25519.Verify(key, payload, signature)
	default:
		return ErrUnsuitableKey
	}
	if !fits {
		return errMismatch
	}
	return nil
}
