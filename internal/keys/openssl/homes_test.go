package openssl_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/openssl"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Keys in files sign with OpenSSL as with Go: through the home, a ring and a loaded
// signer, over a rotation, and partners who verify with either accept it.
func TestKeysInFilesSign(t *testing.T) {
	library := system(t)
	for _, algorithm := range []keys.Algorithm{keys.RSA2048, keys.P256, keys.Ed25519} {
		directory := filepath.Join(t.TempDir(), "keys")
		home := keys.NewFilesWith(library, directory, "HUB", algorithm)
		ring, err := keys.Open(t.Context(), "HUB", home, clock.System{}, keys.Policy{Refresh: time.Second}, true)
		if err != nil {
			t.Fatal(err)
		}
		signers := []keys.Signer{ring, loaded(t, directory)}
		if err := ring.Rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, signer := range append(signers, loaded(t, directory)) {
			want := []int{2, 1, 2}[i] // the first was loaded before the rotation
			signature, version, err := signer.Sign(t.Context(), []byte("payment"))
			if err != nil || version != want {
				t.Fatalf("%s: signer %d: version %d, %v", algorithm, i, version, err)
			}
			accepted(t, directory, version, signature)
		}
	}
}

func loaded(t *testing.T, directory string) keys.Signer {
	t.Helper()
	signer, err := keys.LoadWith(system(t), directory, "HUB", -1)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// accepted checks that both libraries accept a signature, and not as one of another
// payload or version.
func accepted(t *testing.T, directory string, version int, signature []byte) {
	t.Helper()
	for _, library := range []keys.Library{keys.GoLibrary{}, system(t)} {
		verifier := keys.NewPublishedWith(library, keys.Directory(directory))
		for payload, want := range map[string]reason.Kind{"payment": reason.None, "payments": reason.InvalidSignature} {
			if err := verifier.Verify(t.Context(), "HUB", version, []byte(payload), signature); reason.Of(err) != want {
				t.Errorf("%T: %s: %v", library, payload, err)
			}
		}
		if err := verifier.Verify(t.Context(), "HUB", 3, []byte("payment"), signature); reason.Of(err) != reason.UnknownKey {
			t.Errorf("%T: another version: %v", library, err)
		}
	}
}

// A retired key does not sign any more, although OpenSSL had it.
func TestRetiredKeysDoNotSign(t *testing.T) {
	home := keys.NewFilesWith(system(t), t.TempDir(), "HUB", keys.P256)
	for range 2 {
		if err := home.Generate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := home.SignWith(t.Context(), 1, []byte("payment")); err != nil {
		t.Fatal(err)
	}
	if err := home.Retire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := home.SignWith(t.Context(), 1, []byte("payment")); reason.Of(err) != reason.UnknownKey {
		t.Errorf("signed with a retired key: %v", err)
	}
}

// A library is chosen by its name; no name is Go's.
func TestChoose(t *testing.T) {
	for name, want := range map[string]keys.Library{"": keys.GoLibrary{}, "go": keys.GoLibrary{}, "openssl": system(t)} {
		if got, err := openssl.Choose(name); err != nil || got != want {
			t.Errorf("%q: %T, %v", name, got, err)
		}
	}
	if _, err := openssl.Choose("OpenSSL"); reason.Of(err) != reason.InvalidRequest {
		t.Errorf("a name that is none: %v", err)
	}
}

// A public key that is none is refused before any library has it.
func TestPublishedKeysThatAreNone(t *testing.T) {
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "HUB.1.pub"), []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	verifier := keys.NewPublishedWith(system(t), keys.Directory(directory))
	if err := verifier.Verify(t.Context(), "HUB", 1, nil, nil); reason.Of(err) != reason.UnknownKey {
		t.Errorf("%v", err)
	}
}
