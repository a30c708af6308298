package engine_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// rates puts up a board on which one HKD is so many JPY, by a source that deals
// at this price.
func (h *hub) rates(yen string) {
	h.t.Helper()
	var references []fx.Reference
	level, err := strconv.ParseFloat(yen, 64)
	if err != nil {
		h.t.Fatal(err)
	}
	for pair, text := range map[string]string{
		"HKD/JPY": yen, "EUR/JPY": "186.75", "EUR/KRW": "1740.86", "EUR/HKD": strconv.FormatFloat(186.75/level, 'f', 6, 64),
	} {
		rate, err := money.ParseRate(money.Currency(pair[:3]), money.Currency(pair[4:]), text)
		if err != nil {
			h.t.Fatal(err)
		}
		references = append(references, fx.Reference{Rate: rate, ObservedAt: time.Now().Add(-time.Minute), Source: "BANK"})
	}
	board, err := fx.NewBoard(references, 100*365*24*time.Hour)
	if err != nil {
		h.t.Fatal(err)
	}
	h.desk.Replace(board)
}

func wanted(owner string, amount money.Amount) engine.QuoteRequest {
	return engine.QuoteRequest{OwnerID: owner, AcquirerID: "JP-ACQUIRER", WalletID: "HK-WALLET",
		Mode: connectors.PaymentCode, Amount: amount}
}

func (h *hub) quote(owner string, amount money.Amount) fx.Firm {
	h.t.Helper()
	firm, err := h.Quote(h.t.Context(), wanted(owner, amount))
	if err != nil {
		h.t.Fatal(err)
	}
	return firm
}

