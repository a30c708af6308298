package openssl_test

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/openssl"
)

// system is the system's OpenSSL; without it a test is skipped.
func system(t testing.TB) keys.Library {
	t.Helper()
	library, err := openssl.Load()
	if errors.Is(err, openssl.ErrMissing) {
		t.Skip("OpenSSL 3 is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	return library
}

// vector is a line of testdata/signatures.txt.
type vector struct {
	name               string
	public             crypto.PublicKey
	private            crypto.Signer // nil if not known
	message, signature []byte
	fits               bool
}

func vectors(t testing.TB) []vector {
	t.Helper()
	file, err := os.Open("testdata/signatures.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var all []vector
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); fields[0] != "#" {
			all = append(all, parseVector(t, fields))
		}
	}
	if lines.Err() != nil || len(all) != 49 {
		t.Fatalf("%d vectors, %v", len(all), lines.Err())
	}
	return all
}

func parseVector(t testing.TB, fields []string) vector {
	t.Helper()
	var parts [4][]byte
	for i := range parts {
		part, err := hex.DecodeString(strings.TrimPrefix(fields[i+1], "-"))
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = part
	}
	v := vector{name: fields[0], message: parts[2], signature: parts[3], fits: fields[5] == "fits"}
	var err error
	if v.public, err = x509.ParsePKIXPublicKey(parts[0]); err != nil {
		t.Fatalf("%s: %v", v.name, err)
	}
	if len(parts[1]) > 0 {
		private, err := x509.ParsePKCS8PrivateKey(parts[1])
		if err != nil {
			t.Fatalf("%s: %v", v.name, err)
		}
		v.private = private.(crypto.Signer)
	}
	return v
}

// Both libraries say about signatures of NIST and of the authors of Ed25519 what those
// say.
func TestKnownSignaturesAreJudgedRightly(t *testing.T) {
	for name, library := range map[string]keys.Library{"go": keys.GoLibrary{}, "openssl": system(t)} {
		for _, v := range vectors(t) {
			public, err := library.Public(v.public)
			if err != nil {
				t.Fatalf("%s: %s: %v", name, v.name, err)
			}
			if fits, err := public.Verify(v.message, v.signature); err != nil || fits != v.fits {
				t.Errorf("%s: %s: fits %v, %v", name, v.name, fits, err)
			}
		}
	}
}

// RSASSA-PKCS1-v1_5 and Ed25519 have one signature for a message: the known one.
func TestKnownSignaturesAreMade(t *testing.T) {
	library, made := system(t), 0
	for _, v := range vectors(t) {
		if v.private == nil {
			continue
		}
		private, err := library.Private(v.private)
		if err != nil {
			t.Fatalf("%s: %v", v.name, err)
		}
		signature, err := private.Sign(v.message)
		if err != nil || !bytes.Equal(signature, v.signature) {
			t.Errorf("%s: %x, %v", v.name, signature, err)
		}
		made++
	}
	if made != 19 {
		t.Errorf("%d signatures made, want 3 of RSA and 16 of Ed25519", made)
	}
}
