package openssl

import (
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"fmt"
	"runtime"
	"sync"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
)

// fileName is the library in every system with glibc or musl.
const fileName = "libcrypto.so.3"

// Library computes signatures with OpenSSL. Get one by [Load].
type Library struct{ crypto *libcrypto }

var _ keys.Library = (*Library)(nil)

// Choose returns the library with a name: "go", which is also that of no name, or
// "openssl".
func Choose(name string) (keys.Library, error) {
	switch name {
	case "", "go":
		return keys.GoLibrary{}, nil
	case "openssl":
		return Load()
	default:
		return nil, reason.New(reason.InvalidRequest, "openssl.Choose", fmt.Sprintf("want go or openssl, got %q", name))
	}
}

// Load opens the system's OpenSSL 3, once in a process. The error wraps [ErrMissing] if
// it is not installed.
func Load() (*Library, error) { return loaded() }

var loaded = sync.OnceValues(func() (*Library, error) { return load(fileName) })

func load(name string) (*Library, error) {
	c, err := open(name)
	if err != nil {
		return nil, reason.Wrap(reason.Unknown, "openssl.Load", err)
	}
	return &Library{crypto: c}, nil
}

// Private implements [keys.Library].
func (l *Library) Private(key crypto.Signer) (keys.PrivateKey, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("openssl: private key: %w", err)
	}
	template, size, err := l.template(l.crypto.readPrivate, l.crypto.signInit, der, key.Public())
	if err != nil {
		return nil, err
	}
	private := &privateKey{key: held{crypto: l.crypto, template: template}, size: size}
	runtime.AddCleanup(private, l.crypto.contextFree, template)
	return private, nil
}

// Public implements [keys.Library].
func (l *Library) Public(key crypto.PublicKey) (keys.PublicKey, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, fmt.Errorf("openssl: public key: %w", err)
	}
	template, _, err := l.template(l.crypto.readPublic, l.crypto.verifyInit, der, key)
	if err != nil {
		return nil, err
	}
	public := &publicKey{held{crypto: l.crypto, template: template}}
	runtime.AddCleanup(public, l.crypto.contextFree, template)
	return public, nil
}

// template makes the context that every use of a key starts from as a copy, which
// costs less than to begin anew. It holds the key, and has to be freed. size is that
// of the longest signature, in bytes.
func (l *Library) template(
	read func(bio, into handle) handle, begin func(context, keyContext handle, digest, engine uintptr, key handle) int32,
	der []byte, public crypto.PublicKey,
) (template handle, size int, err error) {
	runtime.LockOSThread() // errors are kept by thread
	defer runtime.UnlockOSThread()
	key, err := l.parse(read, der)
	if err != nil {
		return 0, 0, err
	}
	defer l.crypto.keyFree(key)
	digest := l.crypto.sha256()
	if _, whole := public.(ed25519.PublicKey); whole {
		digest = 0
	}
	template = l.crypto.contextNew()
	if template == 0 {
		return 0, 0, l.crypto.failure("EVP_MD_CTX_new")
	}
	if begin(template, 0, digest, 0, key) != okay {
		l.crypto.contextFree(template)
		return 0, 0, l.crypto.failure("begin")
	}
	return template, int(l.crypto.keySize(key)), nil
}

// parse reads a key out of its DER, through a memory of OpenSSL's own, which is wiped
// when it is freed.
func (l *Library) parse(read func(bio, into handle) handle, der []byte) (handle, error) {
	bio := l.crypto.bioNew(l.crypto.memoryMethod())
	if bio == 0 {
		return 0, l.crypto.failure("BIO_new")
	}
	defer l.crypto.bioFree(bio)
	if int(l.crypto.bioWrite(bio, der, int32(len(der)))) != len(der) {
		return 0, l.crypto.failure("BIO_write")
	}
	key := read(bio, 0)
	if key == 0 {
		return 0, l.crypto.failure("read key")
	}
	return key, nil
}

// held is a key in its template, which is only read.
type held struct {
	crypto   *libcrypto
	template handle
}

// with calls work with a copy of the template, on one thread.
func (h held) with(work func(context handle) error) error {
	runtime.LockOSThread() // errors are kept by thread
	defer runtime.UnlockOSThread()
	context := h.crypto.contextNew()
	if context == 0 {
		return h.crypto.failure("EVP_MD_CTX_new")
	}
	defer h.crypto.contextFree(context)
	if h.crypto.contextCopy(context, h.template) != okay {
		return h.crypto.failure("EVP_MD_CTX_copy_ex")
	}
	return work(context)
}

type privateKey struct {
	key  held
	size int
}

// Sign implements [keys.PrivateKey].
func (p *privateKey) Sign(payload []byte) ([]byte, error) {
	defer runtime.KeepAlive(p) // with it the template
	signature, length := make([]byte, p.size), uintptr(p.size)
	err := p.key.with(func(context handle) error {
		if p.key.crypto.sign(context, signature, &length, payload, uintptr(len(payload))) != okay {
			return p.key.crypto.failure("EVP_DigestSign")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return signature[:length], nil
}

type publicKey struct{ key held }

// Verify implements [keys.PublicKey]. OpenSSL tells a signature that is malformed and
// one of something else apart; here they are the same.
func (p *publicKey) Verify(payload, signature []byte) (fits bool, err error) {
	defer runtime.KeepAlive(p) // with it the template
	err = p.key.with(func(context handle) error {
		fits = p.key.crypto.verify(
			context, signature, uintptr(len(signature)), payload, uintptr(len(payload))) == okay
		if !fits {
			p.key.crypto.errorClear()
		}
		return nil
	})
	return fits, err
}
