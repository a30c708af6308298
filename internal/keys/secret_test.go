package keys_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/internal/keys"
)

// TestSecret: made once, however many come first at the same time, and for its owner's
// eyes alone.
func TestSecret(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "keys")
	secrets := make([][]byte, 8)
	var group sync.WaitGroup
	for i := range secrets {
		group.Go(func() {
			var err error
			if secrets[i], err = keys.LoadOrMakeSecret(directory, "ALIASES"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, secret := range secrets {
		if len(secret) != 32 || !bytes.Equal(secret, secrets[0]) {
			t.Errorf("%x is not %x", secret, secrets[0])
		}
	}
	info, err := os.Stat(filepath.Join(directory, "ALIASES.secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if other, err := keys.LoadOrMakeSecret(directory, "OTHER"); err != nil || bytes.Equal(other, secrets[0]) {
		t.Errorf("another owner's is the same, %v", err)
	}
	for name, text := range map[string]string{
		"short": base64.StdEncoding.EncodeToString(make([]byte, 31)), "no base64": "%%%", "empty": "",
	} {
		if _, err := keys.ParseSecret(text); err == nil {
			t.Errorf("%s was taken", name)
		}
		if err := os.WriteFile(filepath.Join(directory, "ALIASES.secret"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.LoadOrMakeSecret(directory, "ALIASES"); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if _, err := keys.LoadOrMakeSecret(directory, "../x"); err == nil {
		t.Error("a name that leads elsewhere was taken")
	}
}
