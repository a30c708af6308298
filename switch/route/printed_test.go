package route_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/route"
)

// printed is a merchant code of the objects, with the right checksum.
func printed(objects string) string {
	text := "000201" + objects + "6304"
	return fmt.Sprintf("%s%04X", text, emvqr.Checksum(text))
}

const (
	place  = "26220018org.example.switch52045411"
	person = "5802JP5909TEST SHOP6005TOKYO"
)

// TestPrinted: what codes say about themselves.
func TestPrinted(t *testing.T) {
	yen := func(minor int64) money.Amount { return money.New(minor, "JPY") }
	for name, c := range map[string]struct {
		code string
		want route.Printed
	}{
		"a poster":               {printed("010211" + place + "5303392" + person), route.Printed{Static: true}},
		"a poster with a price":  {printed("010211" + place + "530339254041500" + person), route.Printed{Static: true, Amount: yen(1500)}},
		"one payment":            {printed("010212" + place + "530339254041500" + person), route.Printed{Amount: yen(1500)}},
		"one without an amount":  {printed("010212" + place + "5303392" + person), route.Printed{}},
		"nothing said, a price":  {printed(place + "530339254041500" + person), route.Printed{Amount: yen(1500)}},
		"nothing said, no price": {printed(place + "5303392" + person), route.Printed{Static: true}},
		"a tip":                  {printed("010212" + place + "530339254041500550201" + person), route.Printed{Amount: yen(1500), Tip: true}},
		"an address":             {"https://pay.example/1", route.Printed{}},
		"a broken code":          {printed("010211"+place+"5303392"+person) + "0", route.Printed{}},
	} {
		if got := route.ReadPrinted(c.code); got != c.want {
			t.Errorf("%s: %+v, want %+v (%s)", name, got, c.want, c.code)
		}
	}
}

// TestPrintedAmounts: the code's amount, else the payer's, is that of the order; only a
// tip may make it more.
func TestPrintedAmounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := func(name string) money.Amount {
			if !rapid.Bool().Draw(t, name+" is there") {
				return money.Amount{}
			}
			return money.New(rapid.Int64Range(1, 3).Draw(t, name), rapid.SampledFrom([]money.Currency{"JPY", "SGD"}).Draw(t, "in"))
		}
		p := route.Printed{Amount: amount("printed"), Tip: rapid.Bool().Draw(t, "tip")}
		typed, order := amount("typed"), money.New(rapid.Int64Range(1, 3).Draw(t, "order"), "JPY")
		wanted, err := p.Wanted(typed)
		stated := p.Amount.Currency != ""
		fits := typed == p.Amount || p.Tip && typed.Currency == p.Amount.Currency && typed.Minor > p.Amount.Minor
		switch {
		case stated && typed.Currency != "" && !fits:
			if reason.Of(err) != reason.InvalidRequest {
				t.Fatalf("%+v and %+v: %v", p, typed, err)
			}
			return
		case err != nil || stated && wanted != p.Amount || !stated && wanted != typed:
			t.Fatalf("%+v and %+v: %+v, %v", p, typed, wanted, err)
		}
		more := p.Tip && order.Currency == wanted.Currency && order.Minor > wanted.Minor
		good := wanted.Currency == "" || order == wanted || more
		if err := p.Check(wanted, order); (err == nil) != good || err != nil && reason.Of(err) != reason.Failed {
			t.Fatalf("%+v, order %+v: %v", p, order, err)
		}
	})
}

// TestScansAreKept: by code, wallet and payer, the last payment of each.
func TestScansAreKept(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		scan := route.StaticScan{Code: "poster", WalletID: "HK-WALLET", PayerReference: "U1"}
		last := ids.Nil
		for range 2 {
			last = ids.New()
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				return route.SaveScan(ctx, tx, scan, "asia-1", last)
			})
		}
		for name, c := range map[string]struct {
			scan route.StaticScan
			want ids.ID
		}{
			"the same":       {scan, last},
			"another payer":  {route.StaticScan{Code: "poster", WalletID: "HK-WALLET", PayerReference: "U2"}, ids.Nil},
			"another wallet": {route.StaticScan{Code: "poster", WalletID: "HK-WALLETU", PayerReference: "1"}, ids.Nil},
			"another code":   {route.StaticScan{Code: "poste", WalletID: "HK-WALLET", PayerReference: "U1"}, ids.Nil},
		} {
			if got, err := route.FindScan(t.Context(), pool, c.scan); err != nil || got != c.want {
				t.Errorf("%s: %s, %v", name, got, err)
			}
		}
	})
}
