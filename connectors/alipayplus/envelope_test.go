package alipayplus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/reason"
)

// The digests were computed by hand from the protocol's description and do not
// depend on a key.
func TestSigningStringKnownAnswers(t *testing.T) {
	const path, client = "/aps/api/v1/payments/inquiryPayment", "SANDBOX_5Y0000000000001"
	body := []byte(`{"paymentRequestId":"PR-0001","paymentAmount":{"currency":"JPY","value":"1500"}}`)
	for at, want := range map[string]string{
		"2026-01-02T03:04:05.06Z": "7c139c951ac454887e9af4e9b4277617ef3b4b6e2df4aadb174243cc6b2e4b68",
		"1767323045060":           "725e0795f562b07e3341557370ce8ff7a79e227a98dca63a7c1d35f798c4f8e5",
	} {
		signed := SigningString("POST", path, client, at, body)
		digest := sha256.Sum256(signed)
		if got := hex.EncodeToString(digest[:]); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
	if signed := SigningString("POST", path, client, "2026-01-02T03:04:05.06Z", body); len(signed) != 169 {
		t.Errorf("%d bytes, want 169", len(signed))
	}
}

func TestSignatureHeaderIsExactlyWhatSDKsParse(t *testing.T) {
	got := FormatSignature(Signature{KeyVersion: 1, Value: []byte{0xfb, 0xff, 0xbf, 0x01}})
	if want := "algorithm=RSA256,keyVersion=1,signature=%2B%2F%2B%2FAQ%3D%3D"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestParseSignature(t *testing.T) {
	value := []byte{0xfb, 0xff, 0xbf, 0x01}
	for header, good := range map[string]bool{
		"algorithm=RSA256,keyVersion=1,signature=%2B%2F%2B%2FAQ%3D%3D":    true,
		"algorithm=RSA256, keyVersion=1, signature=%2B%2F%2B%2FAQ%3D%3D":  true,
		" signature=%2b%2f%2b%2fAQ%3d%3d , keyVersion=1,algorithm=rsa256": true,
		"algorithm=RSA256,keyVersion=1,signature=%2B/%2B/AQ==":            true,
		"algorithm=RSA256,keyVersion=1,signature=+/+/AQ==":                false,
		"algorithm=RSA512,keyVersion=1,signature=%2B%2F%2B%2FAQ%3D%3D":    false,
		"algorithm=RSA256,keyVersion=-1,signature=%2B%2F%2B%2FAQ%3D%3D":   false,
		"algorithm=RSA256,keyVersion=1x,signature=%2B%2F%2B%2FAQ%3D%3D":   false,
		"algorithm=RSA256,keyVersion=9999999999,signature=AQ%3D%3D":       false,
		"algorithm=RSA256,keyVersion=1":                                   false,
		"algorithm=RSA256,keyVersion=1,signature=":                        false,
		"algorithm=RSA256,keyVersion=1,signature=%2":                      false,
		"algorithm=RSA256,keyVersion=1,signature=AR%3D%3D":                false,
		"algorithm=RSA256,keyVersion=1,signature=A%0AQ%3D%3D":             false,
		"algorithm=RSA256,keyVersion=1,keyVersion=1,signature=AQ%3D%3D":   false,
		"algorithm=RSA256,keyVersion=1,signature=AQ%3D%3D,extra=1":        false,
		"algorithm=RSA256,keyVersion=1,signature=AQ%3D%3D,":               false,
		"Algorithm=RSA256,keyVersion=1,signature=%2B%2F%2B%2FAQ%3D%3D":    false,
		"": false,
	} {
		signature, err := ParseSignature(header)
		if good != (err == nil) || !good && reason.Of(err) != reason.InvalidSignature {
			t.Errorf("%q: %v", header, err)
		}
		if good && (signature.KeyVersion != 1 || !bytes.Equal(signature.Value, value)) {
			t.Errorf("%q: read %+v", header, signature)
		}
	}
}

func TestSignatureRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Signature{
			KeyVersion: rapid.IntRange(0, 1<<31-1).Draw(t, "version"),
			Value:      rapid.SliceOfN(rapid.Byte(), 1, 512).Draw(t, "value"),
		}
		got, err := ParseSignature(FormatSignature(want))
		if err != nil || got.KeyVersion != want.KeyVersion || !bytes.Equal(got.Value, want.Value) {
			t.Fatalf("%+v became %+v, %v", want, got, err)
		}
	})
}

