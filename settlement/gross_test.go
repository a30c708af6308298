package settlement_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// TestGrossDue: each side of a payment settles by its own model; what is settled by
// itself is in no net, and what comes to nothing is no obligation.
func TestGrossDue(t *testing.T) {
	type due map[string]string
	for name, c := range map[string]struct {
		gross       []string
		change      func(b *settlement.Booking)
		dues, gone  due
		netOfWallet string
	}{
		"none":        {nil, nil, due{}, due{}, "-75.43"},
		"acquirer":    {[]string{"JP-ACQUIRER"}, nil, due{"JP-ACQUIRER": "PAY_OUT 1488"}, due{"JP-ACQUIRER.JPY": "1488"}, "-75.43"},
		"both":        {[]string{"JP-ACQUIRER", "HK-WALLET"}, nil, due{"JP-ACQUIRER": "PAY_OUT 1488", "HK-WALLET": "PAY_IN 75.43"}, due{"JP-ACQUIRER.JPY": "1488", "HK-WALLET.HKD": "-75.43"}, ""},
		"all is fee":  {[]string{"JP-ACQUIRER"}, func(b *settlement.Booking) { b.Fee = jpy(1500) }, due{}, due{}, "-75.43"},
		"more is fee": {[]string{"JP-ACQUIRER"}, func(b *settlement.Booking) { b.Fee = jpy(1501) }, due{"JP-ACQUIRER": "PAY_IN 1"}, due{"JP-ACQUIRER.JPY": "-1"}, "-75.43"},
	} {
		t.Run(name, func(t *testing.T) {
			eachGross(t, func(t *testing.T, pool *db.Pool) {
				b := booking()
				if c.change != nil {
					c.change(&b)
				}
				for _, participant := range c.gross {
					setModel(t, pool, participant, position.Gross)
				}
				var id ids.ID
				inTx(t, pool, func(ctx context.Context, tx db.Tx) (err error) {
					if err := position.Reserve(ctx, tx, reserve(b)); err != nil {
						return err
					}
					id, err = new(settlement.Booker).Book(ctx, tx, b)
					return err
				})
				dues := due{}
				for _, o := range grossOf(t, pool) {
					dues[o.ParticipantID] = string(o.Direction) + " " + o.Amount.Decimal()
					if o.SubjectID != b.SubjectID || o.WindowID != ids.Nil || !o.CreatedAt.Equal(at) {
						t.Errorf("%+v", o)
					}
				}
				if diff := cmp.Diff(c.dues, dues); diff != "" {
					t.Error(diff)
				}
				gone := due(figures(t, pool, id, window.GrossIn))
				delete(gone, "HUB.HKD")
				delete(gone, "HUB.JPY")
				if diff := cmp.Diff(c.gone, gone); diff != "" {
					t.Error(diff)
				}
				if net := figures(t, pool, id, window.Nets)["HK-WALLET.HKD"]; net != c.netOfWallet {
					t.Errorf("the wallet's net is %s", net)
				}
			})
		})
	}
}

// eachGross is each with the tables of obligations.
func eachGross(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	each(t, body, dbtest.Load(t, instruct.Migrations)...)
}

func setModel(t *testing.T, pool *db.Pool, participant string, model position.Model) {
	t.Helper()
	currency := money.Currency("HKD")
	if participant == "JP-ACQUIRER" {
		currency = "JPY"
	}
	inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		return position.SetModel(ctx, tx, participant, currency, model)
	})
}

// grossOf are the obligations of single payments of both participants.
func grossOf(t *testing.T, pool *db.Pool) (list []instruct.Obligation) {
	t.Helper()
	for _, participant := range []string{"HK-WALLET", "JP-ACQUIRER"} {
		behind := instruct.GrossPlace{CreatedAt: at.AddDate(9, 0, 0)}
		for {
			page, err := instruct.GrossOf(t.Context(), pool, participant, behind, 100)
			if err != nil {
				t.Fatal(err)
			}
			if list = append(list, page...); len(page) < 100 {
				break
			}
			last := page[len(page)-1]
			behind = instruct.GrossPlace{CreatedAt: last.CreatedAt, ObligationID: last.ID}
		}
	}
	return list
}

// figures are the figures of a window that are not zero, by owner and currency.
func figures(
	t *testing.T, pool *db.Pool, id ids.ID,
	read func(context.Context, db.Reader, ids.ID) ([]window.Net, error),
) map[string]string {
	t.Helper()
	nets, err := read(t.Context(), pool, id)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for _, n := range nets {
		if !n.Amount().IsZero() {
			list[n.Owner+"."+string(n.Currency)] = n.Amount().Decimal()
		}
	}
	return list
}

func signedOf(o instruct.Obligation) int64 {
	if o.Direction == instruct.PayOut {
		return o.Amount.Minor
	}
	return -o.Amount.Minor
}
