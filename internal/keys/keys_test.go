package keys_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
)

const owner = "HK-WALLET"

// home makes a key directory with the given versions.
func home(t *testing.T, versions ...int) string {
	t.Helper()
	directory := filepath.Join(t.TempDir(), "keys")
	for _, version := range versions {
		if err := keys.Generate(directory, owner, version); err != nil {
			t.Fatal(err)
		}
	}
	return directory
}

func load(t *testing.T, directory string, signWith int) *keys.FileSigner {
	t.Helper()
	signer, err := keys.Load(directory, owner, signWith)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func published(t *testing.T, signer *keys.FileSigner) *keys.Published {
	t.Helper()
	public, err := signer.Public()
	if err != nil {
		t.Fatal(err)
	}
	return keys.NewPublished(keys.Table(map[string]map[int]string{owner: public}))
}

func TestSignAndVerify(t *testing.T) {
	ctx := context.Background()
	signer := load(t, home(t, 1), -1)
	verifier := published(t, signer)
	payload := []byte("POST /aps/api/v1/payments/pay\nclient.time.{}")
	signature, version, err := signer.Sign(ctx, payload)
	if err != nil || version != 1 || len(signature) != 256 {
		t.Fatalf("version %d, %d bytes, %v", version, len(signature), err)
	}
	for name, c := range map[string]struct {
		owner     string
		version   int
		payload   []byte
		signature []byte
		want      reason.Kind
	}{
		"genuine":         {owner, 1, payload, signature, reason.None},
		"other payload":   {owner, 1, append([]byte(" "), payload...), signature, reason.InvalidSignature},
		"cut signature":   {owner, 1, payload, signature[:255], reason.InvalidSignature},
		"empty signature": {owner, 1, payload, nil, reason.InvalidSignature},
		"padded":          {owner, 1, payload, append([]byte{0}, signature...), reason.InvalidSignature},
		"other version":   {owner, 2, payload, signature, reason.UnknownKey},
		"other owner":     {"TH-ACQ", 1, payload, signature, reason.UnknownKey},
		"no owner":        {"", 1, payload, signature, reason.UnknownKey},
	} {
		err := verifier.Verify(ctx, c.owner, c.version, c.payload, c.signature)
		if got := reason.Of(err); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// The signature must be what the name RSA256 promises to partners: an
// independent verifier with the standard library's own call agrees.
func TestSignatureIsPKCS1v15WithSHA256(t *testing.T) {
	directory := home(t, 7)
	signature, _, err := load(t, directory, -1).Sign(context.Background(), []byte("abc"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(directory, owner+".7.pub"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("abc"))
	if err := rsa.VerifyPKCS1v15(public.(*rsa.PublicKey), crypto.SHA256, digest[:], signature); err != nil {
		t.Error(err)
	}
}

func TestEverySingleBitOfASignatureMatters(t *testing.T) {
	ctx := context.Background()
	signer := load(t, home(t, 1), -1)
	verifier := published(t, signer)
	payload := []byte("payload")
	signature, _, err := signer.Sign(ctx, payload)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(signature) * 8 {
		mutated := bytes.Clone(signature)
		mutated[bit/8] ^= 1 << (bit % 8)
		if err := verifier.Verify(ctx, owner, 1, payload, mutated); reason.Of(err) != reason.InvalidSignature {
			t.Fatalf("bit %d: %v", bit, err)
		}
	}
}

func TestTwoVersionsAreActive(t *testing.T) {
	ctx := context.Background()
	directory := home(t, 1, 2, 3)
	newest, previous := load(t, directory, -1), load(t, directory, 2)
	verifier := published(t, newest)
	for version, signer := range map[int]*keys.FileSigner{3: newest, 2: previous} {
		signature, got, err := signer.Sign(ctx, []byte("x"))
		if err != nil || got != version {
			t.Fatalf("signed with %d, %v; want %d", got, err, version)
		}
		if err := verifier.Verify(ctx, owner, version, []byte("x"), signature); err != nil {
			t.Errorf("version %d: %v", version, err)
		}
	}
	if _, err := keys.Load(directory, owner, 1); reason.Of(err) != reason.UnknownKey {
		t.Errorf("version 1 is still active: %v", err)
	}
	public, err := newest.Public()
	if err != nil || len(public) != 2 || public[2] == "" || public[3] == "" {
		t.Errorf("%d public keys, %v", len(public), err)
	}
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	directory := home(t, 1)
	private := filepath.Join(directory, owner+".1.pem")
	for name, want := range map[string]fs.FileMode{directory: 0o700, private: 0o600} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", filepath.Base(name), info.Mode(), err)
		}
	}
	if err := os.Chmod(private, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Load(directory, owner, -1); err == nil || !strings.Contains(err.Error(), "0600") {
		t.Errorf("a key that others can read was loaded: %v", err)
	}
}

func TestGenerateNeverOverwrites(t *testing.T) {
	directory := home(t, 1)
	before, err := os.ReadFile(filepath.Join(directory, owner+".1.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Generate(directory, owner, 1); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	after, err := os.ReadFile(filepath.Join(directory, owner+".1.pem"))
	if err != nil || !bytes.Equal(before, after) {
		t.Error("the private key changed")
	}
}

func TestGenerateRefusesNamesThatLeaveTheDirectory(t *testing.T) {
	for _, name := range []string{"", "../x", "a/b", "a.b", "a b", strings.Repeat("a", 65)} {
		if err := keys.Generate(t.TempDir(), name, 1); reason.Of(err) != reason.InvalidRequest {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := keys.Generate(t.TempDir(), owner, -1); reason.Of(err) != reason.InvalidRequest {
		t.Errorf("version -1: %v", err)
	}
}

func TestLoadOrGenerate(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "new")
	first, err := keys.LoadOrGenerate(directory, owner)
	if err != nil {
		t.Fatal(err)
	}
	again, err := keys.LoadOrGenerate(directory, owner)
	if err != nil {
		t.Fatal(err)
	}
	one, _ := first.Public()
	two, _ := again.Public()
	if one[1] == "" || one[1] != two[1] {
		t.Error("the second call made another key")
	}
}

func TestLoadRefuses(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"not PEM":     []byte("hello"),
		"other block": pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: der}),
		"not PKCS8":   pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1, 2, 3}}),
		"other curve": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	} {
		directory := t.TempDir()
		if err := os.WriteFile(filepath.Join(directory, owner+".1.pem"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Load(directory, owner, -1); err == nil {
			t.Errorf("%s was loaded", name)
		}
	}
	if _, err := keys.Load(t.TempDir(), owner, -1); reason.Of(err) != reason.UnknownKey {
		t.Errorf("no key: %v", err)
	}
	if _, err := keys.Load(filepath.Join(t.TempDir(), "absent"), owner, -1); reason.Of(err) != reason.UnknownKey {
		t.Errorf("no directory: %v", err)
	}
}

func TestParsePublicForms(t *testing.T) {
	public, err := load(t, home(t, 1), -1).Public()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(public[1]))
	bare := base64.StdEncoding.EncodeToString(block.Bytes)
	folded := bare[:76] + "\r\n" + bare[76:] + "\n"
	for name, text := range map[string]string{"PEM": public[1], "bare": bare, "folded": folded} {
		key, err := keys.ParsePublic(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, err := keys.FormatPublic(key); err != nil || again != public[1] {
			t.Errorf("%s: does not round-trip (%v)", name, err)
		}
	}
}

func TestParsePublicRefuses(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(small.Public())
	if err != nil {
		t.Fatal(err)
	}
	block := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	for name, text := range map[string]string{
		"empty": "", "words": "not a key", "small": block, "twice": block + block,
		"certificate": strings.ReplaceAll(block, "PUBLIC KEY", "CERTIFICATE"),
	} {
		if _, err := keys.ParsePublic(text); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if _, err := keys.FormatPublic(small.Public()); !errors.Is(err, keys.ErrUnsuitableKey) {
		t.Errorf("a small key was written: %v", err)
	}
}

// A key that was withdrawn between two messages must be refused at once,
// although its parsed form is cached.
func TestWithdrawnKeyIsRefused(t *testing.T) {
	ctx := context.Background()
	signer := load(t, home(t, 1), -1)
	public, err := signer.Public()
	if err != nil {
		t.Fatal(err)
	}
	active := true
	verifier := keys.NewPublished(func(string, int) (string, bool) { return public[1], active })
	signature, _, err := signer.Sign(ctx, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.Verify(ctx, owner, 1, []byte("x"), signature); err != nil {
		t.Fatal(err)
	}
	active = false
	if err := verifier.Verify(ctx, owner, 1, []byte("x"), signature); reason.Of(err) != reason.UnknownKey {
		t.Errorf("got %v", err)
	}
}

func TestUnreadablePublishedKey(t *testing.T) {
	verifier := keys.NewPublished(keys.Table(map[string]map[int]string{owner: {1: "garbage"}}))
	err := verifier.Verify(context.Background(), owner, 1, nil, nil)
	if reason.Of(err) != reason.UnknownKey {
		t.Errorf("got %v", err)
	}
}

func TestConcurrentUse(t *testing.T) {
	ctx := context.Background()
	signer := load(t, home(t, 1), -1)
	verifier := published(t, signer)
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			payload := bytes.Repeat([]byte{byte(worker)}, 100)
			signature, version, err := signer.Sign(ctx, payload)
			if err == nil {
				err = verifier.Verify(ctx, owner, version, payload, signature)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func FuzzParsePublic(f *testing.F) {
	f.Add("")
	f.Add("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
	f.Add("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := keys.ParsePublic(text)
		if err != nil {
			return
		}
		if _, err := keys.FormatPublic(key); err != nil {
			t.Errorf("accepted but cannot be written: %v", err)
		}
	})
}
