package openssl_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/keys"
)

// pair is a key pair in both libraries.
type pair struct {
	private map[string]keys.PrivateKey
	public  map[string]keys.PublicKey
}

func newPair(t testing.TB, key crypto.Signer) pair {
	t.Helper()
	p := pair{private: map[string]keys.PrivateKey{}, public: map[string]keys.PublicKey{}}
	for name, library := range map[string]keys.Library{"go": keys.GoLibrary{}, "openssl": system(t)} {
		var err error
		if p.private[name], err = library.Private(key); err != nil {
			t.Fatal(err)
		}
		if p.public[name], err = library.Public(key.Public()); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// verdict is what both libraries say, which has to be the same.
func verdict(t rapid.TB, public map[string]keys.PublicKey, payload, signature []byte) bool {
	t.Helper()
	said := map[string]bool{}
	for name, key := range public {
		fits, err := key.Verify(payload, signature)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		said[name] = fits
	}
	if said["go"] != said["openssl"] {
		t.Fatalf("go says %v, openssl %v: signature %x over %x", said["go"], said["openssl"], signature, payload)
	}
	return said["go"]
}

// generated are fresh keys of all algorithms, RSA also of a size that partners may have.
func generated(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	made := map[string]crypto.Signer{}
	for name, bits := range map[string]int{"rsa-2048": 2048, "rsa-3072": 3072} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		made[name] = key
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made["ecdsa-p256"], made["ed25519"] = curve, edwards
	return made
}

// What one library signs the other accepts, whatever the payload, and nothing else.
func TestEachAcceptsWhatTheOtherSigns(t *testing.T) {
	for name, key := range generated(t) {
		p, stranger := newPair(t, key), newPair(t, generated(t)[name])
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			payload := rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(t, "payload")
			signer := rapid.SampledFrom([]string{"go", "openssl"}).Draw(t, "signer")
			signature, err := p.private[signer].Sign(payload)
			if err != nil {
				t.Fatal(err)
			}
			if !verdict(t, p.public, payload, signature) {
				t.Fatalf("signature of %s does not fit", signer)
			}
			if verdict(t, stranger.public, payload, signature) {
				t.Fatal("fits another key")
			}
			if verdict(t, p.public, append(bytes.Clone(payload), 0), signature) {
				t.Fatal("fits another payload")
			}
			if verdict(t, p.public, payload, spoilt(t, signature)) {
				t.Fatal("fits though it was changed")
			}
		}))
	}
}

// spoilt is a signature with a bit turned, cut or lengthened.
func spoilt(t *rapid.T, signature []byte) []byte {
	signature = bytes.Clone(signature)
	switch rapid.IntRange(0, 2).Draw(t, "how") {
	case 0:
		bit := rapid.IntRange(0, len(signature)*8-1).Draw(t, "bit")
		signature[bit/8] ^= 1 << (bit % 8)
		return signature
	case 1:
		return signature[:rapid.IntRange(0, len(signature)-1).Draw(t, "length")]
	default:
		more := rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "more")
		return slices.Concat(signature, more)
	}
}

// sequence is a DER sequence of its parts, the length as it is given.
func sequence(length []byte, parts ...[]byte) []byte {
	return slices.Concat([]byte{0x30}, length, slices.Concat(parts...))
}

func integer(content []byte) []byte { return append([]byte{2, byte(len(content))}, content...) }

