package openssl

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/reason"
)

func library(t *testing.T) *Library {
	t.Helper()
	l, err := Load()
	if errors.Is(err, ErrMissing) {
		t.Skip("OpenSSL 3 is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A library that is not there, or is another one, is told apart: only the first is
// helped by installing OpenSSL.
func TestLibrariesThatCannotBeUsed(t *testing.T) {
	_, err := load("libcrypto-of-nobody.so.3")
	if !errors.Is(err, ErrMissing) || reason.Of(err) != reason.Unknown || !strings.Contains(err.Error(), "libssl3") {
		t.Errorf("missing: %v", err)
	}
	library(t)
	_, err = load("libc.so.6")
	if err == nil || errors.Is(err, ErrMissing) {
		t.Errorf("another library: %v", err)
	}
}

// It is opened once, whoever asks.
func TestLoadedOnce(t *testing.T) {
	if first, second := library(t), library(t); first != second {
		t.Error("two libraries")
	}
}

// What OpenSSL cannot read is an error in its words, and leaves no error for the next
// call to find.
func TestKeysThatCannotBeRead(t *testing.T) {
	l := library(t)
	runtime.LockOSThread() // errors are kept by thread
	defer runtime.UnlockOSThread()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, der := range map[string][]byte{"empty": {}, "garbage": []byte("garbage"), "cut": {0x30, 0x82, 1, 0, 2}} {
		for _, read := range []func(bio, into handle) handle{l.crypto.readPrivate, l.crypto.readPublic} {
			_, _, err := l.template(read, l.crypto.signInit, der, private.Public())
			if err == nil || !strings.HasPrefix(err.Error(), "openssl: read key: error:") {
				t.Errorf("%s: %v", name, err)
			}
			if left := l.crypto.errorGet(); left != 0 {
				t.Errorf("%s: error %x is left", name, left)
			}
		}
	}
}

// A key that does not sign is refused when it is taken, not when it is used.
func TestKeysThatDoNotSign(t *testing.T) {
	l := library(t)
	runtime.LockOSThread() // errors are kept by thread
	defer runtime.UnlockOSThread()
	agreement, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Public(agreement.Public()); err == nil {
		t.Error("a key of X25519 verifies")
	}
	if _, err := l.Public("no key"); err == nil {
		t.Error("a text verifies")
	}
	if left := l.crypto.errorGet(); left != 0 {
		t.Errorf("error %x is left", left)
	}
}

// Without a word of OpenSSL's an error still says what failed.
func TestFailureWithoutWords(t *testing.T) {
	if err := library(t).crypto.failure("EVP_DigestSign"); err.Error() != "openssl: EVP_DigestSign failed" {
		t.Error(err)
	}
}
