package route_test

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/route"
)

func code(prefix string, mode connectors.Mode) route.MerchantCode {
	return route.MerchantCode{AcquirerID: "JP-ACQUIRER", Prefix: prefix, Mode: mode}
}

func TestCheckOfMerchantCodes(t *testing.T) {
	for prefix, good := range map[string]bool{
		"https://pay.example/": true, "HTTPS://PAY.EXAMPLE/281000040000": true, "00020101": true,
		"https://pay.example": false, "http://pay.example/": false, "https:///x/y/z": false, "0002010": false,
		"": false, "https://%zz.example/": false, "00020101" + strings.Repeat("0", 249): false,
	} {
		if err := code(prefix, connectors.Push).Check(); (err == nil) != good {
			t.Errorf("%q: %v", prefix, err)
		}
	}
	for _, mode := range []connectors.Mode{connectors.PaymentCode, connectors.OrderCode, connectors.Cashier, "push", ""} {
		if err := code("https://pay.example/", mode).Check(); reason.Of(err) != reason.InvalidRequest {
			t.Errorf("%q: %v", mode, err)
		}
	}
}

func TestCodeOwner(t *testing.T) {
	d := route.NewDirectory([]route.Participant{wallet(), acquirer()}, nil).WithCodes([]route.MerchantCode{
		code("https://pay.example/", connectors.EntryCode), code("https://pay.example/order/", connectors.PrivateOrderCode),
		code("00020101", connectors.Push),
		{AcquirerID: "HK-WALLET", Prefix: "https://wallet.example/", Mode: connectors.Push},
		{AcquirerID: "GONE", Prefix: "https://gone.example/", Mode: connectors.Push},
	})
	for value, want := range map[string]connectors.Mode{
		"https://pay.example/shop/7": connectors.EntryCode, "https://pay.example/order/7": connectors.PrivateOrderCode,
		"HTTPS://PAY.EXAMPLE/ORDER/7": connectors.PrivateOrderCode, "0002010102122637": connectors.Push,
		"https://pay.example.evil.example/order/7": "", "https://pay.example": "", "xhttps://pay.example/": "",
		"https://wallet.example/1": "", "https://gone.example/1": "", "": "",
	} {
		owner, mode, err := d.CodeOwner(value)
		if mode != want || (err == nil) != (want != "") || err == nil && owner.ID != "JP-ACQUIRER" {
			t.Errorf("%q: %s, %s, %v", value, owner.ID, mode, err)
		}
		if err != nil && reason.Of(err) != reason.InvalidCode {
			t.Errorf("%q: %v", value, err)
		}
	}
}

// A code belongs to the longest prefix that it begins with, in whatever order and
// case the prefixes were entered.
func TestTheLongestPrefixOwns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefixes := rapid.SliceOfNDistinct(rapid.StringMatching(`https://x\.example/[ab]{0,4}`), 1, 6, rapid.ID).Draw(t, "prefixes")
		value := "https://x.example/" + rapid.StringMatching(`[ab]{0,6}`).Draw(t, "rest")
		longest, codes := "", make([]route.MerchantCode, len(prefixes))
		var participants []route.Participant
		for i, prefix := range prefixes {
			owner := acquirer()
			owner.ID = prefix
			participants = append(participants, owner)
			codes[i] = route.MerchantCode{AcquirerID: prefix, Prefix: prefix, Mode: connectors.Push}
			if rapid.Bool().Draw(t, "upper") {
				codes[i].Prefix = strings.ToUpper(prefix)
			}
			if strings.HasPrefix(value, prefix) && len(prefix) > len(longest) {
				longest = prefix
			}
		}
		owner, _, err := route.NewDirectory(participants, nil).WithCodes(codes).CodeOwner(value)
		if owner.ID != longest || (err == nil) != (longest != "") {
			t.Fatalf("%s belongs to %q, want %q: %v", value, owner.ID, longest, err)
		}
	})
}

func TestMerchantCodesGoThroughTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		save(t, pool, wallet(), acquirer())
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			if err := route.SaveMerchantCode(ctx, tx, code("https://pay.example/", connectors.EntryCode)); err != nil {
				return err
			}
			return route.SaveMerchantCode(ctx, tx, code("https://pay.example/", connectors.Push))
		})
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return route.SaveMerchantCode(ctx, tx, code("http://pay.example/", connectors.Push))
		})
		if reason.Of(err) != reason.InvalidRequest {
			t.Errorf("a prefix without TLS: %v", err)
		}
		d, err := route.Load(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		if owner, mode, err := d.CodeOwner("https://pay.example/1"); err != nil || owner.ID != "JP-ACQUIRER" ||
			mode != connectors.Push {
			t.Errorf("%s, %s, %v", owner.ID, mode, err)
		}
	})
}