// An ECDSA signature has one encoding and two values of s. Both libraries take both
// values, and none of the other encodings.
func TestFormsOfECDSASignatures(t *testing.T) {
	p := newPair(t, generated(t)["ecdsa-p256"])
	payload, order := []byte("payment"), elliptic.P256().Params().N
	r, s := shortPair(t, p.private["openssl"], payload)
	whole := slices.Concat(integer(r.Bytes()), integer(s.Bytes()))
	length := byte(len(whole))
	for name, c := range map[string]struct {
		signature []byte
		fits      bool
	}{
		"canonical":          {sequence([]byte{length}, whole), true},
		"high s":             {encoded(t, r, new(big.Int).Sub(order, s)), true},
		"long form":          {sequence([]byte{0x81, length}, whole), false},
		"indefinite":         {sequence([]byte{0x80}, whole, []byte{0, 0}), false},
		"leading zero":       {sequence([]byte{length + 1}, integer(append([]byte{0}, r.Bytes()...)), integer(s.Bytes())), false},
		"trailing zero":      {append(sequence([]byte{length}, whole), 0), false},
		"inside trailing":    {sequence([]byte{length + 2}, whole, []byte{5, 0}), false},
		"no sequence":        {whole, false},
		"set":                {append([]byte{0x31, length}, whole...), false},
		"raw r and s":        {slices.Concat(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))), false},
		"only r":             {encoded(t, r), false},
		"three numbers":      {encoded(t, r, s, s), false},
		"empty sequence":     {[]byte{0x30, 0}, false},
		"empty integers":     {[]byte{0x30, 4, 2, 0, 2, 0}, false},
		"zero r":             {encoded(t, new(big.Int), s), false},
		"zero s":             {encoded(t, r, new(big.Int)), false},
		"zeros":              {encoded(t, new(big.Int), new(big.Int)), false},
		"r of the order":     {encoded(t, order, s), false},
		"s of the order":     {encoded(t, r, order), false},
		"s beyond the order": {encoded(t, r, new(big.Int).Add(s, order)), false},
		"r beyond the order": {encoded(t, new(big.Int).Add(r, order), s), false},
		"negative r":         {encoded(t, new(big.Int).Neg(r), s), false},
		"negative s":         {encoded(t, r, new(big.Int).Sub(s, order)), false},
		"exchanged":          {encoded(t, s, r), false},
		"immense":            {encoded(t, new(big.Int).Lsh(r, 40_000), s), false},
		"nothing":            {nil, false},
	} {
		if got := verdict(t, p.public, payload, c.signature); got != c.fits {
			t.Errorf("%s: fits %v, want %v", name, got, c.fits)
		}
	}
}

// shortPair signs until neither number needs a leading zero, so that their bytes are
// their encoding.
func shortPair(t *testing.T, private keys.PrivateKey, payload []byte) (r, s *big.Int) {
	t.Helper()
	for {
		signature, err := private.Sign(payload)
		if err != nil {
			t.Fatal(err)
		}
		var numbers struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(signature, &numbers); err != nil {
			t.Fatal(err)
		}
		if numbers.R.BitLen()%8 != 0 && numbers.S.BitLen()%8 != 0 {
			return numbers.R, numbers.S
		}
	}
}

func encoded(t *testing.T, numbers ...*big.Int) []byte {
	t.Helper()
	signature, err := asn1.Marshal(numbers)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// An RSA signature is a number below the modulus in as many bytes as that has, and its
// padding is checked whole.
func TestFormsOfRSASignatures(t *testing.T) {
	key := generated(t)["rsa-2048"].(*rsa.PrivateKey)
	p, payload := newPair(t, key), []byte("payment")
	signature, err := p.private["openssl"].Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	number := new(big.Int).SetBytes(signature)
	raw := func(padded []byte) []byte {
		return new(big.Int).Exp(new(big.Int).SetBytes(padded), key.D, key.N).FillBytes(make([]byte, 256))
	}
	padded := new(big.Int).Exp(number, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, 256))
	if !verdict(t, p.public, payload, raw(padded)) {
		t.Fatal("what was padded right does not fit")
	}
	shorter := slices.Concat([]byte{0, 1}, bytes.Repeat([]byte{0xff}, 8), padded[len(padded)-52:])
	withoutNull := bytes.Clone(padded)
	for name, c := range map[string][]byte{
		"negated":          new(big.Int).Sub(key.N, number).FillBytes(make([]byte, 256)),
		"beyond modulus":   new(big.Int).Add(key.N, number).Bytes(),
		"zero":             make([]byte, 256),
		"one":              append(make([]byte, 255), 1),
		"modulus":          key.N.Bytes(),
		"leading zero":     append([]byte{0}, signature...),
		"padding of two":   raw(replaced(padded, 1, 2)),
		"padding broken":   raw(replaced(padded, 100, 0)),
		"hash on the left": raw(append(shorter, make([]byte, 256-len(shorter))...)),
		"other parameters": raw(replaced(withoutNull, 256-35, 4)),
		"other hash":       raw(replaced(padded, 256-37, 2)),
	} {
		if verdict(t, p.public, payload, c) {
			t.Errorf("%s: fits", name)
		}
	}
}

