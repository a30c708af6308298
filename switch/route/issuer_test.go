package route_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/route"
)

func network(id string, role connectors.Role, country string, currency money.Currency) route.Participant {
	return route.Participant{Participant: connectors.Participant{
		ID: id, Role: role, Name: id, Region: "asia-1", Country: country, Currency: currency, ClientID: "CLIENT-" + id,
		Endpoint: "https://network.example", Connector: "alipayplus-network",
	}}
}

// TestIssuerOfAnotherNetwork: a wallet of ours comes first, then the longest prefix, and
// among the agreements under it the one in the payment's currency.
func TestIssuerOfAnotherNetwork(t *testing.T) {
	ours := wallet()
	d := route.NewDirectory([]route.Participant{
		ours, network("HK-NET-JPY", connectors.RoleWallet, "HK", "JPY"),
		network("HK-NET-SGD", connectors.RoleWallet, "HK", "SGD"),
		network("KR-NET", connectors.RoleWallet, "KR", "USD"),
	}, nil).WithIssuers([]route.IssuerPrefix{
		{Prefix: ours.CodePrefix[:4], NetworkID: "KR-NET"}, {Prefix: "2810", NetworkID: "HK-NET-JPY"},
		{Prefix: "2810", NetworkID: "HK-NET-SGD"}, {Prefix: "281077", NetworkID: "KR-NET"},
		{Prefix: "281099", NetworkID: "GONE"},
	})
	for _, c := range []struct {
		code     string
		currency money.Currency
		want     string
	}{
		{ours.CodePrefix + "020123456789012345", "JPY", ours.ID},
		{ours.CodePrefix[:4] + "99020123456789012345", "JPY", "KR-NET"},
		{"281001020123456789012345", "JPY", "HK-NET-JPY"}, {"281001020123456789012345", "SGD", "HK-NET-SGD"},
		{"281001020123456789012345", "USD", "HK-NET-JPY"}, {"281077020123456789012345", "JPY", "KR-NET"},
		{"281099020123456789012345", "SGD", "HK-NET-SGD"}, {"299999020123456789012345", "JPY", ""},
		{"2810", "JPY", ""}, {"28100102012345678901234x", "JPY", ""},
	} {
		got, err := d.Issuer(c.code, c.currency)
		if got.ID != c.want || (c.want == "") != (reason.Of(err) == reason.InvalidCode) {
			t.Errorf("%s in %s: %q, %v", c.code, c.currency, got.ID, err)
		}
	}
}

// TestIssuerIsTheLongestPrefix: whatever prefixes there are, no other prefix of the code
// is longer than the issuer's.
func TestIssuerIsTheLongestPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefixes := rapid.SliceOfN(rapid.StringMatching(`[12]{2,6}`), 1, 20).Draw(t, "prefixes")
		code := rapid.StringMatching(`[12]{24}`).Draw(t, "code")
		var all []route.Participant
		var issuers []route.IssuerPrefix
		longest := ""
		for _, prefix := range prefixes {
			all = append(all, network("NET-"+prefix, connectors.RoleWallet, "HK", "JPY"))
			issuers = append(issuers, route.IssuerPrefix{Prefix: prefix, NetworkID: "NET-" + prefix})
			if code[:len(prefix)] == prefix && len(prefix) > len(longest) {
				longest = prefix
			}
		}
		got, err := route.NewDirectory(all, nil).WithIssuers(issuers).Issuer(code, "JPY")
		if (err == nil) != (longest != "") || err == nil && got.ID != "NET-"+longest {
			t.Fatalf("%s: %s, %v, want %s", code, got.ID, err, longest)
		}
	})
}