func FuzzParseSignature(f *testing.F) {
	f.Add("algorithm=RSA256,keyVersion=1,signature=%2B%2F%2B%2FAQ%3D%3D")
	f.Add("algorithm=RSA256, keyVersion=0 ,signature=AQ==")
	f.Add(",,=,=")
	f.Fuzz(func(t *testing.T, header string) {
		signature, err := ParseSignature(header)
		if err != nil {
			return
		}
		again, err := ParseSignature(FormatSignature(signature))
		if err != nil || again.KeyVersion != signature.KeyVersion || !bytes.Equal(again.Value, signature.Value) {
			t.Errorf("%q: does not round-trip", header)
		}
	})
}

func TestHeaderTimes(t *testing.T) {
	want := time.Date(2026, 1, 2, 3, 4, 5, 60_000_000, time.UTC)
	for text, readable := range map[string]bool{
		"1767323045060": true, "2026-01-02T03:04:05.06Z": true, "2026-01-02T11:04:05.060+08:00": true,
		"2026-01-02T11:04:05.060000+0800": true,
		"":                                false, "2026-01-02T03:04:05.06": false, "now": false, "1767323045060000000": true,
		"17673230450600000000": false,
		"-1767323045060":       false, "2026-13-02T03:04:05Z": false, "0x19": false,
	} {
		at, ok := parseHeaderTime(text)
		if ok != readable || ok && !at.Equal(want) {
			t.Errorf("%q: %v, %v", text, at, ok)
		}
	}
	if _, ok := parseBodyTime("1767323045060"); ok {
		t.Error("a body time may not be a count")
	}
}

func TestFormatTime(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	for want, at := range map[string]time.Time{
		"":                         {},
		"2026-01-02T03:04:05Z":     time.Date(2026, 1, 2, 11, 4, 5, 0, zone),
		"2026-01-02T03:04:05.06Z":  time.Date(2026, 1, 2, 3, 4, 5, 60_000_000, time.UTC),
		"2026-01-02T03:04:05.123Z": time.Date(2026, 1, 2, 3, 4, 5, 123_456_000, time.UTC),
	} {
		if got := formatTime(at); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if _, readable := parseBodyTime(want); want != "" && !readable {
			t.Errorf("%q cannot be read back", want)
		}
	}
}

func TestFreshness(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for offset, want := range map[time.Duration]bool{
		0: true, time.Minute: true, -time.Minute: true, time.Minute + 1: false, -time.Minute - 1: false,
	} {
		if fresh(now.Add(offset), now, time.Minute) != want {
			t.Errorf("%v: want %v", offset, want)
		}
	}
	if fresh(time.Time{}, now, time.Minute) {
		t.Error("the year 1 is fresh")
	}
}

func TestReplayGuard(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	guard := newReplayGuard(time.Minute, 2)
	digest := func(text string) [sha256.Size]byte { return sha256.Sum256([]byte(text)) }
	for i, step := range []struct {
		client, request string
		after           time.Duration
		want            replayVerdict
	}{
		{"a", "1", 0, replayNew},
		{"a", "1", time.Second, replaySeen},
		{"b", "1", time.Second, replayNew},
		{"a", "2", 2 * time.Second, replayNew},
		{"a", "3", 3 * time.Second, replayFull},
		{"a", "1", 2 * time.Minute, replaySeen},
		{"a", "3", 2*time.Minute + time.Second, replayNew},
		{"a", "2", 2*time.Minute + 2*time.Second, replaySeen},
		{"a", "1", 5 * time.Minute, replayNew},
		{"b", "2", 5 * time.Minute, replayNew},
		{"b", "3", 5 * time.Minute, replayNew},
	} {
		if got := guard.admit(step.client, digest(step.request), start.Add(step.after)); got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
}

// The guard's memory must follow the traffic down again.
func TestReplayGuardForgets(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	guard := newReplayGuard(time.Second, 1000)
	for i := range 1000 {
		guard.admit("a", sha256.Sum256([]byte(strings.Repeat("x", i))), start)
	}
	guard.admit("a", sha256.Sum256([]byte("later")), start.Add(time.Hour))
	if share := guard.seen["a"]; len(share.digests) != 1 || len(share.arrived) != 1 {
		t.Errorf("%d digests and %d arrivals are kept", len(share.digests), len(share.arrived))
	}
}
