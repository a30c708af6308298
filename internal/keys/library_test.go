package keys_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
)

// spent is a library that has run out of memory, for keys or only for their use.
type spent struct{ later bool }

var errSpent = errors.New("out of memory")

func (s spent) Private(crypto.Signer) (keys.PrivateKey, error) { return nil, errSpent }

func (s spent) Public(crypto.PublicKey) (keys.PublicKey, error) {
	if s.later {
		return s, nil
	}
	return nil, errSpent
}

func (s spent) Verify(_, _ []byte) (bool, error) { return false, errSpent }

// A library that fails says nothing about the signature or the key: the caller is not
// told that either is wrong.
func TestALibraryThatFailsJudgesNothing(t *testing.T) {
	directory := home(t, 1)
	for _, library := range []spent{{}, {later: true}} {
		verifier := keys.NewPublishedWith(library, keys.Directory(directory))
		err := verifier.Verify(t.Context(), owner, 1, []byte("payment"), nil)
		if reason.Of(err) != reason.Unknown || !errors.Is(err, errSpent) {
			t.Errorf("%+v: %v", library, err)
		}
	}
	if _, err := keys.LoadWith(spent{}, directory, owner, -1); !errors.Is(err, errSpent) {
		t.Errorf("load: %v", err)
	}
	files := keys.NewFilesWith(spent{}, directory, owner, keys.RSA2048)
	if _, err := files.SignWith(t.Context(), 1, []byte("payment")); !errors.Is(err, errSpent) {
		t.Errorf("sign: %v", err)
	}
}

// Go's library takes what the algorithms use, and nothing else.
func TestGoLibraryTakesSuitableKeysOnly(t *testing.T) {
	large, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (keys.GoLibrary{}).Private(large); !errors.Is(err, keys.ErrUnsuitableKey) {
		t.Errorf("private: %v", err)
	}
	if _, err := (keys.GoLibrary{}).Public(large.Public()); !errors.Is(err, keys.ErrUnsuitableKey) {
		t.Errorf("public: %v", err)
	}
}
