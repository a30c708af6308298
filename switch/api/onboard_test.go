package api_test

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// lotus is a wallet that is not there yet, with what a test changes in it.
func lotus(key string, change func(*wire.ParticipantAddition)) wire.ParticipantAddition {
	wallet := wire.ParticipantAddition{
		ParticipantID: "TH-LOTUS", Role: "wallet", Name: "Lotus Pay", Country: "TH", ClientID: "CLIENT-TH-LOTUS",
		Endpoint: "https://lotus.example/aps", Connector: "scripted", CodePrefix: "251009",
		Cap: wire.Amount{Currency: "THB", Minor: "100000000"}, PublicKey: key,
	}
	if change != nil {
		change(&wallet)
	}
	return wallet
}

// TestParticipantAdd: nobody knows the partner before the second person agrees;
// from then on it has its key, its accounts, its position and its version, and its
// payers' codes can be fetched, without a restart.
func TestParticipantAdd(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		addition := lotus(publicKeys(t)["rsa-2048"], nil)
		p, err := b.as("operations-1").Propose(t.Context(), wire.KindParticipantAdd, addition)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode([]byte(addition.PublicKey))
		if hash := fmt.Sprintf("%x", sha256.Sum256(block.Bytes)); !strings.Contains(p.Description, hash) ||
			!strings.Contains(p.Description, addition.ClientID) {
			t.Errorf("who approves cannot see whose key it is: %s", p.Description)
		}
		b.reload()
		if _, known := b.directory.Load().Participant("TH-LOTUS"); known {
			t.Fatal("taken on by one person")
		}
		if _, err := b.as("operations-2").Approve(t.Context(), p.ID, p.ChangeHash); client.ReasonOf(err) != "AccessDenied" {
			t.Fatalf("a cap without the treasury: %v", err)
		}
		if _, err := b.as("treasury-1").Approve(t.Context(), p.ID, p.ChangeHash); err != nil {
			t.Fatal(err)
		}
		b.reload()
		directory := b.directory.Load()
		wallet, _ := directory.ByClient("CLIENT-TH-LOTUS")
		if wallet.ID != "TH-LOTUS" || wallet.Region != region || wallet.Currency != "THB" || wallet.Suspended ||
			wallet.Keys[1] != addition.PublicKey || directory.Version() != 1 || b.changed.Load() != 1 {
			t.Errorf("%+v, version %d", wallet, directory.Version())
		}
		b.hasBooks("TH-LOTUS", money.New(100_000_000, "THB"))
		codes, err := b.engine.IssueCodes(t.Context(), wallet.Participant, connectors.CodeRequest{
			PayerReference: "U9", PayerName: payerName, Region: "TH", Quantity: 1,
		})
		if err != nil || !strings.HasPrefix(codes[0].Value, "251009") {
			t.Errorf("%+v, %v", codes, err)
		}
	})
}

