package openssl

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/ebitengine/purego"
)

// handle is the address of an object of OpenSSL's: an EVP_PKEY, an EVP_MD_CTX or a BIO.
// 0 is NULL.
type handle uintptr

// ErrMissing means that OpenSSL 3 is not installed.
var ErrMissing = errors.New("OpenSSL 3 is not there; install it " +
	"(package libssl3 of Debian and Ubuntu, openssl-libs of Fedora, libcrypto3 of Alpine)")

// okay is what functions of OpenSSL return that have succeeded.
const okay = 1

// libcrypto is the functions that are used, by their names in OpenSSL without the
// prefixes. Slices and pointers are read and written during a call and not kept;
// sizes are size_t (uintptr), int (int32) or unsigned long (uint) as in the headers.
type libcrypto struct {
	memoryMethod func() uintptr
	bioNew       func(method uintptr) handle
	bioWrite     func(bio handle, data []byte, length int32) int32
	bioFree      func(bio handle) int32
	readPrivate  func(bio, into handle) handle
	readPublic   func(bio, into handle) handle
	keySize      func(key handle) int32
	keyFree      func(key handle)

	sha256      func() uintptr
	contextNew  func() handle
	contextCopy func(to, from handle) int32
	contextFree func(context handle)
	signInit    func(context, keyContext handle, digest, engine uintptr, key handle) int32
	sign        func(context handle, signature []byte, size *uintptr, data []byte, length uintptr) int32
	verifyInit  func(context, keyContext handle, digest, engine uintptr, key handle) int32
	verify      func(context handle, signature []byte, size uintptr, data []byte, length uintptr) int32

	errorGet   func() uint
	errorText  func(code uint, text []byte, size uintptr)
	errorClear func()
}

// symbols are the functions by their full names.
func (c *libcrypto) symbols() map[string]any {
	return map[string]any{
		"BIO_s_mem":            &c.memoryMethod,
		"BIO_new":              &c.bioNew,
		"BIO_write":            &c.bioWrite,
		"BIO_free":             &c.bioFree,
		"d2i_PrivateKey_bio":   &c.readPrivate,
		"d2i_PUBKEY_bio":       &c.readPublic,
		"EVP_PKEY_get_size":    &c.keySize,
		"EVP_PKEY_free":        &c.keyFree,
		"EVP_sha256":           &c.sha256,
		"EVP_MD_CTX_new":       &c.contextNew,
		"EVP_MD_CTX_copy_ex":   &c.contextCopy,
		"EVP_MD_CTX_free":      &c.contextFree,
		"EVP_DigestSignInit":   &c.signInit,
		"EVP_DigestSign":       &c.sign,
		"EVP_DigestVerifyInit": &c.verifyInit,
		"EVP_DigestVerify":     &c.verify,
		"ERR_get_error":        &c.errorGet,
		"ERR_error_string_n":   &c.errorText,
		"ERR_clear_error":      &c.errorClear,
	}
}

// open finds the functions in the library file with a name. The library is never
// closed: OpenSSL keeps something for each thread, and tidies up when threads end.
func open(name string) (*libcrypto, error) {
	library, err := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	c := &libcrypto{}
	for symbol, function := range c.symbols() {
		address, err := purego.Dlsym(library, symbol)
		if err != nil {
			return nil, err
		}
		purego.RegisterFunc(function, address)
	}
	return c, nil
}

// errorTextMost is the room for the text of an error; OpenSSL's own buffer has 256.
const errorTextMost = 256

// failure is the first error that this thread's calls have left, and forgets the
// others. What OpenSSL says names functions and reasons, never data.
func (c *libcrypto) failure(op string) error {
	code := c.errorGet()
	c.errorClear()
	if code == 0 {
		return fmt.Errorf("openssl: %s failed", op)
	}
	text := make([]byte, errorTextMost)
	c.errorText(code, text, errorTextMost)
	said, _, _ := bytes.Cut(text, []byte{0})
	return fmt.Errorf("openssl: %s: %s", op, said)
}
