package keys

import (
	"context"
	"time"
)

// Version is one version of an owner's key, as its home knows it.
type Version struct {
	// Number is the version that messages name.
	Number int
	// CreatedAt is when the key pair was made, in UTC.
	CreatedAt time.Time
	// Public is the public key as PKIX PEM.
	Public string
	// Retired says that nothing is signed or accepted with it any more.
	Retired bool
}

// Home is where an owner's private keys live. It is safe for concurrent use.
type Home interface {
	// Versions returns the versions in ascending order, retired ones as far as
	// the home remembers them. An owner without any key is no error.
	Versions(ctx context.Context) ([]Version, error)
	// SignWith returns the raw signature over the payload with a version.
	SignWith(ctx context.Context, version int, payload []byte) ([]byte, error)
	// Generate makes the next version; the first one is 1.
	Generate(ctx context.Context) error
	// Retire ends a version and all before it, for good.
	Retire(ctx context.Context, version int) error
}
