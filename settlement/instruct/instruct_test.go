package instruct_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/window"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func closed() window.Window {
	return window.Window{ID: ids.New(), Region: "asia-1", Number: 7, State: window.Closing, OpenedAt: at, ClosedAt: at, ChangedAt: at}
}

func net(owner string, currency money.Currency, debits, credits int64) window.Net {
	return window.Net{
		Owner: owner, Currency: currency, Debits: money.New(debits, currency), Credits: money.New(credits, currency),
	}
}

func TestObligations(t *testing.T) {
	w := closed()
	obligations, err := instruct.Obligations(w, []window.Net{
		net("HK-WALLET", "HKD", 7543, 0), net("HUB", "HKD", 0, 7543),
		net("HUB", "JPY", 1488, 0), net("JP-ACQUIRER", "JPY", 12, 1500),
		net("SG-ACQUIRER", "SGD", 100, 100),
	}, window.Calendars{}, at)
	if err != nil {
		t.Fatal(err)
	}
	type figure struct {
		participant string
		direction   instruct.Direction
		amount      money.Amount
	}
	var got []figure
	for _, o := range obligations {
		got = append(got, figure{o.ParticipantID, o.Direction, o.Amount})
		checkInstruction(t, o)
	}
	want := []figure{
		{"HK-WALLET", instruct.PayIn, money.New(7543, "HKD")},
		{"JP-ACQUIRER", instruct.PayOut, money.New(1488, "JPY")},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(figure{})); diff != "" {
		t.Error(diff)
	}
}

func checkInstruction(t *testing.T, o instruct.Obligation) {
	t.Helper()
	transfer, err := iso20022.ParseInstitutionTransfer(o.Instruction)
	if err != nil {
		t.Fatal(err)
	}
	payer, payee := instruct.HubAgent, o.ParticipantID
	if o.Direction == instruct.PayIn {
		payer, payee = payee, payer
	}
	if transfer.Amount != o.Amount || transfer.Debtor.OtherID != payer || transfer.Creditor.OtherID != payee {
		t.Errorf("%s %s: instruction says %s from %s to %s", o.Direction, o.Amount, transfer.Amount,
			transfer.Debtor.OtherID, transfer.Creditor.OtherID)
	}
	if !transfer.UETR.Valid() {
		t.Errorf("UETR %s", transfer.UETR)
	}
}

func TestUnbalancedIsRefused(t *testing.T) {
	_, err := instruct.Obligations(
		closed(),
		[]window.Net{net("HK-WALLET", "HKD", 7543, 0), net("HUB", "HKD", 0, 7542)},
		window.Calendars{}, at,
	)
	if !errors.Is(err, instruct.ErrUnbalanced) {
		t.Errorf("got %v", err)
	}
}

// TestObligationsEqualNets: for any figures that balance, what is to be paid in
// less what is to be paid out is what the hub keeps.
func TestObligationsEqualNets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var nets []window.Net
		var hub int64
		for _, owner := range []string{"A-1", "B-2", "C-3", "D-4"} {
			debits, credits := rapid.Int64Range(0, 1e12).Draw(t, "debits"), rapid.Int64Range(0, 1e12).Draw(t, "credits")
			nets = append(nets, net(owner, "HKD", debits, credits))
			hub += debits - credits
		}
		nets = append(nets, net("HUB", "HKD", max(-hub, 0), max(hub, 0)))
		obligations, err := instruct.Obligations(closed(), nets, window.Calendars{}, at)
		if err != nil {
			t.Fatal(err)
		}
		var in int64
		for _, o := range obligations {
			if o.Direction == instruct.PayIn {
				in += o.Amount.Minor
			} else {
				in -= o.Amount.Minor
			}
		}
		if in != hub {
			t.Fatalf("paid in less paid out is %d, the hub keeps %d", in, hub)
		}
	})
}

// TestDueByCalendar: each obligation is due on the value date of its own
// currency, counted from the close and not from when it was made.
func TestDueByCalendar(t *testing.T) {
	calendars, err := window.Published()
	if err != nil {
		t.Fatal(err)
	}
	w := closed()
	w.ClosedAt = time.Date(2026, 4, 2, 10, 0, 0, 0, time.UTC) // the day before Good Friday
	obligations, err := instruct.Obligations(w, []window.Net{
		net("HK-WALLET", "HKD", 7543, 0), net("HUB", "HKD", 0, 7543),
		net("HUB", "JPY", 1488, 0), net("JP-ACQUIRER", "JPY", 0, 1488),
	}, calendars, w.ClosedAt.AddDate(0, 0, 9))
	if err != nil || len(obligations) != 2 {
		t.Fatal(obligations, err)
	}
	for i, want := range []string{"2026-04-08", "2026-04-03"} {
		if got := obligations[i].ValueDate.Format(time.DateOnly); got != want {
			t.Errorf("%s is due %s, want %s", obligations[i].Amount, got, want)
		}
	}
}

// TestStore: what is stored is what was made, once.
func TestStore(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		b.owe(map[string]int64{"A-1": 7543, "B-2": -500})
		var w window.Window
		b.in(func(ctx context.Context, tx db.Tx) (err error) {
			w, err = window.Close(ctx, tx, region, at)
			return err
		})
		nets, err := window.Nets(t.Context(), b.pool, w.ID)
		if err != nil {
			t.Fatal(err)
		}
		want, err := instruct.Obligations(w, nets, window.Calendars{}, at)
		if err != nil {
			t.Fatal(err)
		}
		oblige := func() error {
			return b.try(func(ctx context.Context, tx db.Tx) error {
				_, err := instruct.Oblige(ctx, tx, w, window.Calendars{}, at)
				return err
			})
		}
		if err := oblige(); err != nil {
			t.Fatal(err)
		}
		got, err := instruct.Of(t.Context(), b.pool, w.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" || len(want) != 2 {
			t.Error(err, diff)
		}
		if err := oblige(); err == nil {
			t.Error("a window was instructed twice")
		}
	})
}
