package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

func prefundingOf(minor, evidence string) wire.PrefundingChange {
	return wire.PrefundingChange{
		ParticipantID: "HK-WALLET", Amount: wire.Amount{Currency: "HKD", Minor: minor}, Evidence: evidence,
		EffectiveAt: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
	}
}

// capOfWallet is the present cap of HK-WALLET in minor units.
func (b *bench) capOfWallet() int64 {
	b.t.Helper()
	all, err := position.All(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range all {
		if p.ParticipantID == "HK-WALLET" {
			return p.Cap.Minor
		}
	}
	b.t.Fatal("HK-WALLET has no position")
	return 0
}

// TestPrefundingByTwo: prefunding comes in and goes out by two people with evidence
// that counts once; the cap, the entries and the balances of any moment follow.
func TestPrefundingByTwo(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		before := b.capOfWallet()
		for _, step := range []struct {
			kind, minor, evidence string
			want                  string
			cap                   int64
		}{
			{wire.KindPrefundingReceive, "5000", "CAMT-1/7", "", before + 5000},
			{wire.KindPrefundingReceive, "5000", "CAMT-1/7", "InvalidRequest", before + 5000},
			{wire.KindPrefundingReturn, "5001", "STMT-2/1", "CapExceeded", before + 5000},
			{wire.KindPrefundingReturn, "2000", "STMT-2/1", "", before + 3000},
		} {
			err := b.agree(step.kind, prefundingOf(step.minor, step.evidence), "treasury-1", "treasury-2")
			if got := client.ReasonOf(err); err != nil && got != step.want || err == nil && step.want != "" {
				t.Errorf("%s %s: %v", step.kind, step.evidence, err)
			}
			if got := b.capOfWallet(); got != step.cap {
				t.Errorf("%s %s: the cap is %d, want %d", step.kind, step.evidence, got, step.cap)
			}
			b.clock.Advance(time.Hour)
		}
		b.prefundingEntries()
		b.prefundingBalances()
	})
}

// correction lets the cap of HK-WALLET count more as prefunded than is there, as one did of
// which prefunding had covered a loss, and is what sets that right.
func (b *bench) correction(more int64) wire.PrefundingCorrection {
	b.t.Helper()
	ctx := context.Background()
	err := b.pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE position_limit SET prefunded_minor = prefunded_minor + $1 WHERE participant_id = 'HK-WALLET'`, more)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE participant_position SET cap_minor = cap_minor + $1 WHERE participant_id = 'HK-WALLET'`, more)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	there, err := ledger.NetOf(ctx, b.pool, "HK-WALLET.PREFUNDING.HKD")
	if err != nil {
		b.t.Fatal(err)
	}
	return wire.PrefundingCorrection{
		ParticipantID: "HK-WALLET", Prefunded: wire.AmountOf(money.New(there, "HKD")), Why: "it paid for window 7",
	}
}

