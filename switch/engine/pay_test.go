package engine_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/engine"
)

// sound fails the test if any invariant of the books is broken.
func (h *hub) sound() {
	h.t.Helper()
	violations, err := invariant.Run(h.t.Context(), h.pool)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, v := range violations {
		h.t.Error(v)
	}
}

func TestPaymentCode(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		// The board's mid is 20.4083... JPY for 1 HKD; with 50 basis points the
		// wallet pays HKD 73.87 for JPY 1500.
		file, err := engine.Open(t.Context(), h.pool, paid.ID)
		if err != nil {
			t.Fatal(err)
		}
		record := file.Payment
		if paid.Status != iso20022.Completed || paid.Transfer.SettlementAmount != jpy(1500) || record.Fee != jpy(12) {
			t.Errorf("acquirer sees %s %s, fee %s", paid.Status, paid.Transfer.SettlementAmount, record.Fee)
		}
		if record.PayerAmount != money.New(7387, "HKD") {
			t.Errorf("the wallet pays %s", record.PayerAmount)
		}
		if p := h.position("HK-WALLET"); p.Posted != record.PayerAmount || p.Reserved.Minor != 0 {
			t.Errorf("wallet's position %+v", p)
		}
		if p := h.position("JP-ACQUIRER"); p.Posted != jpy(-1488) {
			t.Errorf("acquirer's position %+v", p)
		}
		seen, err := h.Inquire(t.Context(), h.participant("HK-WALLET"), connectors.Reference{RequestID: paid.ID.String()})
		if err != nil || seen.Transfer.SettlementAmount != record.PayerAmount || seen.OrderCode != "" {
			t.Errorf("wallet sees %+v, %v", seen, err)
		}
		checkFile(t, file)
		h.sound()
	})
}

func checkFile(t *testing.T, file engine.File) {
	t.Helper()
	var events []string
	for _, change := range file.History {
		events = append(events, change.Event+" "+change.State)
	}
	if got := fmt.Sprint(events); got != "[ACCEPTED RESERVED WALLET_ACCEPTED POSTED]" {
		t.Errorf("history %s", got)
	}
	names := map[string]int{}
	for _, m := range file.Messages {
		names[m.Name]++
		if m.Name != iso20022.CreditTransferName {
			continue
		}
		if _, err := iso20022.ParseCreditTransfer(m.Body); err != nil {
			t.Errorf("%s to %s: %v", m.Name, m.PartnerID, err)
		}
	}
	if names[iso20022.CreditTransferName] != 2 || names[iso20022.StatusReportName] != 2 || names["scripted.pay"] != 1 || names["pay"] != 1 {
		t.Errorf("messages %v", names)
	}
}

// TestFiveAtOnce: the same request five times at once has one effect and one
// answer.
func TestFiveAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		request := order("PR-1", h.code("HK-WALLET", "U1", "Mei Lantern"), jpy(1500))
		answers := make([]connectors.Payment, 5)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				var err error
				if answers[i], err = h.Pay(t.Context(), h.participant("JP-ACQUIRER"), request); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, answer := range answers {
			if answer.ID != answers[0].ID || answer.Status != iso20022.Completed {
				t.Errorf("answers differ: %s %s, %s %s", answer.ID, answer.Status, answers[0].ID, answers[0].Status)
			}
		}
		if n := h.wallet.count("pay"); n != 1 {
			t.Errorf("the wallet was asked %d times", n)
		}
		if p := h.position("JP-ACQUIRER"); p.Posted != jpy(-1488) {
			t.Errorf("acquirer's position %+v", p)
		}
		h.sound()
	})
}

func TestSameIDWithOtherData(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		if again, err := h.pay("PR-1", jpy(1501)); reason.Of(err) != reason.Inconsistent {
			t.Errorf("got %+v, %v", again, err)
		}
		if n := h.wallet.count("pay"); n != 1 {
			t.Errorf("the wallet was asked %d times", n)
		}
		h.sound()
	})
}

