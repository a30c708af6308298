package vault

import (
	"encoding/base64"
	"strconv"
	"testing"
)

// FuzzSignature: what Vault says is a signature of the version that was asked for,
// or refused.
func FuzzSignature(f *testing.F) {
	f.Add("vault:v3:AAAA", 3)
	f.Add("vault:v3:AAAA", 4)
	f.Add("vault:v3:", 3)
	f.Add("vault:v-1:AA==", -1)
	f.Add("", 0)
	f.Fuzz(func(t *testing.T, text string, version int) {
		signature, err := parseSignature(text, version)
		if err != nil {
			return
		}
		again, err := parseSignature("vault:v"+strconv.Itoa(version)+":"+base64.StdEncoding.EncodeToString(signature), version)
		if err != nil || string(again) != string(signature) {
			t.Errorf("%q does not round-trip: %v", text, err)
		}
		if _, err := parseSignature(text, version+1); err == nil {
			t.Errorf("%q is also of version %d", text, version+1)
		}
	})
}

func TestPublicKeysOfOtherFormsAreRefused(t *testing.T) {
	for _, text := range []string{"", "AAAA", "not base64", base64.StdEncoding.EncodeToString(make([]byte, 31))} {
		if _, err := publicPEM(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