func replaced(data []byte, at int, with byte) []byte {
	data = bytes.Clone(data)
	data[at] = with
	return data
}

// Points of small order, encodings that are not canonical and an s beyond the order are
// where verifiers of Ed25519 differ from each other. These two do not.
func TestFormsOfEd25519Signatures(t *testing.T) {
	p, payload := newPair(t, generated(t)["ed25519"]), []byte("payment")
	signature, err := p.private["openssl"].Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	for _, multiple := range []int64{1, 2, 7} {
		if verdict(t, p.public, payload, beyond(signature, multiple)) {
			t.Errorf("s and %d times the order: fits", multiple)
		}
	}
	accepted := 0
	for _, point := range smallOrder() {
		public := newPublic(t, ed25519.PublicKey(point))
		for _, commitment := range smallOrder() {
			for message := range byte(8) {
				if verdict(t, public, []byte{message}, slices.Concat(commitment, make([]byte, 32))) {
					accepted++
				}
			}
		}
	}
	if accepted == 0 {
		t.Error("no signature of small order was accepted: the test does not reach the equation")
	}
}

func newPublic(t *testing.T, key crypto.PublicKey) map[string]keys.PublicKey {
	t.Helper()
	public := map[string]keys.PublicKey{}
	for name, library := range map[string]keys.Library{"go": keys.GoLibrary{}, "openssl": system(t)} {
		var err error
		if public[name], err = library.Public(key); err != nil {
			t.Fatal(err)
		}
	}
	return public
}

// beyond is a signature whose s is greater by multiples of the order of the group.
func beyond(signature []byte, multiple int64) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	s := new(big.Int).SetBytes(reversed(signature[32:]))
	s.Add(s, order.Mul(order, big.NewInt(multiple)))
	return slices.Concat(signature[:32], reversed(s.FillBytes(make([]byte, 32))))
}

func reversed(data []byte) []byte {
	data = bytes.Clone(data)
	slices.Reverse(data)
	return data
}

// smallOrder are points of order 1, 2 and 4 with every encoding that decoders take, and
// y = 2, which is no point.
func smallOrder() [][]byte {
	one := append([]byte{1}, make([]byte, 31)...)
	prime := append([]byte{0xed}, append(bytes.Repeat([]byte{0xff}, 30), 0x7f)...)
	points := [][]byte{
		one, make([]byte, 32), replaced(prime, 0, 0xec), // the neutral point, order 4, order 2
		prime, replaced(prime, 0, 0xee), replaced(one, 0, 2), // 0 and 1 plus the prime; none
	}
	for _, point := range slices.Clone(points) {
		points = append(points, replaced(point, 31, point[31]|0x80)) // the other sign of x
	}
	return points
}

// FuzzLibrariesAgree looks for a signature that only one library accepts.
func FuzzLibrariesAgree(f *testing.F) {
	all := vectors(f)
	public := make([]map[string]keys.PublicKey, len(all))
	for i, v := range all {
		f.Add(byte(i), v.message, v.signature)
		public[i] = map[string]keys.PublicKey{}
		for name, library := range map[string]keys.Library{"go": keys.GoLibrary{}, "openssl": system(f)} {
			var err error
			if public[i][name], err = library.Public(v.public); err != nil {
				f.Fatal(err)
			}
		}
	}
	f.Fuzz(func(t *testing.T, key byte, message, signature []byte) {
		verdict(t, public[int(key)%len(public)], message, signature)
	})
}