// hasBooks fails the test unless a participant has an empty position with a cap,
// and an account for it.
func (b *bench) hasBooks(participant string, limit money.Amount) {
	b.t.Helper()
	positions, err := position.All(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	found := 0
	for _, p := range positions {
		if p.ParticipantID == participant && p.Cap == limit && p.Posted.Minor == 0 && p.Reserved.Minor == 0 {
			found++
		}
	}
	balances, err := ledger.Balances(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, balance := range balances {
		if balance.AccountID == ledger.PositionOf(participant).ID(limit.Currency) ||
			balance.AccountID == ledger.HubAccount(ledger.Exchange).ID(limit.Currency) {
			found++
		}
	}
	if found != 3 {
		b.t.Errorf("%s has %d of position, account and the hub's account: %+v", participant, found, positions)
	}
}

// TestParticipantsThatAreRefused: each field by itself, and what others have already.
func TestParticipantsThatAreRefused(t *testing.T) {
	texts := publicKeys(t)
	type change = func(*wire.ParticipantAddition)
	cases := map[string]struct {
		change change
		want   string
	}{
		"id in small letters":      {func(p *wire.ParticipantAddition) { p.ParticipantID = "th-lotus" }, "InvalidRequest"},
		"id of the hub's accounts": {func(p *wire.ParticipantAddition) { p.ParticipantID = ledger.Hub }, "InvalidRequest"},
		"id with a dot":            {func(p *wire.ParticipantAddition) { p.ParticipantID = "TH.LOTUS" }, "InvalidRequest"},
		"another role":             {func(p *wire.ParticipantAddition) { p.Role = "bank" }, "InvalidRequest"},
		"no name":                  {func(p *wire.ParticipantAddition) { p.Name = "" }, "InvalidRequest"},
		"a name nobody can read":   {func(p *wire.ParticipantAddition) { p.Name = "a\u202eb" }, "InvalidRequest"},
		"country of three letters": {func(p *wire.ParticipantAddition) { p.Country = "THA" }, "InvalidRequest"},
		"client id with a space":   {func(p *wire.ParticipantAddition) { p.ClientID = "A B" }, "InvalidRequest"},
		"client id too long":       {func(p *wire.ParticipantAddition) { p.ClientID = strings.Repeat("A", 65) }, "InvalidRequest"},
		"client id with line end":  {func(p *wire.ParticipantAddition) { p.ClientID = "A\r\nB" }, "InvalidRequest"},
		"private endpoint":         {func(p *wire.ParticipantAddition) { p.Endpoint = "https://10.0.0.1/" }, "InvalidRequest"},
		"plain endpoint":           {func(p *wire.ParticipantAddition) { p.Endpoint = "http://lotus.example/" }, "InvalidRequest"},
		"unknown protocol":         {func(p *wire.ParticipantAddition) { p.Connector = "fax" }, "InvalidRequest"},
		"no prefix":                {func(p *wire.ParticipantAddition) { p.CodePrefix = "" }, "InvalidRequest"},
		"prefix of five digits":    {func(p *wire.ParticipantAddition) { p.CodePrefix = "25100" }, "InvalidRequest"},
		"acquirer with a prefix":   {func(p *wire.ParticipantAddition) { p.Role = "acquirer" }, "InvalidRequest"},
		"fee of everything":        {func(p *wire.ParticipantAddition) { p.FeeBasisPoints = 10_000 }, "InvalidRequest"},
		"fee below nothing":        {func(p *wire.ParticipantAddition) { p.FeeBasisPoints = -1 }, "InvalidRequest"},
		"cap below nothing":        {func(p *wire.ParticipantAddition) { p.Cap.Minor = "-1" }, "InvalidRequest"},
		"cap of no currency":       {func(p *wire.ParticipantAddition) { p.Cap.Currency = "XXX" }, "InvalidRequest"},
		"short key":                {func(p *wire.ParticipantAddition) { p.PublicKey = texts["rsa-1024"] }, "InvalidRequest"},
		"private key":              {func(p *wire.ParticipantAddition) { p.PublicKey = texts["private"] }, "InvalidRequest"},
		"an id that is taken":      {func(p *wire.ParticipantAddition) { p.ParticipantID = "HK-WALLET" }, "Closed"},
		"a client id that is taken": {func(p *wire.ParticipantAddition) { p.ClientID = "CLIENT-HK-WALLET" },
			"Closed"},
		"a prefix that is taken": {func(p *wire.ParticipantAddition) { p.CodePrefix = "251001" }, "Closed"},
	}
	each(t, func(t *testing.T, b *bench) {
		for name, c := range cases {
			err := b.agree(wire.KindParticipantAdd, lotus(texts["rsa-2048"], c.change), "operations-1", "treasury-1")
			if client.ReasonOf(err) != c.want {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
		}
		b.reload()
		if all := b.directory.Load().Participants(); len(all) != 2 || b.directory.Load().Version() != 0 {
			t.Errorf("%d participants", len(all))
		}
		if positions, err := position.All(t.Context(), b.pool); err != nil || len(positions) != 2 {
			t.Errorf("%+v, %v", positions, err)
		}
	})
}

// TestTwoProposalsOfOnePartner: both can be made, one can be approved.
func TestTwoProposalsOfOnePartner(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		key := publicKeys(t)["p-256"]
		first, err := b.as("operations-1").Propose(t.Context(), wire.KindParticipantAdd, lotus(key, nil))
		if err != nil {
			t.Fatal(err)
		}
		acquirer := lotus(key, func(p *wire.ParticipantAddition) {
			p.Role, p.CodePrefix, p.FeeBasisPoints, p.Cap.Currency = "acquirer", "", 80, "USD"
		})
		if err := b.agree(wire.KindParticipantAdd, acquirer, "operations-2", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		_, err = b.as("treasury-1").Approve(t.Context(), first.ID, first.ChangeHash)
		if client.ReasonOf(err) != "Closed" {
			t.Errorf("taken on twice: %v", err)
		}
		b.reload()
		p, _ := b.directory.Load().Participant("TH-LOTUS")
		if p.Role != connectors.RoleAcquirer || p.FeeBasisPoints != 80 || p.CodePrefix != "" {
			t.Errorf("%+v", p)
		}
		b.hasBooks("TH-LOTUS", money.New(100_000_000, "USD"))
	})
}
