package keys

import "context"

// Signer signs with the owner's own current key.
type Signer interface {
	// Sign returns the signature over the payload and the version of the key
	// that made it. The signature is raw bytes, not text.
	Sign(ctx context.Context, payload []byte) (signature []byte, version int, err error)
}

// Verifier checks signatures against published public keys.
type Verifier interface {
	// Verify returns nil if the signature was made over the payload with the
	// owner's key of that version. Otherwise the error's kind is
	// reason.UnknownKey (no such active key) or reason.InvalidSignature; any
	// other kind means that the check itself could not be made.
	Verify(ctx context.Context, owner string, version int, payload, signature []byte) error
}
