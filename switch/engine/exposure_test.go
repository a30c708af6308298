package engine_test

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/engine"
)

func (h *hub) do(work func(ctx context.Context, tx db.Tx) error) {
	h.t.Helper()
	if err := h.pool.InTx(h.t.Context(), work); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hub) cap(participant string, limit money.Amount) {
	h.t.Helper()
	h.do(func(ctx context.Context, tx db.Tx) error { return position.SetCap(ctx, tx, participant, limit) })
}

func (h *hub) tariff(rules ...fx.Rule) {
	h.t.Helper()
	tariff, err := fx.NewTariff(rules, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	h.desk.SetTariff(tariff)
}

// net is the balance of an account, credits less debits.
func (h *hub) net(account string) int64 {
	h.t.Helper()
	balances, err := ledger.Balances(h.t.Context(), h.pool)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, b := range balances {
		if b.AccountID == account {
			return b.Net().Minor
		}
	}
	h.t.Fatalf("no account %s", account)
	return 0
}

// JPY 1,500 at 20 are HKD 75.00. With a fee of 2.50 and a promotion of 2 percent
// by the tourist office the traveller is shown, and pays, 75.00 + 0.38 + 2.50 -
// 1.50; the merchant gets the 1,500 whole. Everything is posted apart, and a full
// refund gives everything back.
func TestFeesAndPromotionsArePostedApart(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		h.tariff(fx.Rule{Leg: fx.LegPayer, Currency: "HKD", Fee: 250, PromotedUntil: time.Now().Add(time.Hour),
			Promotion: fx.Promotion{Sponsor: "JP-TOURISM", BasisPoints: 200}})
		h.do(func(ctx context.Context, tx db.Tx) error { return settlement.OpenSponsor(ctx, tx, "JP-TOURISM", "HKD") })
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil || paid.Status != iso20022.Completed {
			t.Fatalf("%s %s, %v", paid.Status, paid.Reason, err)
		}
		for account, want := range map[string]int64{
			"HK-WALLET.POSITION.HKD": -7638, "HUB.EXCHANGE.HKD": 7500, "HUB.MARKUP.HKD": 38, "HUB.FEE.HKD": 250,
			"JP-TOURISM.PROMOTION.HKD": -150, "HUB.EXCHANGE.JPY": -1500, "HUB.FEE.JPY": 12, "JP-ACQUIRER.POSITION.JPY": 1488,
		} {
			if got := h.net(account); got != want {
				t.Errorf("%s is %d, want %d", account, got, want)
			}
		}
		h.sound()
		for i, part := range []int64{1, 700, 799} {
			if refunded, err := h.refund(fmt.Sprint("RF-", i), "PR-1", jpy(part)); err != nil || refunded.Status != iso20022.Completed {
				t.Fatalf("%s, %v", refunded.Status, err)
			}
		}
		for _, account := range []string{"HK-WALLET.POSITION.HKD", "HUB.EXCHANGE.HKD", "HUB.MARKUP.HKD", "HUB.FEE.HKD",
			"JP-TOURISM.PROMOTION.HKD", "HUB.EXCHANGE.JPY", "HUB.ROUNDING.HKD"} {
			if got := h.net(account); got != 0 {
				t.Errorf("%s keeps %d", account, got)
			}
		}
		h.sound()
	})
}