// payAt makes a payment at a quote that the acquirer presents.
func (h *hub) payAt(requestID string, amount money.Amount, agreed iso20022.AgreedRate) engine.Record {
	h.t.Helper()
	o := order(requestID, h.code("HK-WALLET", "U1", "Mei Lantern"), amount)
	o.Transfer.Rate = &agreed
	paid, err := h.Pay(h.t.Context(), h.participant("JP-ACQUIRER"), o)
	if err != nil {
		h.t.Fatal(err)
	}
	file, err := engine.Open(h.t.Context(), h.pool, paid.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return file.Payment
}

func at(id ids.ID) iso20022.AgreedRate { return iso20022.AgreedRate{QuoteID: iso20022.UETR(id)} }

// A payment at a firm quote costs what was quoted, whatever the market does, and
// its messages carry the quote's id.
func TestAPaymentAtAFirmQuote(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		firm := h.quote("JP-ACQUIRER", jpy(1500))
		if life := firm.ExpiresAt.Sub(firm.QuotedAt); life != 600*time.Second || firm.ID.Version() != 4 {
			t.Errorf("good for %s under %s", life, firm.ID)
		}
		h.rates("10")
		indicative, err := h.Indicate(wanted("JP-ACQUIRER", jpy(1500)))
		if err != nil || indicative.Payer.To.Minor != 15075 {
			t.Errorf("at the market %s, %v", indicative.Payer.To, err)
		}
		record := h.payAt("PR-1", jpy(1500), at(firm.ID))
		// JPY 1,500 at 20 are HKD 75.00, with 50 basis points 75.38 (75.375, to even).
		if record.State != payment.Posted || record.PayerAmount != firm.Offer.Payer.To || record.PayerAmount.Minor != 7538 {
			t.Errorf("%s %s for %s", record.State, record.Reason, record.PayerAmount)
		}
		seen, err := h.Inquire(t.Context(), h.participant("HK-WALLET"), connectors.Reference{RequestID: record.ID.String()})
		if err != nil || ids.ID(seen.Transfer.Rate.QuoteID) != firm.ID || seen.Transfer.Rate.Rate != firm.Offer.Payer.Rate {
			t.Errorf("the wallet is told %+v, %v", seen.Transfer.Rate, err)
		}
		var quotes, its int
		err = h.pool.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE id = $2 AND leg = $3)
			FROM fx_quote WHERE payment_id = $1`, record.ID, firm.ID, fx.LegPayer).Scan(&quotes, &its)
		if err != nil || quotes != 1 || its != 1 {
			t.Errorf("%d quotes, %d of them as it was given, %v", quotes, its, err)
		}
		used, err := fx.FindFirm(t.Context(), h.pool, firm.ID)
		if err != nil || used.UsedBy != record.ID {
			t.Errorf("%+v, %v", used, err)
		}
		if p := h.position("HK-WALLET"); p.Posted.Minor != 7538 {
			t.Errorf("the wallet owes %s", p.Posted)
		}
		h.sound()
	})
}

// Each wrong quote is a rejected payment with its own reason; nothing is
// reserved, and the quote stays as it was.
func TestPaymentsAtWrongQuotes(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		good := h.quote("JP-ACQUIRER", jpy(1500))
		wallets := h.quote("HK-WALLET", jpy(1500))
		foreign, err := h.Quote(t.Context(), engine.QuoteRequest{OwnerID: "SG-ACQUIRER", AcquirerID: "SG-ACQUIRER",
			WalletID: "KR-WALLET", Mode: connectors.PaymentCode, Amount: money.New(1500, "SGD")})
		if reason.Of(err) != reason.RateUnavailable {
			t.Errorf("a quote without a rate: %+v, %v", foreign, err)
		}
		rated := at(good.ID)
		rated.Rate = good.Offer.Payer.Rate
		rated.Rate.Mantissa++
		cases := []struct {
			name   string
			amount money.Amount
			agreed iso20022.AgreedRate
			want   reason.Kind
		}{
			{"unknown", jpy(1500), at(ids.New()), reason.QuoteUnknown},
			{"foreign", jpy(1500), at(wallets.ID), reason.QuoteForeign},
			{"another amount", jpy(1501), at(good.ID), reason.QuoteAltered},
			{"another rate", jpy(1500), rated, reason.QuoteAltered},
			{"good", jpy(1500), at(good.ID), reason.None},
			{"used", jpy(1500), at(good.ID), reason.QuoteUsed},
		}
		for i, c := range cases {
			record := h.payAt(fmt.Sprint("PR-", i), c.amount, c.agreed)
			if record.Reason != c.want || (record.State == payment.Rejected) != (c.want != reason.None) {
				t.Errorf("%s: %s %s", c.name, record.State, record.Reason)
			}
		}
		late := h.quote("JP-ACQUIRER", jpy(1500))
		h.clock.Advance(600 * time.Second)
		if record := h.payAt("PR-LATE", jpy(1500), at(late.ID)); record.Reason != reason.QuoteExpired {
			t.Errorf("late: %s %s", record.State, record.Reason)
		}
		if p := h.position("HK-WALLET"); p.Posted.Minor != 7538 || p.Reserved.Minor != 0 {
			t.Errorf("wallet's position %+v", p)
		}
		h.sound()
	})
}

// A wallet presents its own quote with the scan. A cap that does not suffice
// leaves the quote good.
func TestAScanAtAFirmQuote(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		o := order("PR-1", "", jpy(1500))
		o.Mode, o.Transfer.DebtorAccount = connectors.OrderCode, iso20022.Account{}
		created, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), o)
		if err != nil {
			t.Fatal(err)
		}
		request := wanted("HK-WALLET", jpy(1500))
		request.Mode = connectors.OrderCode
		firm, err := h.Quote(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		h.rates("10")
		scan := connectors.Scan{CodeValue: created.OrderCode, PayerReference: "U1", PayerName: "Mei Lantern", QuoteID: ids.New(),
			Words: said("pay", "{}")}
		wallet := h.participant("HK-WALLET")
		if _, err := h.Scanned(t.Context(), wallet, scan); reason.Of(err) != reason.QuoteUnknown {
			t.Errorf("an unknown quote: %v", err)
		}
		scan.QuoteID = firm.ID
		h.cap("HK-WALLET", money.New(1, "HKD"))
		if _, err := h.Scanned(t.Context(), wallet, scan); reason.Of(err) != reason.CapExceeded {
			t.Errorf("without a cap: %v", err)
		}
		h.cap("HK-WALLET", money.New(50_000_000, "HKD"))
		paying, err := h.Scanned(t.Context(), wallet, scan)
		if err != nil || paying.Transfer.SettlementAmount.Minor != 7538 || ids.ID(paying.Transfer.Rate.QuoteID) != firm.ID {
			t.Errorf("%+v, %v", paying.Transfer.SettlementAmount, err)
		}
		h.sound()
	})
}

func TestQuotesForNobody(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		for name, change := range map[string]func(r *engine.QuoteRequest){
			"no wallet":      func(r *engine.QuoteRequest) { r.WalletID = "NOBODY" },
			"not a wallet":   func(r *engine.QuoteRequest) { r.WalletID = "SG-ACQUIRER" },
			"no acquirer":    func(r *engine.QuoteRequest) { r.AcquirerID = "KR-WALLET" },
			"another owner":  func(r *engine.QuoteRequest) { r.OwnerID = "SG-ACQUIRER" },
			"nothing":        func(r *engine.QuoteRequest) { r.Amount.Minor = 0 },
			"no way of pays": func(r *engine.QuoteRequest) { r.Mode = "CASH" },
		} {
			request := wanted("HK-WALLET", jpy(1500))
			change(&request)
			if _, err := h.Quote(t.Context(), request); reason.Of(err) != reason.InvalidRequest {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := h.Indicate(request); reason.Of(err) != reason.InvalidRequest {
				t.Errorf("%s, indicative: %v", name, err)
			}
		}
		if _, err := h.Quote(t.Context(), wanted("HK-WALLET", jpy(1_000_001))); reason.Of(err) != reason.AmountLimit {
			t.Errorf("above the corridor's limit: %v", err)
		}
	})
}

// A pair that is stopped stops its corridor, with the reason, and no other.
func TestAStoppedPairStopsItsCorridor(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		var references []fx.Reference
		for _, row := range h.desk.Board().Rows(h.clock.Now()) {
			references = append(references, row.Reference)
		}
		board, err := fx.Rules{Default: fx.Guard{FreshFor: time.Hour}}.Board(references,
			[]fx.Stop{{Base: "HKD", Quote: "JPY", Why: "move of 2500 basis points, 1500 allowed"}})
		if err != nil {
			t.Fatal(err)
		}
		h.desk.Replace(board)
		stopped, err := h.pay("PR-1", jpy(1500))
		if err != nil || stopped.Status != iso20022.Rejected || stopped.Reason != reason.RateUnavailable {
			t.Errorf("%s %s, %v", stopped.Status, stopped.Reason, err)
		}
		o := order("PR-2", h.code("KR-WALLET", "U2", "Sora Lantern"), jpy(1500))
		if paid, err := h.Pay(context.WithoutCancel(t.Context()), h.participant("JP-ACQUIRER"), o); err != nil || paid.Status != iso20022.Completed {
			t.Errorf("the other corridor: %s %s, %v", paid.Status, paid.Reason, err)
		}
		h.sound()
	})
}

// Of many payments at once that name the same quote one is made, and the others
// are rejected for that reason and no other.
func TestAQuoteIsPaidAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		firm := h.quote("JP-ACQUIRER", jpy(1500))
		orders := make([]connectors.Order, 6)
		for i := range orders {
			orders[i] = order(fmt.Sprint("PR-", i), h.code("HK-WALLET", "U1", "Mei Lantern"), jpy(1500))
			agreed := at(firm.ID)
			orders[i].Transfer.Rate = &agreed
		}
		outcomes := make([]reason.Kind, len(orders))
		var racing sync.WaitGroup
		for i, o := range orders {
			racing.Go(func() {
				paid, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), o)
				if err != nil {
					t.Error(err)
				}
				outcomes[i] = paid.Reason
			})
		}
		racing.Wait()
		seen := map[reason.Kind]int{}
		for _, outcome := range outcomes {
			seen[outcome]++
		}
		if seen[reason.None] != 1 || seen[reason.QuoteUsed] != len(orders)-1 {
			t.Errorf("outcomes %v", seen)
		}
		if p := h.position("HK-WALLET"); p.Posted.Minor != 7538 || p.Reserved.Minor != 0 {
			t.Errorf("the wallet's position %+v", p)
		}
		h.sound()
	})
}

// An order that was quoted is repeated like any other: the quote is used once,
// and the same answer comes again.
func TestAQuotedOrderIsRepeated(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.rates("20")
		firm := h.quote("JP-ACQUIRER", jpy(1500))
		o := order("PR-1", h.code("HK-WALLET", "U1", "Mei Lantern"), jpy(1500))
		agreed := at(firm.ID)
		o.Transfer.Rate = &agreed
		var first connectors.Payment
		for i := range 3 {
			paid, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), o)
			if err != nil || paid.Status != iso20022.Completed {
				t.Fatalf("%s %s, %v", paid.Status, paid.Reason, err)
			}
			if i == 0 {
				first = paid
			} else if paid.ID != first.ID || h.wallet.count("pay") != 1 {
				t.Errorf("repeated as %s after %d calls", paid.ID, h.wallet.count("pay"))
			}
		}
		h.sound()
	})
}
