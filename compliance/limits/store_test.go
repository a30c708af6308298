package limits_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

func migrations(t testing.TB) []db.Migration {
	t.Helper()
	steps, err := limits.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

func take(pool *db.Pool, rules limits.Rules, p limits.Payment) error {
	uses, err := rules.Uses(p)
	if err != nil {
		return err
	}
	return dbtest.Persistently(func() error {
		return pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
			refused, err := limits.Take(ctx, tx, []limits.Taking{{PaymentID: p.ID, Region: p.Region, At: p.At, Uses: uses}})
			return errors.Join(append(refused, err)...)
		})
	})
}

func release(t testing.TB, pool *db.Pool, payments ...ids.ID) {
	t.Helper()
	err := pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
		return limits.Release(ctx, tx, payments)
	})
	if err != nil {
		t.Fatal(err)
	}
}

var twice = limits.Rules{{Name: "twice", Scope: limits.Payer, Period: limits.Day, Count: 2}}

func TestTakeAndRelease(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		first, second, third := tea(), tea(), tea()
		for _, p := range []limits.Payment{first, second} {
			if err := take(pool, twice, p); err != nil {
				t.Fatal(err)
			}
		}
		if err := take(pool, twice, third); reason.Of(err) != reason.CountLimit {
			t.Errorf("a third payment: %v", err)
		}
		if err := take(pool, twice, tea(payer("payer-2"))); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		if err := take(pool, twice, tea(at(noon.Add(12*time.Hour)))); err != nil {
			t.Errorf("the next day: %v", err)
		}
		// However often a payment is released, it makes room once.
		release(t, pool, first.ID, ids.New())
		release(t, pool, first.ID, first.ID)
		if err := take(pool, twice, third); err != nil {
			t.Errorf("after a payment has failed: %v", err)
		}
		if err := take(pool, twice, tea()); reason.Of(err) != reason.CountLimit {
			t.Errorf("and no other: %v", err)
		}
		release(t, pool, second.ID, third.ID)
		for range 2 {
			if err := take(pool, twice, tea()); err != nil {
				t.Errorf("after both have failed: %v", err)
			}
		}
		if err := take(pool, nil, tea()); err != nil {
			t.Errorf("without limits: %v", err)
		}
	}, migrations(t))
}

// A rolling period counts what is within, and somewhat longer, never shorter.
func TestRolling(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t))
	rules := limits.Rules{{Name: "hour", Scope: limits.Device, Period: limits.Rolling, WithinMinutes: 60, Amount: 2000}}
	for _, c := range []struct {
		minute int
		want   reason.Kind
	}{
		{0, reason.None}, {30, reason.None}, {59, reason.PayerLimit}, {60, reason.PayerLimit}, {66, reason.None},
		{67, reason.PayerLimit}, {96, reason.None}, {300, reason.None},
	} {
		if err := take(pool, rules, tea(at(noon.Add(time.Duration(c.minute)*time.Minute)))); reason.Of(err) != c.want {
			t.Errorf("minute %d: %v, want %s", c.minute, err, c.want)
		}
	}
}

// However many payments come at once, exactly as many pass as the limit allows.
func TestManyAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		rules := limits.Rules{
			{Name: "shop", Scope: limits.Merchant, Period: limits.Day, Count: 7},
			{Name: "corridor", Scope: limits.Corridor, Period: limits.Month, Amount: 100_000},
		}
		var passed, refused atomic.Int64
		var group sync.WaitGroup
		for worker := range 4 {
			group.Go(func() {
				for n := range 5 {
					err := take(pool, rules, tea(payer(fmt.Sprint(worker, n))))
					switch reason.Of(err) {
					case reason.None:
						passed.Add(1)
					case reason.CountLimit:
						refused.Add(1)
					default:
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		if passed.Load() != 7 || refused.Load() != 13 {
			t.Errorf("%d passed, %d were refused", passed.Load(), refused.Load())
		}
	}, migrations(t))
}

// Whatever comes, the counters say what a list of the payments says.
func TestLikeAList(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t))
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching("[a-z]{12}").Draw(t, "rule")
		rule := limits.Rule{Name: name, Scope: limits.Payer, Period: limits.Day, Amount: 3000, Count: 5}
		counted := map[ids.ID]limits.Payment{}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if len(counted) > 0 && rapid.IntRange(0, 3).Draw(t, "release") == 0 {
				for id := range counted {
					if err := pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
						return limits.Release(ctx, tx, []ids.ID{id})
					}); err != nil {
						t.Fatal(err)
					}
					delete(counted, id)
					break
				}
				continue
			}
			p := tea(payer(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "payer")), worth(rapid.Int64Range(1, 1500).Draw(t, "worth")))
			var sum, count int64
			for _, other := range counted {
				if other.PayerReference == p.PayerReference {
					sum, count = sum+other.Worth.Minor, count+1
				}
			}
			want := reason.None
			switch {
			case count >= 5:
				want = reason.CountLimit
			case sum+p.Worth.Minor > 3000:
				want = reason.PayerLimit
			}
			if err := take(pool, limits.Rules{rule}, p); reason.Of(err) != want {
				t.Fatalf("%d payments, %d in all, and then %d: %v, want %s", count, sum, p.Worth.Minor, err, want)
			}
			if want == reason.None {
				counted[p.ID] = p
			}
		}
	})
}

func TestPurge(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t))
	for n := range 3 {
		if err := take(pool, twice, tea(payer(fmt.Sprint(n)), at(noon.Add(-limits.Keep*time.Duration(n))))); err != nil {
			t.Fatal(err)
		}
	}
	var deleted []int64
	for range 3 {
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			n, err := limits.Purge(ctx, tx, noon.Add(-limits.Keep/2), 1)
			deleted = append(deleted, n)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(deleted) != "[2 2 0]" {
		t.Errorf("deleted %v", deleted)
	}
	if err := take(pool, limits.Rules{{Name: "twice", Scope: limits.Payer, Period: limits.Day, Count: 1}}, tea(payer("0"))); reason.Of(err) != reason.CountLimit {
		t.Errorf("what is young was deleted: %v", err)
	}
}

// Payments that are counted with one call pass and are refused as if they had been
// counted one after the other.
func TestTogether(t *testing.T) {
	pool := dbtest.Migrated(t, migrations(t))
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.StringMatching("[a-z]{12}")
		rules := func() limits.Rules {
			return limits.Rules{
				{Name: names.Draw(t, "day"), Scope: limits.Payer, Period: limits.Day, Amount: 3000, Count: 5},
				{Name: names.Draw(t, "hour"), Scope: limits.Merchant, Period: limits.Rolling, WithinMinutes: 60, Amount: 9000},
			}
		}
		together, apart := rules(), rules()
		var takings []limits.Taking
		var want []reason.Kind
		for range rapid.IntRange(0, 14).Draw(t, "payments") {
			p := tea(payer(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "payer")), worth(rapid.Int64Range(1, 1500).Draw(t, "worth")),
				at(noon.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minute"))*time.Minute)))
			uses, err := together.Uses(p)
			if err != nil {
				t.Fatal(err)
			}
			takings = append(takings, limits.Taking{PaymentID: p.ID, Region: p.Region, At: p.At, Uses: uses})
			p.ID = ids.New()
			want = append(want, reason.Of(take(pool, apart, p)))
		}
		var got []error
		err := pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) (err error) {
			got, err = limits.Take(ctx, tx, takings)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if reason.Of(got[i]) != want[i] {
				t.Fatalf("payment %d: %v together, %s apart", i, got[i], want[i])
			}
		}
	})
}
