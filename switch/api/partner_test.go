package api_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/throttle"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// publicKeys are PEM texts of keys by what they are.
func publicKeys(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	add := func(name string, public any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	}
	large, err := rsa.GenerateKey(rand.Reader, 2048)
	add("rsa-2048", large.Public(), err)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	add("rsa-1024", small.Public(), err)
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	add("p-256", p256.Public(), err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	add("p-384", p384.Public(), err)
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	add("ed25519", ed, err)
	private, err := x509.MarshalPKCS8PrivateKey(p256)
	if err != nil {
		t.Fatal(err)
	}
	texts["private"] = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	texts["private in base64"] = base64.StdEncoding.EncodeToString(private)
	return texts
}

// TestKeysRotate: a participant gets a second key, then loses the first, and is
// never without one; a key is never replaced, and no third one is active.
func TestKeysRotate(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		texts := publicKeys(t)
		before, _ := b.directory.Load().Participant("HK-WALLET")
		if len(before.Keys) != 1 {
			t.Fatalf("the test wants one key, there are %d", len(before.Keys))
		}
		var first int
		for first = range before.Keys {
		}
		add := func(version int, text string) error {
			return b.agree(wire.KindKeyAdd, wire.KeyAddition{ParticipantID: "HK-WALLET", Version: version, PublicKey: text},
				"operations-1", "operations-2")
		}
		retire := func(version int) error {
			return b.agree(wire.KindKeyRetire, wire.KeyRetirement{ParticipantID: "HK-WALLET", Version: version},
				"operations-1", "operations-2")
		}
		for _, step := range []struct {
			what string
			err  error
			want string
		}{
			{"retire the only key", retire(first), "Closed"},
			{"replace a key", add(first, texts["p-256"]), "Closed"},
			{"add the next", add(first+1, texts["ed25519"]), ""},
			{"add a third", add(first+2, texts["p-256"]), "Closed"},
			{"retire one that is not there", retire(first + 7), "Missing"},
			{"retire the old one", retire(first), ""},
			{"add again", add(first+2, texts["rsa-2048"]), ""},
		} {
			if got := client.ReasonOf(step.err); got != step.want || step.want == "" && step.err != nil {
				t.Errorf("%s: %q, want %q: %v", step.what, got, step.want, step.err)
			}
		}
		b.reload()
		after, _ := b.directory.Load().Participant("HK-WALLET")
		if len(after.Keys) != 2 || after.Keys[first+1] != texts["ed25519"] || after.Keys[first+2] != texts["rsa-2048"] {
			t.Errorf("%v", after.Keys)
		}
	})
}

// TestKeysThatAreRefused: too short, of another curve, private, or nothing; the
// answer never repeats what was handed in.
func TestKeysThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		texts := publicKeys(t)
		texts["nothing"], texts["garbage"], texts["two"] = "", "AAAA", texts["p-256"]+texts["ed25519"]
		for _, name := range []string{"rsa-1024", "p-384", "private", "private in base64", "nothing", "garbage", "two"} {
			change, err := json.Marshal(wire.NewProposal{Kind: wire.KindKeyAdd, Change: encode(t, wire.KeyAddition{
				ParticipantID: "HK-WALLET", Version: 2, PublicKey: texts[name],
			})})
			if err != nil {
				t.Fatal(err)
			}
			a := b.send("POST", "/v1/proposals", string(change), bearer(b.tokens["operations-1"]))
			if a.status != 400 || texts[name] != "" && strings.Contains(a.body, texts[name]) {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
	})
}

