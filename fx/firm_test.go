package fx_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// firm is a quote that the acquirer was given, and the claim of a payment that
// may be made at it.
func firm(t testing.TB) (fx.Firm, fx.Claim) {
	t.Helper()
	r := request(money.New(150000, "JPY"))
	offer, err := sampleBoard(t).Offer(&fx.Tariff{}, r)
	if err != nil {
		t.Fatal(err)
	}
	f := fx.Firm{ID: ids.New(), Region: "ap-east", OwnerID: r.AcquirerID, AcquirerID: r.AcquirerID, WalletID: r.WalletID,
		Product: r.Product, Amount: r.Amount, Offer: offer, QuotedAt: noon, ExpiresAt: noon.Add(fx.QuoteLife)}
	return f, fx.Claim{QuoteID: f.ID, ParticipantID: r.AcquirerID, AcquirerID: r.AcquirerID, WalletID: r.WalletID,
		Product: r.Product, Amount: r.Amount}
}

func give(t *testing.T, pool *db.Pool, f fx.Firm) {
	t.Helper()
	inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return fx.InsertFirm(ctx, tx, f) })
}

func useFirm(t *testing.T, pool *db.Pool, c fx.Claim, payment ids.ID, at time.Time) error {
	t.Helper()
	return dbtest.Persistently(func() error {
		return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return fx.UseFirm(ctx, tx, c, payment, at)
		})
	})
}

func TestFirmQuotesComeBack(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		want, claim := firm(t)
		give(t, pool, want)
		got, err := fx.FindFirm(t.Context(), pool, want.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		want.UsedAt, want.UsedBy = noon.Add(time.Minute), ids.New()
		if err := useFirm(t, pool, claim, want.UsedBy, want.UsedAt); err != nil {
			t.Fatal(err)
		}
		got, err = fx.FindFirm(t.Context(), pool, want.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
	})
}

// Every way in which a quote can be wrong has its own reason, in the judgement
// beforehand and in the database alike.
func TestWrongQuotesAreRefused(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		tests := []struct {
			name   string
			change func(c *fx.Claim)
			at     time.Time
			want   reason.Kind
		}{
			{"unknown", func(c *fx.Claim) { c.QuoteID = ids.New() }, noon, reason.QuoteUnknown},
			{"foreign", func(c *fx.Claim) { c.ParticipantID = "SG-ACQUIRER" }, noon, reason.QuoteForeign},
			{"the other side of the payment", func(c *fx.Claim) { c.ParticipantID = "HK-WALLET" }, noon, reason.QuoteForeign},
			{"another amount", func(c *fx.Claim) { c.Amount.Minor++ }, noon, reason.QuoteAltered},
			{"another currency", func(c *fx.Claim) { c.Amount.Currency = "KRW" }, noon, reason.QuoteAltered},
			{"another wallet", func(c *fx.Claim) { c.WalletID = "KR-WALLET" }, noon, reason.QuoteAltered},
			{"another acquirer", func(c *fx.Claim) { c.AcquirerID = "SG-ACQUIRER" }, noon, reason.QuoteAltered},
			{"another product", func(c *fx.Claim) { c.Product = "ORDER_CODE" }, noon, reason.QuoteAltered},
			{"at its end", func(*fx.Claim) {}, noon.Add(600 * time.Second), reason.QuoteExpired},
			{"just before", func(*fx.Claim) {}, noon.Add(600*time.Second - time.Microsecond), reason.None},
			{"used", func(*fx.Claim) {}, noon, reason.QuoteUsed},
			{"used, and foreign", func(c *fx.Claim) { c.ParticipantID = "SG-ACQUIRER" }, noon, reason.QuoteForeign},
			{"used, and expired since", func(*fx.Claim) {}, noon.Add(time.Hour), reason.QuoteUsed},
		}
		f, good := firm(t)
		give(t, pool, f)
		for _, tt := range tests {
			claim := good
			tt.change(&claim)
			if tt.want != reason.QuoteUnknown {
				found, err := fx.FindFirm(t.Context(), pool, f.ID)
				if err != nil {
					t.Fatal(err)
				}
				if err := found.Judge(claim, tt.at); reason.Of(err) != tt.want {
					t.Errorf("%s is judged %v", tt.name, err)
				}
			}
			if err := useFirm(t, pool, claim, ids.New(), tt.at); reason.Of(err) != tt.want {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
	})
}

// Of many payments that want the same quote one gets it.
func TestAFirmQuoteIsUsedOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		f, claim := firm(t)
		give(t, pool, f)
		results := make([]error, 6)
		var racing sync.WaitGroup
		for i := range results {
			racing.Go(func() { results[i] = useFirm(t, pool, claim, ids.New(), noon) })
		}
		racing.Wait()
		got := map[reason.Kind]int{}
		for _, err := range results {
			got[reason.Of(err)]++
		}
		if got[reason.None] != 1 || got[reason.QuoteUsed] != len(results)-1 {
			t.Errorf("%v", got)
		}
	})
}

// The id of the quote is that of the leg that converts; every id is a version 4
// UUID, as QtId wants it, and the two legs differ.
func TestQuoteIDsOfLegs(t *testing.T) {
	f, _ := firm(t)
	straight := f
	straight.Offer.Payer, straight.Offer.Merchant = f.Offer.Merchant, f.Offer.Payer
	if f.LegID(fx.LegPayer) != f.ID || straight.LegID(fx.LegMerchant) != f.ID {
		t.Error("the leg that converts has another id than the quote")
	}
	for _, q := range []fx.Firm{f, straight} {
		payer, merchant := q.LegID(fx.LegPayer), q.LegID(fx.LegMerchant)
		if payer == merchant || payer.Version() != 4 || merchant.Version() != 4 || merchant != q.LegID(fx.LegMerchant) {
			t.Errorf("%s and %s", payer, merchant)
		}
	}
}

func TestBadFirmQuotesAreNotStored(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		for constraint, change := range map[string]func(f *fx.Firm){
			"fx_firm_quote_amount": func(f *fx.Firm) { f.Amount.Minor = 0 },
			"fx_firm_quote_life":   func(f *fx.Firm) { f.ExpiresAt = f.QuotedAt },
			"fx_firm_quote_owner":  func(f *fx.Firm) { f.OwnerID = "SG-ACQUIRER" },
		} {
			f, _ := firm(t)
			change(&f)
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return fx.InsertFirm(ctx, tx, f) })
			if !db.Violates(err, constraint) {
				t.Errorf("%s: %v", constraint, err)
			}
		}
	})
}