// TestRefusals: what the hub refuses is on record with its reason, burns the
// request id and moves nothing.
func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		used := h.code("HK-WALLET", "U1", "Mei Lantern")
		if _, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), order("PR-0", used, jpy(100))); err != nil {
			t.Fatal(err)
		}
		before := h.position("HK-WALLET")
		cases := []struct {
			name   string
			code   func() string
			amount money.Amount
			want   reason.Kind
		}{
			{"code used before", func() string { return used }, jpy(1500), reason.InvalidCode},
			{"code never issued", func() string { return "251001029999999999999999" }, jpy(1500), reason.InvalidCode},
			{"code of nobody", func() string { return "999999029999999999999999" }, jpy(1500), reason.InvalidCode},
			{"no code at all", func() string { return "PAY-ME" }, jpy(1500), reason.InvalidCode},
			{"above the corridor's limit", h.fresh, jpy(1_000_001), reason.AmountLimit},
			{"currency not of the corridor", h.fresh, money.New(100, "USD"), reason.UnsupportedCurrency},
			{
				"listed payer",
				func() string { return h.code("HK-WALLET", "U2", "Viktor Blocksworth") },
				jpy(1500),
				reason.Regulation,
			},
		}
		for i, c := range cases {
			request := order(fmt.Sprint("PR-R", i), c.code(), c.amount)
			for range 2 {
				refused, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), request)
				if err != nil || refused.Status != iso20022.Rejected || refused.Reason != c.want {
					t.Errorf("%s: %s %s, %v; want %s", c.name, refused.Status, refused.Reason, err, c.want)
				}
			}
		}
		if after := h.position("HK-WALLET"); after != before || h.wallet.count("pay") != 1 {
			t.Errorf("position %+v, was %+v; wallet asked %d times", after, before, h.wallet.count("pay"))
		}
		h.sound()
	})
}

func (h *hub) fresh() string { return h.code("HK-WALLET", "U1", "Mei Lantern") }

func TestBadOrdersLeaveNothing(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		suspended := h.participant("JP-ACQUIRER")
		suspended.Suspended = true
		cases := []struct {
			name string
			from connectors.Participant
			edit func(o *connectors.Order)
			want reason.Kind
		}{
			{
				"zero",
				h.participant("JP-ACQUIRER"),
				func(o *connectors.Order) { o.Transfer.InstructedAmount = jpy(0) },
				reason.InvalidRequest,
			},
			{
				"negative",
				h.participant("JP-ACQUIRER"),
				func(o *connectors.Order) { o.Transfer.InstructedAmount = jpy(-5) },
				reason.InvalidRequest,
			},
			{"no id", h.participant("JP-ACQUIRER"), func(o *connectors.Order) { o.RequestID = "" }, reason.InvalidRequest},
			{"suspended", suspended, func(*connectors.Order) {}, reason.InvalidContract},
			{
				"settlement in another currency",
				h.participant("JP-ACQUIRER"),
				func(o *connectors.Order) { o.SettlementCurrency = "USD" },
				reason.UnsupportedCurrency,
			},
		}
		for _, c := range cases {
			request := order("PR-1", h.fresh(), jpy(1500))
			c.edit(&request)
			if answer, err := h.Pay(t.Context(), c.from, request); reason.Of(err) != c.want {
				t.Errorf("%s: %+v, %v", c.name, answer, err)
			}
		}
		if all, err := engine.List(t.Context(), h.pool, engine.Filter{Limit: 10}); err != nil || len(all) != 0 {
			t.Errorf("%d payments on record, %v", len(all), err)
		}
	})
}

func TestExpiredCode(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		code := h.fresh()
		h.clock.Advance(61 * time.Second)
		refused, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), order("PR-1", code, jpy(1500)))
		if err != nil || refused.Reason != reason.ExpiredCode {
			t.Errorf("got %s, %v", refused.Reason, err)
		}
	})
}

