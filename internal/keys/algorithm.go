package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
)

// RSA256 is the protocol name of RSASSA-PKCS1-v1_5 with SHA-256.
const RSA256 = "RSA256"

// rsaBits is the size of generated keys and the least size that is accepted;
// rsaBitsMost bounds the work that a published key can cause.
const (
	rsaBits     = 2048
	rsaBitsMost = 8192
)

// ErrUnsuitableKey means that a key is of a kind or size that no algorithm here
// uses.
var ErrUnsuitableKey = errors.New("keys: not an RSA key of 2048 to 8192 bits")

// errMismatch is what every algorithm returns for a signature that does not
// fit; which check failed is nobody's business.
var errMismatch = errors.New("keys: signature does not fit")

func suitable(public crypto.PublicKey) error {
	key, isRSA := public.(*rsa.PublicKey)
	if !isRSA || key.N.BitLen() < rsaBits || key.N.BitLen() > rsaBitsMost {
		return ErrUnsuitableKey
	}
	return nil
}

func signWith(private crypto.Signer, payload []byte) ([]byte, error) {
	if err := suitable(private.Public()); err != nil {
		return nil, err
	}
	digest := sha256.Sum256(payload)
	signature, err := private.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("keys: sign: %w", err)
	}
	return signature, nil
}

func verifyWith(public crypto.PublicKey, payload, signature []byte) error {
	switch key := public.(type) {
	case *rsa.PublicKey:
		digest := sha256.Sum256(payload)
		if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) != nil {
			return errMismatch
		}
		return nil
	default:
		return ErrUnsuitableKey
	}
}