// TestPrefundingIsCorrected: a cap that counts what is not there any more is found, and two
// people correct it to what is on the account and to nothing else; it is on record.
func TestPrefundingIsCorrected(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		if err := b.agree(wire.KindPrefundingReceive, prefundingOf("5000", "CAMT-1/7"), "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		before := b.capOfWallet()
		change := b.correction(300)
		violations, err := invariant.Run(t.Context(), b.pool)
		if err != nil || len(violations) != 1 || violations[0].Example != "HK-WALLET.PREFUNDING.HKD" {
			t.Fatalf("%v, %v", violations, err)
		}
		for _, c := range []struct {
			minor, why, participant, want, says string
		}{
			{"5300", "x", "HK-WALLET", "Inconsistent", "50.00 HKD are on HK-WALLET.PREFUNDING.HKD"},
			{"5000", "x", "NOBODY", "Missing", ""},
			{"-1", "x", "HK-WALLET", "InvalidRequest", "prefunding.receive"},
			{"5000", "", "HK-WALLET", "InvalidRequest", "why"},
		} {
			bad := wire.PrefundingCorrection{
				ParticipantID: c.participant, Prefunded: wire.Amount{Currency: "HKD", Minor: c.minor}, Why: c.why,
			}
			_, err := b.as("treasury-1").Propose(t.Context(), wire.KindPrefundingCorrect, bad)
			if client.ReasonOf(err) != c.want || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if err := b.agree(wire.KindPrefundingCorrect, change, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		if after := b.capOfWallet(); after != before {
			t.Errorf("the cap was %d and is %d", before, after)
		}
		err = b.agree(wire.KindPrefundingCorrect, change, "treasury-1", "treasury-2")
		if client.ReasonOf(err) != "Inconsistent" {
			t.Errorf("corrected again: %v", err)
		}
		b.sound()
	})
}

// prefundingEntries pages through the account one by one.
func (b *bench) prefundingEntries() {
	b.t.Helper()
	var got []string
	for after := ""; ; {
		page, err := b.as("viewer-1").AccountEntries(b.t.Context(), "HK-WALLET.PREFUNDING.HKD", after, 1)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, e := range page.Entries {
			got = append(got, e.Kind+" "+e.DebitAccount+" "+e.CreditAccount+" "+e.Amount.Minor)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	want := []string{
		"FUNDING HUB.NOSTRO.HKD HK-WALLET.PREFUNDING.HKD 5000", "FUNDING HK-WALLET.PREFUNDING.HKD HUB.NOSTRO.HKD 2000",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Error(diff)
	}
}

// prefundingBalances looks at the account now, two hours ago, and at its value date.
func (b *bench) prefundingBalances() {
	b.t.Helper()
	for _, c := range []struct{ at, basis, want string }{
		{"", "", "3000"},
		{b.clock.Now().Add(-2 * time.Hour).Format(time.RFC3339Nano), "booked", "5000"},
		{"2026-01-02T00:00:00Z", "effective", "3000"},
		{"2026-01-01T23:59:59Z", "effective", "0"},
	} {
		balances, err := b.as("viewer-1").BalancesAt(b.t.Context(), c.at, c.basis)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, balance := range balances.Balances {
			if balance.AccountID == "HK-WALLET.PREFUNDING.HKD" && balance.Net.Minor != c.want {
				b.t.Errorf("%+v: %s", c, balance.Net.Minor)
			}
		}
	}
}

// TestModelAndThresholdsByTwo: a model that allows no limit takes one away first, and
// thresholds are data.
func TestModelAndThresholdsByTwo(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		model := wire.ModelChange{ParticipantID: "HK-WALLET", Currency: "HKD", Model: "PREFUNDED"}
		if err := b.agree(wire.KindModelSet, model, "treasury-1", "treasury-2"); client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("with a limit: %v", err)
		}
		for _, c := range []struct {
			kind   string
			change any
			want   string
		}{
			{wire.KindCapSet, capOf("0"), ""},
			{wire.KindModelSet, model, ""},
			{wire.KindCapSet, capOf("1"), "InvalidRequest"},
			{wire.KindThresholdsSet, wire.ThresholdsChange{ParticipantID: "HK-WALLET", Percents: []int16{90, 50, 90}}, ""},
			{wire.KindThresholdsSet, wire.ThresholdsChange{ParticipantID: "NOBODY", Percents: []int16{90}}, "Missing"},
			{wire.KindThresholdsSet, wire.ThresholdsChange{Percents: []int16{101}}, "InvalidRequest"},
			{wire.KindModelSet, wire.ModelChange{ParticipantID: "HK-WALLET", Currency: "USD", Model: "PREFUNDED"}, "Missing"},
			{wire.KindModelSet, wire.ModelChange{ParticipantID: "HK-WALLET", Currency: "HKD", Model: "BARTER"}, "InvalidRequest"},
			{wire.KindPrefundingReceive, prefundingOf("0", "X"), "InvalidRequest"},
			{wire.KindPrefundingReceive, prefundingOf("1", ""), "InvalidRequest"},
		} {
			err := b.agree(c.kind, c.change, "treasury-1", "treasury-2")
			if c.want == "" && err != nil || c.want != "" && client.ReasonOf(err) != c.want {
				t.Errorf("%s %+v: %v", c.kind, c.change, err)
			}
		}
	})
}

// TestLedgerQueries: what cannot be asked is said.
func TestLedgerQueries(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for path, want := range map[string]int{
			"/v1/ledger/balances?at=yesterday":                            400,
			"/v1/ledger/balances?basis=guessed":                           400,
			"/v1/ledger/balances?when=now":                                400,
			"/v1/ledger/entries?account=NOBODY.POSITION.HKD":              404,
			"/v1/ledger/entries":                                          404,
			"/v1/ledger/entries?account=HK-WALLET.POSITION.HKD&after=x":   400,
			"/v1/ledger/entries?account=HK-WALLET.POSITION.HKD":           200,
			"/v1/ledger/entries?account=HK-WALLET.POSITION.HKD&limit=501": 400,
		} {
			if a := b.send("GET", path, "", bearer(b.tokens["viewer-1"])); a.status != want {
				t.Errorf("%s: %d, want %d", path, a.status, want)
			}
		}
	})
}
