package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
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
