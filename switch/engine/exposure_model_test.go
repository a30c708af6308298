package engine_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// season plays many days of a hub with everything that exchange can do: sources
// with bid and ask, contracts with fees, promotions, tiers, roundings and refunds
// of both kinds, firm quotes, cancels, deals, closed books and cut-offs.
type season struct {
	*hub
	random *rand.Rand
	// paid are the payments that may be given back, with what is left of each.
	paid map[string]int64
	done map[string]int
	next int
}

func TestASeasonOfExchange(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				s := &season{hub: h, random: rand.New(rand.NewPCG(16, seed)), paid: map[string]int64{}, done: map[string]int{}}
				s.contracts()
				for range 12 {
					s.day()
				}
				s.sound()
				for _, what := range []string{"paid", "quoted", "refunded", "cancelled", "dealt", "closed", "cut off"} {
					if s.done[what] == 0 {
						t.Errorf("nothing was %s: %v", what, s.done)
					}
				}
				s.profits()
			})
		})
	}
}

// contracts sets a tariff in which the two wallets differ in every term.
func (s *season) contracts() {
	s.do(func(ctx context.Context, tx db.Tx) error {
		if err := settlement.OpenSponsor(ctx, tx, "JP-TOURISM", "KRW"); err != nil {
			return err
		}
		return book.SetLimit(ctx, tx, money.New(1_000_000, "HKD"), s.clock.Now())
	})
	tariff, err := fx.NewTariff([]fx.Rule{
		{Scope: fx.Scope{PartnerID: "HK-WALLET"}, Leg: fx.LegPayer, Currency: "HKD", Fee: 25, Refund: fx.RefundCurrent,
			Tiers: []fx.Tier{{From: 0, BasisPoints: 120}, {From: 5000, BasisPoints: 60}}, Rounding: money.Up},
		{Scope: fx.Scope{PartnerID: "KR-WALLET"}, Leg: fx.LegPayer, Currency: "KRW", PromotedUntil: time.Now().AddDate(1, 0, 0),
			Promotion: fx.Promotion{Sponsor: "JP-TOURISM", BasisPoints: 300, Most: 2000}},
		{Scope: fx.Scope{Corridor: "KR-SG"}, Leg: fx.LegMerchant, Tiers: flatTier(35), Rounding: money.Down},
	}, map[money.Currency]money.Rounding{"KRW": money.HalfUp})
	if err != nil {
		s.t.Fatal(err)
	}
	s.desk.SetTariff(tariff)
}

func flatTier(points int64) []fx.Tier { return []fx.Tier{{BasisPoints: points}} }

