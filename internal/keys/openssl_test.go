package keys_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
)

// OpenSSL reads our key files and agrees about signatures both ways, so keys
// and signatures can be exchanged with any partner.
func TestOpenSSLAgrees(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	ctx, directory := context.Background(), home(t, 1)
	payload := filepath.Join(directory, "payload")
	if err := os.WriteFile(payload, []byte("POST /aps/api/v1/payments/pay\nc.t.{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	signer := load(t, directory, -1)
	ours, _, err := signer.Sign(ctx, []byte("POST /aps/api/v1/payments/pay\nc.t.{}"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(directory, "signature")
	if err := os.WriteFile(file, ours, 0o600); err != nil {
		t.Fatal(err)
	}
	stem := filepath.Join(directory, owner+".1")
	out, err := exec.Command(openssl, "dgst", "-sha256", "-verify", stem+".pub", "-signature", file, payload).
		CombinedOutput()
	if err != nil {
		t.Errorf("openssl does not accept our signature: %s", out)
	}
	theirs, err := exec.Command(openssl, "dgst", "-sha256", "-sign", stem+".pem", payload).Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := published(
		t,
		signer,
	).Verify(ctx, owner, 1, []byte("POST /aps/api/v1/payments/pay\nc.t.{}"), theirs); err != nil {
		t.Errorf("we do not accept openssl's signature: %v", err)
	}
}

// Keys made by OpenSSL are read, in PEM and in the bare form of the SDKs.
func TestOpenSSLKeysAreRead(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	ctx, directory := context.Background(), t.TempDir()
	private := filepath.Join(directory, owner+".4.pem")
	if out, err := exec.Command(openssl, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
		"-out", private).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.Chmod(private, 0o600); err != nil {
		t.Fatal(err)
	}
	signer := load(t, directory, -1)
	signature, version, err := signer.Sign(ctx, []byte("x"))
	if err != nil || version != 4 {
		t.Fatalf("version %d, %v", version, err)
	}
	text, err := exec.Command(openssl, "pkey", "-in", private, "-pubout").Output()
	if err != nil {
		t.Fatal(err)
	}
	verifier := keys.NewPublished(keys.Table(map[string]map[int]string{owner: {4: string(text)}}))
	if err := verifier.Verify(ctx, owner, 4, []byte("x"), signature); err != nil {
		t.Error(err)
	}
	if err := verifier.Verify(ctx, owner, 4, []byte("y"), signature); reason.Of(err) != reason.InvalidSignature {
		t.Errorf("another payload: %v", err)
	}
}
