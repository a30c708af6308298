package position_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
)

func fund(t *testing.T, pool *db.Pool, participant string, minor int64, evidence string) error {
	t.Helper()
	m := position.Movement{ID: ids.New(), ParticipantID: participant, Amount: hkd(minor), Evidence: evidence, At: at}
	return inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Fund(ctx, tx, m) })
}

func limitOf(t *testing.T, pool *db.Pool, participant string) position.Limit {
	t.Helper()
	all, err := position.Limits(t.Context(), pool)
	must(t, err)
	for _, l := range all {
		if l.ParticipantID == participant {
			return l
		}
	}
	t.Fatalf("%s has no limit", participant)
	return position.Limit{}
}

// TestFunding: the cap is limit and prefunding; what is in use cannot go out, no
// evidence counts twice, and a refusal changes nothing.
func TestFunding(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		must(t, fund(t, pool, "HK-WALLET", 5000, "STMT-1/7"))
		must(t, reserve(t, pool, reservation("HK-WALLET", hkd(12_000))))
		for name, c := range map[string]struct {
			participant string
			minor       int64
			evidence    string
			want        error
		}{
			"the same evidence": {"HK-WALLET", 5000, "STMT-1/7", position.ErrEvidenceUsed},
			"more than unused":  {"HK-WALLET", -3001, "STMT-2/1", position.ErrPrefundingInUse},
			"more than there":   {"HK-WALLET", -5001, "STMT-2/1", position.ErrPrefundingInUse},
			"nobody's":          {"NOBODY", 1, "STMT-2/1", position.ErrNoPosition},
		} {
			if err := fund(t, pool, c.participant, c.minor, c.evidence); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := fund(t, pool, "HK-WALLET", 1, ""); !db.Violates(err, "prefunding_movement_has_evidence") {
			t.Errorf("without evidence: %v", err)
		}
		must(t, fund(t, pool, "HK-WALLET", -3000, "STMT-2/1"))
		want := position.Limit{
			ParticipantID: "HK-WALLET", Currency: "HKD", Region: "asia-1", Model: position.DeferredNet, Limit: limit, Prefunded: 2000,
		}
		if diff := cmp.Diff(want, limitOf(t, pool, "HK-WALLET")); diff != "" {
			t.Error(diff)
		}
		if err := reserve(t, pool, reservation("HK-WALLET", hkd(1))); !errors.Is(err, position.ErrCapExceeded) {
			t.Errorf("the cap is used up: %v", err)
		}
		must(t, fund(t, pool, "KR-WALLET", 10, "STMT-1/7"))
	})
}

// TestFundingThatCoversAnotherRegion: prefunding does not go out while it covers what another
// region has debited beyond its part, even if the home has room.
func TestFundingThatCoversAnotherRegion(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.OpenRegion(ctx, tx, "eu-1") }))
		must(t, fund(t, pool, "HK-WALLET", 500, "STMT-1/1"))
		key := position.Key{ParticipantID: "HK-WALLET", Currency: "HKD"}
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			change := position.Change{ParticipantID: "HK-WALLET", Debit: hkd(limit + 700), Region: "eu-1"}
			return errors.Join(position.Settle(ctx, tx, change), position.Cover(ctx, tx, key, "eu-1"))
		}))
		credit(t, pool, "HK-WALLET", "asia-1", 400)
		if err := fund(t, pool, "HK-WALLET", -300, "STMT-2/1"); !errors.Is(err, position.ErrPrefundingInUse) {
			t.Errorf("%v", err)
		}
		must(t, fund(t, pool, "HK-WALLET", -200, "STMT-2/1"))
	})
}

// TestSpend: prefunding that has paid a debt covers nothing any more and cannot go out.
func TestSpend(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		must(t, fund(t, pool, "HK-WALLET", 500, "STMT-1/1"))
		spend := func(participant string, minor int64) error {
			return inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				return position.Spend(ctx, tx, position.Key{ParticipantID: participant, Currency: "HKD"}, minor)
			})
		}
		must(t, spend("HK-WALLET", 400))
		if l := limitOf(t, pool, "HK-WALLET"); l.Prefunded != 100 {
			t.Errorf("%+v", l)
		}
		if err := fund(t, pool, "HK-WALLET", -101, "STMT-2/1"); !errors.Is(err, position.ErrPrefundingInUse) {
			t.Errorf("gone and paid out: %v", err)
		}
		if err := reserve(t, pool, reservation("HK-WALLET", hkd(limit+101))); !errors.Is(err, position.ErrCapExceeded) {
			t.Errorf("gone and reserved against: %v", err)
		}
		must(t, reserve(t, pool, reservation("HK-WALLET", hkd(limit+100))))
		if err := spend("NOBODY", 1); !errors.Is(err, position.ErrNoPosition) {
			t.Errorf("nobody's: %v", err)
		}
		if err := spend("HK-WALLET", 101); err == nil {
			t.Error("more than there was")
		}
	})
}