// day moves the market, does some business, and closes the book.
func (s *season) day() {
	s.market()
	for range 6 {
		switch s.random.IntN(8) {
		case 0, 1, 2, 3:
			s.buy(s.random.IntN(3) == 0)
		case 4, 5:
			s.giveBack()
		case 6:
			s.undo()
		case 7:
			s.hedge()
		}
	}
	if _, err := s.Revalue(s.t.Context(), s.clock.Now()); err != nil {
		s.t.Fatal(err)
	}
	s.done["closed"]++
	if s.random.IntN(3) == 0 {
		if _, err := s.CutOff(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
		s.done["cut off"]++
	}
	s.clock.Advance(24 * time.Hour)
}

// market puts up two sources for every pair, with bid and ask.
func (s *season) market() {
	var references []fx.Reference
	for currency, level := range map[money.Currency]int64{"HKD": 91507, "JPY": 1867500, "KRW": 17408600, "SGD": 14912} {
		for _, source := range []string{"ALPHA", "BETA"} {
			mid := money.Rate{Base: "EUR", Quote: currency, Mantissa: level + level*int64(s.random.IntN(600)-300)/10_000, Scale: 4}
			bid, ask := mid, mid
			bid.Mantissa -= mid.Mantissa * int64(1+s.random.IntN(9)) / 10_000
			ask.Mantissa += mid.Mantissa * int64(1+s.random.IntN(9)) / 10_000
			references = append(references, fx.Reference{Rate: mid, Bid: bid, Ask: ask, ObservedAt: s.clock.Now(), Source: source})
		}
	}
	board, err := fx.NewBoard(references, 48*time.Hour)
	if err != nil {
		s.t.Fatal(err)
	}
	s.desk.Replace(board)
}

// buy makes a payment of a random wallet at a random acquirer, at a firm quote or
// at the market.
func (s *season) buy(quoted bool) {
	s.next++
	id := fmt.Sprint("PR-", s.next)
	walletID := []string{"HK-WALLET", "KR-WALLET"}[s.random.IntN(2)]
	acquirerID, currency := "JP-ACQUIRER", money.Currency("JPY")
	if s.random.IntN(3) == 0 {
		acquirerID, currency = "SG-ACQUIRER", "SGD"
	}
	amount := money.New(500+s.random.Int64N(20_000), currency)
	o := order(id, s.code(walletID, "U1", "Mei Lantern"), amount)
	var firm fx.Firm
	if quoted {
		var err error
		firm, err = s.Quote(s.t.Context(), engine.QuoteRequest{OwnerID: acquirerID, AcquirerID: acquirerID, WalletID: walletID,
			Mode: connectors.PaymentCode, Amount: amount})
		if err != nil {
			s.t.Fatal(err)
		}
		agreed := at(firm.ID)
		o.Transfer.Rate = &agreed
		s.market()
		s.done["quoted"]++
	}
	paid, err := s.Pay(s.t.Context(), s.participant(acquirerID), o)
	if err != nil || paid.Status != iso20022.Completed {
		s.t.Fatalf("%s for %s at %s: %s %s, %v", amount, walletID, acquirerID, paid.Status, paid.Reason, err)
	}
	file, err := engine.Open(s.t.Context(), s.pool, paid.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	if quoted && (file.Payment.PayerAmount != firm.Offer.Payer.To || file.Payment.MerchantAmount != firm.Offer.Merchant.To) {
		s.t.Errorf("quoted %s and %s, paid %s and %s", firm.Offer.Payer.To, firm.Offer.Merchant.To, file.Payment.PayerAmount,
			file.Payment.MerchantAmount)
	}
	s.paid[acquirerID+" "+id], s.done["paid"] = amount.Minor, s.done["paid"]+1
}

// any picks a payment of which something is left.
func (s *season) any() (acquirerID, id string, left int64) {
	var keys []string
	for n := range s.next {
		for _, acquirer := range []string{"JP-ACQUIRER", "SG-ACQUIRER"} {
			if key := fmt.Sprint(acquirer, " PR-", n+1); s.paid[key] > 0 {
				keys = append(keys, key)
			}
		}
	}
	if len(keys) == 0 {
		return "", "", 0
	}
	key := keys[s.random.IntN(len(keys))]
	return key[:11], key[12:], s.paid[key]
}

// giveBack refunds a part, or all of what is left.
func (s *season) giveBack() {
	acquirerID, id, left := s.any()
	if left == 0 {
		return
	}
	part := 1 + s.random.Int64N(left)
	if s.random.IntN(3) == 0 {
		part = left
	}
	currency := map[string]money.Currency{"JP-ACQUIRER": "JPY", "SG-ACQUIRER": "SGD"}[acquirerID]
	s.next++
	requestID := fmt.Sprint("RF-", s.next)
	refunded, err := s.Return(s.t.Context(), s.participant(acquirerID), connectors.ReturnOrder{
		RequestID: requestID, CheckedFields: sha256.Sum256([]byte(requestID)), Payment: connectors.Reference{RequestID: id},
		Amount: money.New(part, currency), Words: said("refund", "{}"),
	})
	switch {
	case reason.Of(err) == reason.AmountTooSmall:
		return
	case err != nil || refunded.Status != iso20022.Completed:
		s.t.Fatalf("refund of %d of %s: %s, %v", part, id, refunded.Status, err)
	}
	s.paid[acquirerID+" "+id] -= part
	s.done["refunded"]++
}

// undo cancels a payment of today.
func (s *season) undo() {
	acquirerID, id, left := s.any()
	if left == 0 {
		return
	}
	cancelled, err := s.Cancel(s.t.Context(), s.participant(acquirerID), connectors.Reference{RequestID: id})
	switch {
	case reason.Of(err) == reason.CancelTooLate, reason.Of(err) == reason.AmountTooSmall:
	case err != nil || cancelled.Status != iso20022.Cancelled:
		s.t.Fatalf("cancel of %s: %s, %v", id, cancelled.Status, err)
	default:
		delete(s.paid, acquirerID+" "+id)
		s.done["cancelled"]++
	}
}

// hedge books a deal of a random size.
func (s *season) hedge() {
	pairs := [][2]money.Currency{{"JPY", "HKD"}, {"JPY", "KRW"}, {"SGD", "EUR"}, {"EUR", "KRW"}}
	pair := pairs[s.random.IntN(len(pairs))]
	deal := book.Deal{ID: ids.New(), Counterparty: "BANK", Reference: ids.New().String()[:30], At: s.clock.Now(),
		Buy: money.New(1+s.random.Int64N(50_000), pair[0]), Sell: money.New(1+s.random.Int64N(50_000), pair[1]),
		ValueDate: s.clock.Now().AddDate(0, 0, s.random.IntN(4))}
	s.do(func(ctx context.Context, tx db.Tx) error { return s.BookDeal(ctx, tx, deal) })
	s.done["dealt"]++
}

// profits checks that what partners and treasury have earned is on the ledger's
// accounts, and that every posted payment has its two flows and every return its
// own.
func (s *season) profits() {
	s.t.Helper()
	profits, err := book.Profits(s.t.Context(), s.pool)
	if err != nil {
		s.t.Fatal(err)
	}
	var unrealised, realised int64
	for _, p := range profits {
		unrealised, realised = unrealised+p.Unrealised, realised+p.Realised
	}
	if s.net("HUB.UNREALISED.EUR") != unrealised || s.net("HUB.REALISED.EUR") != realised ||
		s.net("HUB.REVALUATION.EUR") != -unrealised-realised {
		s.t.Errorf("the partners' profits are %d and %d", unrealised, realised)
	}
	var flows, subjects int64
	row := s.pool.QueryRow(s.t.Context(), `SELECT count(*), count(DISTINCT subject_id) FROM fx_flow`)
	if err := row.Scan(&flows, &subjects); err != nil {
		s.t.Fatal(err)
	}
	want := int64(s.done["paid"] + s.done["refunded"] + s.done["cancelled"] + s.done["dealt"])
	if flows != 2*want || subjects != want {
		s.t.Errorf("%d flows of %d subjects for %d postings", flows, subjects, want)
	}
	var held int64
	row = s.pool.QueryRow(s.t.Context(), `SELECT count(*) FROM payment WHERE state <> $1`, string(payment.Posted))
	if err := row.Scan(&held); err != nil || held != 0 {
		s.t.Errorf("%d payments are not posted, %v", held, err)
	}
}