func encode(t *testing.T, value any) json.RawMessage {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// TestEndpointAndLimits: both follow an approval, and only addresses that may be
// called are taken.
func TestEndpointAndLimits(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for _, endpoint := range []string{
			"http://wallet.example", "https://127.0.0.1", "https://wallet.example?x=1", "https://u@wallet.example",
			"https://2130706433/", "https://wallet.example:25", "", "https://" + strings.Repeat("a", 2_000) + ".example",
		} {
			_, err := b.as("operations-1").Propose(t.Context(), wire.KindEndpointSet,
				wire.EndpointChange{ParticipantID: "HK-WALLET", Endpoint: endpoint})
			if client.ReasonOf(err) != "InvalidRequest" {
				t.Errorf("%q: %v", endpoint, err)
			}
		}
		err := b.agree(wire.KindEndpointSet,
			wire.EndpointChange{ParticipantID: "HK-WALLET", Endpoint: "https://new.example:8443/aps"},
			"operations-1", "operations-2")
		if err != nil {
			t.Fatal(err)
		}
		limits := wire.LimitsChange{
			ParticipantID: "HK-WALLET", Inbound: wire.Limits{PerSecond: 100, Burst: 200, AtOnce: 30},
			Outbound: wire.Limits{AtOnce: 16},
		}
		if err := b.agree(wire.KindLimitsSet, limits, "operations-2", "operations-1"); err != nil {
			t.Fatal(err)
		}
		b.reload()
		p, _ := b.directory.Load().Participant("HK-WALLET")
		if p.Endpoint != "https://new.example:8443/aps" || p.Inbound != (throttle.Limits{PerSecond: 100, Burst: 200, AtOnce: 30}) ||
			p.Outbound != (throttle.Limits{AtOnce: 16}) {
			t.Errorf("%+v", p)
		}
	})
}

// TestEveryChangeOfTheDirectoryIsAVersion: numbered without gaps, with both persons
// and the change as approved; a refused or a rejected one is none.
func TestEveryChangeOfTheDirectoryIsAVersion(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		limit := wire.Amount{Currency: "SGD", Minor: "100000"}
		corridor := wire.CorridorChange{PayerCountry: "HK", MerchantCountry: "SG", PayerMarkup: 75, Limit: limit}
		wallet := wire.ParticipantChange{ParticipantID: "HK-WALLET"}
		if err := b.agree(wire.KindCorridorSet, corridor, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		if err := b.agree(wire.KindParticipantSuspend, wallet, "operations-1", "operations-1"); err == nil {
			t.Fatal("approved by its proposer")
		}
		if err := b.agree(wire.KindParticipantSuspend, wallet, "operations-1", "compliance-1"); err != nil {
			t.Fatal(err)
		}
		if err := b.agree(wire.KindKeyRetire, wire.KeyRetirement{ParticipantID: "HK-WALLET", Version: 9},
			"operations-1", "operations-2"); err == nil {
			t.Fatal("a key that is not there was retired")
		}
		if err := b.agree(wire.KindCapSet, capOf("5"), "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err) // a cap is no part of the directory
		}
		if err := b.agree(wire.KindParticipantResume, wallet, "operations-1", "compliance-1"); err != nil {
			t.Fatal(err)
		}
		b.reload()
		first, err := b.as("viewer-1").DirectoryVersions(t.Context(), client.Page{Limit: 2})
		if err != nil || first.Present != 3 || len(first.Versions) != 2 || first.Next == "" {
			t.Fatalf("%+v, %v", first, err)
		}
		rest, err := b.as("viewer-1").DirectoryVersions(t.Context(), client.Page{Before: first.Next})
		if err != nil || len(rest.Versions) != 1 || rest.Next != "" {
			t.Fatalf("%+v, %v", rest, err)
		}
		for i, v := range append(first.Versions, rest.Versions...) {
			want := []string{wire.KindParticipantResume, wire.KindParticipantSuspend, wire.KindCorridorSet}[i]
			if v.Number != int64(3-i) || v.Kind != want || v.ProposerID == v.ApproverID || v.At.IsZero() {
				t.Errorf("%+v", v)
			}
		}
		oldest := rest.Versions[0]
		if oldest.ProposerID != b.me("treasury-1") || oldest.ApproverID != b.me("treasury-2") ||
			!strings.Contains(string(oldest.Change), `"payer_markup":75`) {
			t.Errorf("%+v %s", oldest, oldest.Change)
		}
	})
}