// TestModels: one participant settles by a limit and another by prefunding alone,
// which can have no limit.
func TestModels(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		set := func(participant string, model position.Model) error {
			return inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				return position.SetModel(ctx, tx, participant, "HKD", model)
			})
		}
		capTo := func(minor int64) error {
			return inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.SetCap(ctx, tx, "HK-WALLET", hkd(minor)) })
		}
		if err := set("HK-WALLET", position.Prefunded); !errors.Is(err, position.ErrPrefundedOnly) {
			t.Errorf("with a limit: %v", err)
		}
		must(t, capTo(0))
		must(t, set("HK-WALLET", position.Prefunded))
		if err := capTo(1); !errors.Is(err, position.ErrPrefundedOnly) {
			t.Errorf("a limit beside prefunding: %v", err)
		}
		if err := set("NOBODY", position.Prefunded); !errors.Is(err, position.ErrNoPosition) {
			t.Error(err)
		}
		if err := set("KR-WALLET", "BARTER"); !db.Violates(err, "position_limit_models_known") {
			t.Error(err)
		}
		if err := reserve(t, pool, reservation("HK-WALLET", hkd(1))); !errors.Is(err, position.ErrCapExceeded) {
			t.Errorf("nothing is prefunded: %v", err)
		}
		must(t, fund(t, pool, "HK-WALLET", 700, "CAMT-1"))
		must(t, reserve(t, pool, reservation("HK-WALLET", hkd(700))))
		must(t, reserve(t, pool, reservation("KR-WALLET", hkd(limit))))
	})
}

// TestGrossOf: the model counts for one participant and currency, from its change on.
func TestGrossOf(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		gross := func() (found map[position.Key]bool) {
			must(t, inTx(t, pool, func(_ context.Context, tx db.Tx) error {
				found = position.GrossOf(tx, []string{"HK-WALLET", "KR-WALLET", "NOBODY"})
				return nil
			}))
			return found
		}
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return position.Open(ctx, tx, "HK-WALLET", "asia-1", money.New(100, "JPY"))
		}))
		for _, step := range []struct {
			model position.Model
			want  map[position.Key]bool
		}{
			{position.DeferredNet, map[position.Key]bool{}},
			{position.Gross, map[position.Key]bool{{ParticipantID: "HK-WALLET", Currency: "HKD"}: true}},
			{position.DeferredNet, map[position.Key]bool{}},
		} {
			must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				return position.SetModel(ctx, tx, "HK-WALLET", "HKD", step.model)
			}))
			if got := gross(); !maps.Equal(got, step.want) {
				t.Errorf("%s: %v", step.model, got)
			}
		}
		// A limit stays, unlike with prefunding alone.
		must(t, reserve(t, pool, reservation("HK-WALLET", hkd(limit))))
	})
}

// TestLowerCapHoldsEverywhere: a cap that is lowered, or prefunding that goes out, is
// gone in every region at once, whatever they were allotted.
func TestLowerCapHoldsEverywhere(t *testing.T) {
	hubs, straight := threeRegions(t)
	random := rand.New(rand.NewPCG(70, 70))
	used, lowered := int64(0), int64(400_000)
	amount, _, err := hubs[0].pay(150_000, straight)
	must(t, err)
	used += amount
	must(t, inTx(t, straight, func(ctx context.Context, tx db.Tx) error {
		return position.SetCap(ctx, tx, "HK-WALLET", hkd(lowered))
	}))
	for refused := 0; refused < 60; {
		h := hubs[random.IntN(3)]
		amount, paid, err := h.pay(1+random.Int64N(20_000), straight)
		must(t, err)
		used += amount
		if !paid {
			refused++
		}
		_, err = position.Rebalance(t.Context(), h.pool, h.region)
		must(t, err)
	}
	if used > lowered || used < lowered*9/10 {
		t.Errorf("%d of %d were used", used, lowered)
	}
	if err := fund(t, straight, "HK-WALLET", -1, "X"); !errors.Is(err, position.ErrPrefundingInUse) {
		t.Errorf("there is no prefunding: %v", err)
	}
}