// TestMerchantNetwork: payers go through another network only where we have nobody.
func TestMerchantNetwork(t *testing.T) {
	suspended := network("DE-NET", connectors.RoleAcquirer, "DE", "EUR")
	suspended.Suspended = true
	d := route.NewDirectory([]route.Participant{
		acquirer(), wallet(), suspended, network("A-NET", connectors.RoleAcquirer, acquirer().Country, "USD"),
		network("FR-NET", connectors.RoleAcquirer, "FR", "EUR"), network("FR-ALSO", connectors.RoleAcquirer, "FR", "EUR"),
		network("IT-NET", connectors.RoleWallet, "IT", "EUR"),
	}, nil)
	for country, want := range map[string]string{
		"FR": "FR-ALSO", "DE": "", "IT": "", "": "", acquirer().Country: "",
	} {
		if got, ok := d.MerchantNetwork(country); got.ID != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", country, got.ID, ok)
		}
	}
}

// TestNetworkProblem: a network has no prefix of its own, a wallet must have one.
func TestNetworkProblem(t *testing.T) {
	plain := network("HK-NET", connectors.RoleWallet, "HK", "JPY")
	if problem := plain.Problem(); problem != "" {
		t.Errorf("%s", problem)
	}
	prefixed := plain
	prefixed.CodePrefix = "281001"
	bare := wallet()
	bare.CodePrefix = ""
	for _, p := range []route.Participant{prefixed, bare} {
		if p.Problem() == "" {
			t.Errorf("%s with prefix %q was taken", p.ID, p.CodePrefix)
		}
	}
}

// TestIssuerPrefixesAreStored: what is saved is loaded, twice is once, and what is
// removed is gone.
func TestIssuerPrefixesAreStored(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		saved := route.IssuerPrefix{Prefix: "2810", NetworkID: "HK-NET"}
		change := func(fn func(ctx context.Context, tx db.Tx) error) error { return pool.InTx(t.Context(), fn) }
		for range 2 {
			err := change(func(ctx context.Context, tx db.Tx) error { return route.SaveIssuerPrefix(ctx, tx, saved) })
			if err != nil {
				t.Fatal(err)
			}
		}
		d, err := route.Load(t.Context(), pool)
		if err != nil || len(d.IssuerPrefixes()) != 1 || d.IssuerPrefixes()[0] != saved {
			t.Fatalf("%+v, %v", d.IssuerPrefixes(), err)
		}
		remove := func(ctx context.Context, tx db.Tx) error { return route.RemoveIssuerPrefix(ctx, tx, saved) }
		if err := change(remove); err != nil {
			t.Fatal(err)
		}
		if err := change(remove); reason.Of(err) != reason.Missing {
			t.Errorf("removed twice: %v", err)
		}
		err = change(func(ctx context.Context, tx db.Tx) error {
			return route.SaveIssuerPrefix(ctx, tx, route.IssuerPrefix{Prefix: "28x", NetworkID: "HK-NET"})
		})
		if reason.Of(err) != reason.InvalidRequest {
			t.Errorf("28x: %v", err)
		}
	})
}

// TestCustomers: a network knows a payer by one id, another network by another, and
// neither can ask about the other's.
func TestCustomers(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		first, second := network("FR-NET", connectors.RoleAcquirer, "FR", "EUR"),
			network("IT-NET", connectors.RoleAcquirer, "IT", "EUR")
		save := func(in route.Participant, name string) (id string) {
			t.Helper()
			c := route.NewCustomer(in, wallet(), "payer-7", name)
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
				id, err = route.SaveCustomer(ctx, tx, c, at)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		known, again, elsewhere := save(first, "Mei Old"), save(first, "Mei New"), save(second, "Mei New")
		if known != again || known == elsewhere {
			t.Errorf("%s, %s, %s", known, again, elsewhere)
		}
		got, err := route.FindCustomer(t.Context(), pool, first.ID, known)
		if err != nil || got.WalletID != wallet().ID || got.PayerReference != "payer-7" || got.PayerName != "Mei New" {
			t.Errorf("%+v, %v", got, err)
		}
		for _, c := range [][2]string{{second.ID, known}, {first.ID, elsewhere}, {first.ID, "nobody"}} {
			if _, err := route.FindCustomer(t.Context(), pool, c[0], c[1]); reason.Of(err) != reason.UnknownPayer {
				t.Errorf("%s of %s: %v", c[1], c[0], err)
			}
		}
	})
}