// Where the wallet's contract says so, refunds are at the rate of the day, with a
// quote of their own, and the other leg at the original one. While the rate stays
// parts give exactly what the whole would.
func TestRefundsAtTheRateOfTheDay(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		h.tariff(fx.Rule{Scope: fx.Scope{PartnerID: "HK-WALLET"}, Leg: fx.LegPayer, Refund: fx.RefundCurrent})
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		// The contract of the day of the payment counts.
		h.tariff()
		h.rates("17")
		var back int64
		for i, part := range []int64{333, 334, 7, 826} {
			refunded, err := h.refund(fmt.Sprint("RF-", i), "PR-1", jpy(part))
			if err != nil || refunded.Status != iso20022.Completed || refunded.SettlementAmount != jpy(part) {
				t.Fatalf("%+v, %v", refunded, err)
			}
		}
		file, err := engine.Open(t.Context(), h.pool, paid.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range file.Returns {
			back += r.Detail.Payer.Amount.Minor
			if r.Detail.PayerBack.Price.Rate.Decimal() != "17" || r.Detail.PayerBack.QuoteID.Version() != 4 {
				t.Errorf("refunded at %+v", r.Detail.PayerBack)
			}
		}
		if back != 8824 { // 1,500 / 17 = 88.235...
			t.Errorf("the parts give back %d", back)
		}
		var quotes int
		err = h.pool.QueryRow(t.Context(), `SELECT count(*) FROM fx_quote WHERE payment_id = $1`, paid.ID).Scan(&quotes)
		if err != nil || quotes != 5 {
			t.Errorf("%d quotes, %v", quotes, err)
		}
		if p := h.position("JP-ACQUIRER"); p.Posted.Minor != 12 {
			t.Errorf("the acquirer keeps the fee alone, owed: %s", p.Posted)
		}
		h.sound()
		if _, err := h.pay("PR-2", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		h.desk.Replace(&fx.Board{})
		if refunded, err := h.refund("RF-9", "PR-2", jpy(100)); err != nil || refunded.Status != iso20022.Completed {
			t.Errorf("a refund at the original rate needs none: %s, %v", refunded.Status, err)
		}
	})
}

// A payment that was partly refunded at rates of the day is cancelled as it was
// made.
func TestACancelAfterRefundsOfTheDay(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		h.tariff(fx.Rule{Leg: fx.LegPayer, Refund: fx.RefundCurrent})
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		h.rates("10")
		if _, err := h.refund("RF-1", "PR-1", jpy(500)); err != nil {
			t.Fatal(err)
		}
		if cancelled, err := h.cancelOf("PR-1"); err != nil || cancelled.Status != iso20022.Cancelled {
			t.Fatalf("%s, %v", cancelled.Status, err)
		}
		// 75.38 were paid; 50.00 came back at 10, and two thirds of 75.38 are 50.25.
		if p := h.position("HK-WALLET"); p.Posted.Minor != 7538-5000-5025 {
			t.Errorf("the wallet owes %s", p.Posted)
		}
		h.sound()
	})
}

// A payment makes the hub long in one currency and short in the other at one
// cost; a deal closes that; the evening's rates make profit, which the books
// show to the unit.
func TestTheBookOfADay(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		if _, err := h.pay("PR-1", jpy(150_000)); err != nil {
			t.Fatal(err)
		}
		open, err := book.Open(t.Context(), h.pool)
		if err != nil || len(open) != 2 {
			t.Fatalf("%+v, %v", open, err)
		}
		payer, merchant := open[0], open[1]
		// JPY 150,000 are HKD 7,500.00 and EUR 803.21 at the middle.
		if payer.PartnerID != "HK-WALLET" || payer.Minor != 750_000 || payer.Cost != 80_321 || payer.Income != 3750 ||
			merchant.PartnerID != "JP-ACQUIRER" || merchant.Minor != -150_000 || merchant.Cost != -80_321 || merchant.Income != 1200 {
			t.Errorf("%+v", open)
		}
		h.sound()
		deal := book.Deal{ID: ids.New(), Counterparty: "BANK", Reference: "D-1", Buy: jpy(150_000), Sell: money.New(740_000, "HKD"),
			ValueDate: h.clock.Now().AddDate(0, 0, 2), At: h.clock.Now()}
		h.do(func(ctx context.Context, tx db.Tx) error { return h.BookDeal(ctx, tx, deal) })
		if owed := h.net("HUB.DEAL.JPY"); owed != -150_000 || h.net("HUB.EXCHANGE.JPY") != 0 || h.net("HUB.EXCHANGE.HKD") != 10_000 {
			t.Errorf("the provider owes %d JPY", owed)
		}
		again := deal
		again.ID = ids.New()
		err = h.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return h.BookDeal(ctx, tx, again) })
		if reason.Of(err) != reason.Inconsistent {
			t.Errorf("booked twice: %v", err)
		}
		h.sound()
		var gain, realised int64
		for i, yen := range []string{"21", "19", "19.5", "22", "18"} {
			h.rates(yen)
			v, err := h.Revalue(t.Context(), h.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			gain, realised = gain+v.Gain, realised+v.Realised
			if got := h.net("HUB.UNREALISED.EUR"); got != gain-realised || h.net("HUB.REALISED.EUR") != realised ||
				h.net("HUB.REVALUATION.EUR") != -gain {
				t.Errorf("day %d: unrealised %d, the book says %d", i, got, gain-realised)
			}
			h.sound()
			h.clock.Advance(24 * time.Hour)
		}
		if realised == 0 || gain == 0 {
			t.Errorf("gained %d, realised %d", gain, realised)
		}
		if _, err := h.Revalue(t.Context(), h.clock.Now().Add(-24*time.Hour)); reason.Of(err) != reason.Closed {
			t.Errorf("a day twice: %v", err)
		}
		if _, err := h.pay("PR-2", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		if _, err := h.CutOff(t.Context()); err != nil {
			t.Errorf("a cut-off after deals and revaluations: %v", err)
		}
		h.sound()
	})
}

