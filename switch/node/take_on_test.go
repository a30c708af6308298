package node_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/switch/node"
	"github.com/causeway-pay/causeway/switch/route"
)

// partnersKey is a file with the public key of a partner.
func partnersKey(t *testing.T) string {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := keys.FormatPublic(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "partner.pub")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTakenOnOnce: who and what the configuration names is taken on at the first start.
// From then on the database is what counts: a configuration that says otherwise, or says
// nothing, changes nothing, and what is new in it is taken on.
func TestTakenOnOnce(t *testing.T) {
	config := whole(t)
	shop := node.ParticipantConfig{
		ID: "JP-ACQUIRER", Role: "acquirer", Name: "Sakura", Country: "JP", Currency: "JPY", ClientID: "C1", Cap: "1000",
		Endpoint: "https://sakura.example/aps", PublicKeyFile: partnersKey(t), FeeBasisPoints: 30,
		MerchantCodes: []node.MerchantCodeConfig{{Prefix: "SAKURA-1", Mode: "PrivateOrderCode"}},
	}
	purse := node.ParticipantConfig{
		ID: "HK-WALLET", Role: "wallet", Name: "Harbour", Country: "HK", Currency: "HKD", ClientID: "C2", Cap: "5000.00",
		CodePrefix: "251001", PublicKeyFile: partnersKey(t),
	}
	street := node.CorridorConfig{
		Payer: "HK", Merchant: "JP", Limit: "100000", Currency: "JPY", PayerMarkup: 50, MerchantMarkup: 20,
	}
	config.Participants = []node.ParticipantConfig{shop, purse}
	config.Corridors = []node.CorridorConfig{street}
	start := func() {
		t.Helper()
		n, err := node.Complete(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		n.Close()
	}
	pool, err := db.Open(t.Context(), db.Options{URL: config.Database.URL, Application: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	check := func(when string, participants, corridors, windows int) {
		t.Helper()
		directory, err := route.Load(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		p, known := directory.Participant("JP-ACQUIRER")
		if !known || p.Name != "Sakura" || p.FeeBasisPoints != 30 || p.Endpoint != shop.Endpoint || p.Region != "asia-1" ||
			p.Keys[1] == "" {
			t.Errorf("%s: %+v", when, p)
		}
		if all := directory.Participants(); len(all) != participants {
			t.Errorf("%s: %d participants, want %d", when, len(all), participants)
		}
		all := directory.Corridors()
		if len(all) != corridors {
			t.Errorf("%s: %d corridors, want %d", when, len(all), corridors)
		}
		for _, c := range all {
			if c.Name() == "HK-JP" && (c.Limit.Minor != 100_000 || c.PayerMarkup != 50 || c.MerchantMarkup != 20) {
				t.Errorf("%s: %+v", when, c)
			}
		}
		var caps, open, codes int64
		row := pool.QueryRow(t.Context(), `SELECT
			(SELECT sum(cap_minor) FROM participant_position WHERE participant_id IN ('JP-ACQUIRER', 'HK-WALLET')),
			(SELECT count(*) FROM settlement_window), (SELECT count(*) FROM merchant_code)`)
		if err := row.Scan(&caps, &open, &codes); err != nil {
			t.Fatal(err)
		}
		if caps != 1000+500_000 || open != int64(windows) || codes != 1 {
			t.Errorf("%s: caps %d, %d windows, %d codes", when, caps, open, codes)
		}
	}
	start()
	check("taken on", 2, 1, 1)
	config.Participants[0].Name, config.Participants[0].Cap, config.Participants[0].FeeBasisPoints = "Other", "1", 99
	config.Corridors[0].Limit, config.Corridors[0].PayerMarkup = "1", 99
	start()
	check("said otherwise", 2, 1, 1)
	config.Participants = []node.ParticipantConfig{{
		ID: "KR-WALLET", Role: "wallet", Name: "Han", Country: "KR", Currency: "KRW", ClientID: "C3", Cap: "7",
		CodePrefix: "251002", PublicKeyFile: partnersKey(t),
	}}
	config.Corridors = append(config.Corridors, node.CorridorConfig{
		Payer: "KR", Merchant: "JP", Limit: "9", Currency: "JPY",
	})
	start()
	check("one more", 3, 2, 1)
}