func TestScreeningIsRecorded(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		refused, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"),
			order("PR-1", h.code("HK-WALLET", "U2", "Viktor Blocksworth"), jpy(1500)))
		if err != nil {
			t.Fatal(err)
		}
		decisions, err := compliance.DecisionsOf(t.Context(), h.pool, refused.ID)
		if err != nil || len(decisions) != 1 || decisions[0].Outcome != compliance.Reject || len(decisions[0].Findings.Hits) != 1 {
			t.Errorf("decisions %+v, %v", decisions, err)
		}
		entries, err := ledger.EntriesOf(t.Context(), h.pool, refused.ID)
		if err != nil || len(entries) != 0 {
			t.Errorf("entries %+v, %v", entries, err)
		}
		if refused.Transfer.Debtor.Name != "" {
			t.Error("the acquirer sees the payer's name")
		}
	})
}

func TestWalletDeclines(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.wallet.pay = func(string) connectors.Answer {
			return connectors.Answer{Decision: connectors.Declined, Reason: reason.InsufficientFunds}
		}
		declined, err := h.pay("PR-1", jpy(1500))
		if err != nil || declined.Status != iso20022.Rejected || declined.Reason != reason.InsufficientFunds {
			t.Errorf("got %s %s, %v", declined.Status, declined.Reason, err)
		}
		if p := h.position("HK-WALLET"); p.Posted.Minor != 0 || p.Reserved.Minor != 0 {
			t.Errorf("position %+v", p)
		}
		h.sound()
	})
}

// TestTwoDebitsOneCap: of two debits that together exceed the cap one passes
// and one is refused.
func TestTwoDebitsOneCap(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		results := make(chan reason.Kind, 2)
		var wg sync.WaitGroup
		for i := range 2 {
			// The cap is HKD 500,000; JPY 1,000,000 is about HKD 49,000.
			code := h.fresh()
			wg.Go(func() {
				paid, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), order(fmt.Sprint("PR-", i), code, jpy(1_000_000)))
				if err != nil {
					t.Error(err)
				}
				results <- paid.Reason
			})
		}
		wg.Wait()
		first, second := <-results, <-results
		if first != reason.None || second != reason.None {
			t.Fatalf("both fit, got %s and %s", first, second)
		}
		kinds := map[reason.Kind]int{}
		for i := range 12 {
			paid, err := h.pay(fmt.Sprint("PR-MORE-", i), jpy(1_000_000))
			if err != nil {
				t.Fatal(err)
			}
			kinds[paid.Reason]++
		}
		if kinds[reason.None] != 8 || kinds[reason.CapExceeded] != 4 {
			t.Errorf("outcomes %v", kinds)
		}
		h.sound()
	})
}

func TestUnknownAndForeignLookAlike(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		foreign := connectors.Reference{PaymentID: paid.ID}
		unknown := connectors.Reference{PaymentID: ids.New()}
		for _, id := range []string{"SG-ACQUIRER", "KR-WALLET"} {
			from := h.participant(id)
			_, foreignErr := h.Inquire(t.Context(), from, foreign)
			_, unknownErr := h.Inquire(t.Context(), from, unknown)
			if reason.Of(foreignErr) != reason.NotFound || reason.Of(unknownErr) != reason.NotFound {
				t.Errorf("%s: foreign %v, unknown %v", id, foreignErr, unknownErr)
			}
			if _, err := h.Cancel(t.Context(), from, foreign); reason.Of(err) != reason.NotFound {
				t.Errorf("%s cancels a foreign payment: %v", id, err)
			}
		}
		if _, err := h.Inquire(
			t.Context(),
			h.participant("SG-ACQUIRER"),
			connectors.Reference{RequestID: "PR-1"},
		); reason.Of(
			err,
		) != reason.NotFound {
			t.Errorf("another acquirer's request id: %v", err)
		}
	})
}
