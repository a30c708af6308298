package keys_test

import (
	"testing"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/openssl"
)

// algorithms are those that partners may have.
var algorithms = []keys.Algorithm{keys.P256, keys.RSA2048, keys.Ed25519}

// message is as long as a payment with its headers.
var message = make([]byte, 1100)

// libraries are Go's own, which has no name here, and OpenSSL if it is installed.
func libraries() map[string]keys.Library {
	found := map[string]keys.Library{"": keys.GoLibrary{}}
	if library, err := openssl.Load(); err == nil {
		found["openssl/"] = library
	}
	return found
}

func pair(b *testing.B, library keys.Library, algorithm keys.Algorithm) (keys.Signer, keys.Verifier) {
	b.Helper()
	directory := b.TempDir()
	if err := keys.GenerateAs(algorithm, directory, "OWNER", 1); err != nil {
		b.Fatal(err)
	}
	signer, err := keys.LoadWith(library, directory, "OWNER", 1)
	if err != nil {
		b.Fatal(err)
	}
	public, err := signer.Public()
	if err != nil {
		b.Fatal(err)
	}
	return signer, keys.NewPublishedWith(library, keys.Table(map[string]map[int]string{"OWNER": public}))
}

// ofEach runs a benchmark for each library and algorithm.
func ofEach(b *testing.B, run func(*testing.B, keys.Signer, keys.Verifier)) {
	b.Helper()
	for name, library := range libraries() {
		for _, algorithm := range algorithms {
			b.Run(name+string(algorithm), func(b *testing.B) {
				signer, verifier := pair(b, library, algorithm)
				b.ReportAllocs()
				run(b, signer, verifier)
			})
		}
	}
}

// BenchmarkSign signs a message.
func BenchmarkSign(b *testing.B) {
	ofEach(b, func(b *testing.B, signer keys.Signer, _ keys.Verifier) {
		for b.Loop() {
			if _, _, err := signer.Sign(b.Context(), message); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkVerify verifies a message with a key that is known.
func BenchmarkVerify(b *testing.B) {
	ofEach(b, func(b *testing.B, signer keys.Signer, verifier keys.Verifier) {
		signature, version, err := signer.Sign(b.Context(), message)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := verifier.Verify(b.Context(), "OWNER", version, message, signature); err != nil {
				b.Fatal(err)
			}
		}
	})
}