func TestExposureIsWatched(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		h.do(func(ctx context.Context, tx db.Tx) error {
			return book.SetLimit(ctx, tx, money.New(7499, "HKD"), h.clock.Now())
		})
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		raised, cleared, err := h.WatchExposure(t.Context())
		if err != nil || len(raised) != 1 || raised[0].Net != money.New(7500, "HKD") || len(cleared) > 0 {
			t.Errorf("%+v, %+v, %v", raised, cleared, err)
		}
		if _, err := h.refund("RF-1", "PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		raised, cleared, err = h.WatchExposure(t.Context())
		if err != nil || len(raised) > 0 || len(cleared) != 1 {
			t.Errorf("%+v, %+v, %v", raised, cleared, err)
		}
	})
}

// Whatever the price, what is posted for it leaves the amounts at the middle on
// the exchange accounts, each part on its own, and the residues on the rounding
// account; the book's flows are the same.
func TestResiduesSumToTheRoundingAccount(t *testing.T) {
	currencies := money.Currencies()
	rapid.Check(t, func(t *rapid.T) {
		three := rapid.SliceOfNDistinct(rapid.SampledFrom(currencies), 3, 3, rapid.ID).Draw(t, "currencies")
		merchant, payer, acquirer := three[0], three[1], three[2]
		now := time.Date(2026, 4, 13, 12, 0, 0, 0, time.UTC)
		var references []fx.Reference
		for _, quote := range []money.Currency{payer, acquirer} {
			mid := money.Rate{Base: merchant, Quote: quote, Mantissa: rapid.Int64Range(1, 1e10).Draw(t, "rate"),
				Scale: uint8(rapid.IntRange(0, 10).Draw(t, "scale"))}
			bid, ask := mid, mid
			bid.Mantissa, ask.Mantissa = mid.Mantissa-mid.Mantissa/200, mid.Mantissa+mid.Mantissa/100
			references = append(references, fx.Reference{Rate: mid, Bid: bid, Ask: ask, ObservedAt: now})
		}
		board, err := fx.NewBoard(references, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		offer, err := board.Offer(&fx.Tariff{}, fx.Request{
			Amount: money.New(rapid.Int64Range(1, 1e15).Draw(t, "minor"), merchant), PayerCurrency: payer,
			MerchantCurrency: acquirer, PayerMarkup: rapid.Int64Range(0, 500).Draw(t, "payer markup"),
			MerchantMarkup: rapid.Int64Range(0, 500).Draw(t, "merchant markup"), At: now,
		})
		if err != nil {
			return
		}
		b := settlement.Booking{
			SubjectID: ids.New(), At: now, Payer: engine.LegOf("W", offer.Payer, offer.Payer.Residue.Minor),
			Merchant: engine.LegOf("A", offer.Merchant, -offer.Merchant.Residue.Minor),
		}
		got := map[string]int64{}
		for _, e := range settlement.Entries(b, ids.New()) {
			got[e.Debit.ID(e.Amount.Currency)] -= e.Amount.Minor
			got[e.Credit.ID(e.Amount.Currency)] += e.Amount.Minor
		}
		want := map[string]int64{}
		put := func(account string, currency money.Currency, minor int64) {
			if minor != 0 {
				want[account+"."+string(currency)] += minor
			}
		}
		put("W.POSITION", payer, -offer.Payer.To.Minor)
		put("A.POSITION", acquirer, offer.Merchant.To.Minor)
		put("HUB.EXCHANGE", payer, offer.Payer.AtMid.Minor)
		put("HUB.EXCHANGE", acquirer, -offer.Merchant.AtMid.Minor)
		for _, p := range []fx.Price{offer.Payer, offer.Merchant} {
			put("HUB.MARKUP", p.To.Currency, p.Markup.Minor)
			put("HUB.SPREAD", p.To.Currency, p.Spread.Minor)
		}
		put("HUB.ROUNDING", payer, offer.Payer.Residue.Minor)
		put("HUB.ROUNDING", acquirer, -offer.Merchant.Residue.Minor)
		// What goes through an account leaves nothing there.
		for _, sums := range []map[string]int64{want, got} {
			maps.DeleteFunc(sums, func(_ string, minor int64) bool { return minor == 0 })
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		flows := engine.Flows(window.Calendars{}, b, engine.Booked{})
		if flows[0].Minor != offer.Payer.AtMid.Minor || flows[1].Minor != -offer.Merchant.AtMid.Minor {
			t.Fatalf("flows %+v", flows)
		}
	})
}

// What an income is worth follows from what its leg is worth, in proportion,
// also where a fee is more than the amount itself.
func TestIncomeIsWorthItsShare(t *testing.T) {
	euro := func(minor int64) money.Amount { return money.New(minor, "EUR") }
	tests := []struct {
		income, atMid, worth, want int64
		kind                       reason.Kind
	}{
		{0, 7500, 803, 0, reason.None}, {38, 7500, 803, 4, reason.None}, {-38, 7500, 803, -4, reason.None},
		{7500, 7500, 803, 803, reason.None}, {22_500, 7500, 803, 2409, reason.None}, {11_250, 7500, 803, 1205, reason.None},
		{5, 0, 803, 0, reason.None}, {1e17, 1, 1e17, 0, reason.AmountLimit}, {-1e17, 1, 1e17, 0, reason.AmountLimit},
	}
	for _, tt := range tests {
		got, err := engine.WorthOf(tt.income, money.New(tt.atMid, "HKD"), euro(tt.worth))
		if reason.Of(err) != tt.kind || err == nil && got != euro(tt.want) {
			t.Errorf("%+v: %s, %v", tt, got, err)
		}
	}
}

// Refunds at once, on one payment and at the rate of the day: together they give
// back no more than was paid for, and every one that was made is booked.
func TestRefundsOfTheDayAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		h.tariff(fx.Rule{Leg: fx.LegPayer, Refund: fx.RefundCurrent})
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		h.rates("17")
		var racing sync.WaitGroup
		for i := range 8 {
			racing.Go(func() {
				_, err := h.refund(fmt.Sprint("RF-", i), "PR-1", jpy(333))
				if kind := reason.Of(err); kind != reason.None && kind != reason.RefundExceeds {
					t.Error(err)
				}
			})
		}
		racing.Wait()
		file, err := engine.Open(t.Context(), h.pool, paid.ID)
		if err != nil {
			t.Fatal(err)
		}
		var yen, cents int64
		for _, r := range file.Returns {
			yen, cents = yen+r.Amount.Minor, cents+r.Detail.Payer.Amount.Minor
		}
		// Four times 333 are 1,332 yen, which are 78.35 at 17, in whatever parts.
		if len(file.Returns) != 4 || yen != 1332 || cents != 7835 {
			t.Errorf("%d refunds of %d yen gave back %d", len(file.Returns), yen, cents)
		}
		h.sound()
	})
}
