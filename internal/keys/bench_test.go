package keys_test

import (
	"testing"

	"github.com/causeway-pay/causeway/internal/keys"
)

// algorithms are those that partners may have.
var algorithms = []keys.Algorithm{keys.P256, keys.RSA2048, keys.Ed25519}

// message is as long as a payment with its headers.
var message = make([]byte, 1100)

func pair(b *testing.B, algorithm keys.Algorithm) (keys.Signer, keys.Verifier) {
	b.Helper()
	directory := b.TempDir()
	if err := keys.GenerateAs(algorithm, directory, "OWNER", 1); err != nil {
		b.Fatal(err)
	}
	signer, err := keys.Load(directory, "OWNER", 1)
	if err != nil {
		b.Fatal(err)
	}
	public, err := signer.Public()
	if err != nil {
		b.Fatal(err)
	}
	return signer, keys.NewPublished(keys.Table(map[string]map[int]string{"OWNER": public}))
}

// BenchmarkSign signs a message.
func BenchmarkSign(b *testing.B) {
	for _, algorithm := range algorithms {
		b.Run(string(algorithm), func(b *testing.B) {
			signer, _ := pair(b, algorithm)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := signer.Sign(b.Context(), message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkVerify verifies a message with a key that is known.
func BenchmarkVerify(b *testing.B) {
	for _, algorithm := range algorithms {
		b.Run(string(algorithm), func(b *testing.B) {
			signer, verifier := pair(b, algorithm)
			signature, version, err := signer.Sign(b.Context(), message)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := verifier.Verify(b.Context(), "OWNER", version, message, signature); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
