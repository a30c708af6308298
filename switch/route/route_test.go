package route_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/route"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func wallet() route.Participant {
	return route.Participant{
		Participant: connectors.Participant{
			ID: "HK-WALLET", Role: connectors.RoleWallet, Name: "Harbour Pay", Region: "asia-1", Country: "HK",
			Currency: "HKD", ClientID: "C-HK", Endpoint: "https://wallet.example", Connector: "alipayplus",
			Keys: map[int]string{1: "key one", 2: "key two"},
		},
		CodePrefix: "251001",
	}
}

func acquirer() route.Participant {
	return route.Participant{
		Participant: connectors.Participant{
			ID: "JP-ACQUIRER", Role: connectors.RoleAcquirer, Name: "Sakura", Region: "asia-1", Country: "JP",
			Currency: "JPY", ClientID: "C-JP", Endpoint: "https://acquirer.example", Connector: "alipayplus",
		},
		FeeBasisPoints: 80,
	}
}

func corridor() route.Corridor {
	return route.Corridor{
		PayerCountry: "HK", MerchantCountry: "JP", PayerMarkup: 50, MerchantMarkup: 20, Limit: money.New(100_000, "JPY"),
	}
}

func TestCorridor(t *testing.T) {
	d := route.NewDirectory([]route.Participant{wallet(), acquirer()}, []route.Corridor{corridor()})
	suspended := wallet()
	suspended.Suspended = true
	elsewhere := wallet()
	elsewhere.Country = "FR"
	cases := []struct {
		name   string
		wallet route.Participant
		amount money.Amount
		want   reason.Kind
	}{
		{"up to the limit", wallet(), money.New(100_000, "JPY"), reason.None},
		{"above the limit", wallet(), money.New(100_001, "JPY"), reason.AmountLimit},
		{"another currency", wallet(), money.New(1, "USD"), reason.UnsupportedCurrency},
		{"suspended", suspended, money.New(1, "JPY"), reason.InvalidContract},
		{"no corridor", elsewhere, money.New(1, "JPY"), reason.Unsupported},
	}
	for _, c := range cases {
		got, err := d.Corridor(c.wallet, acquirer(), c.amount, at)
		if reason.Of(err) != c.want || err == nil && !reflect.DeepEqual(got, corridor()) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestIssuer(t *testing.T) {
	d := route.NewDirectory([]route.Participant{wallet(), acquirer()}, nil)
	for code, want := range map[string]reason.Kind{
		"251001020123456789012345":  reason.None,
		"2510010201234567":          reason.None,
		"251001020123456":           reason.InvalidCode,
		"2510010201234567890123456": reason.InvalidCode,
		"25100102012345678901234X":  reason.InvalidCode,
		"251009020123456789012345":  reason.InvalidCode,
		"":                          reason.InvalidCode,
	} {
		issuer, err := d.Issuer(code, "JPY")
		if reason.Of(err) != want || err == nil && issuer.ID != "HK-WALLET" {
			t.Errorf("Issuer(%q) = %s, %v", code, issuer.ID, err)
		}
	}
}

func each(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	migrations, err := route.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, body, migrations)
}

func inTx(t *testing.T, pool *db.Pool, work func(ctx context.Context, tx db.Tx) error) {
	t.Helper()
	if err := pool.InTx(t.Context(), work); err != nil {
		t.Fatal(err)
	}
}

func save(t *testing.T, pool *db.Pool, participants ...route.Participant) {
	t.Helper()
	inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		for _, p := range participants {
			if err := route.SaveParticipant(ctx, tx, p); err != nil {
				return err
			}
		}
		return route.SaveCorridor(ctx, tx, corridor())
	})
}

func TestDirectoryGoesThroughTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		save(t, pool, wallet(), acquirer())
		d, err := route.Load(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := d.ByClient("C-HK"); !ok || cmp.Diff(wallet(), got) != "" {
			t.Error(cmp.Diff(wallet(), got))
		}
		if got, ok := d.Participant("JP-ACQUIRER"); !ok || got.FeeBasisPoints != 80 {
			t.Errorf("%+v", got)
		}
		if _, ok := d.ByClient("C-NOBODY"); ok || len(d.Participants()) != 2 || len(d.Corridors()) != 1 {
			t.Errorf("%d participants, %d corridors", len(d.Participants()), len(d.Corridors()))
		}
	})
}

// TestWhatMayChange: name, endpoint, fee and keys follow a new version; country
// and currency stay, because money was booked in them.
func TestWhatMayChange(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		save(t, pool, wallet())
		changed := wallet()
		changed.Name, changed.Currency, changed.Country = "Harbour Pay Ltd", "USD", "US"
		changed.Keys = map[int]string{2: "key two again"}
		save(t, pool, changed)
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return route.Suspend(ctx, tx, "HK-WALLET", true) })
		d, err := route.Load(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		want := wallet()
		want.Name, want.Suspended = "Harbour Pay Ltd", true
		want.Keys = map[int]string{1: "key one", 2: "key two again"}
		got, _ := d.Participant("HK-WALLET")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		err = pool.InTx(
			t.Context(),
			func(ctx context.Context, tx db.Tx) error { return route.Suspend(ctx, tx, "NOBODY", true) },
		)
		if err == nil {
			t.Error("somebody unknown was suspended")
		}
	})
}

func issue(t *testing.T, pool *db.Pool) route.PayerCode {
	t.Helper()
	code, err := route.NewCode(wallet(), "U1", "Mei Lantern", at)
	if err != nil {
		t.Fatal(err)
	}
	inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return route.InsertCodes(ctx, tx, []route.PayerCode{code}) })
	return code
}

func TestCodeLives(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		code := issue(t, pool)
		found, err := findCode(t.Context(), pool, code.Value, at.Add(59*time.Second))
		if err != nil || found.WalletID != "HK-WALLET" || found.PayerReference != "U1" || found.PayerName != "Mei Lantern" {
			t.Errorf("%+v, %v", found, err)
		}
		if _, err := findCode(
			t.Context(),
			pool,
			code.Value,
			at.Add(time.Minute),
		); reason.Of(
			err,
		) != reason.ExpiredCode {
			t.Errorf("after a minute: %v", err)
		}
		if _, err := findCode(t.Context(), pool, code.Value[:23]+"X", at); reason.Of(err) != reason.InvalidCode {
			t.Errorf("another code: %v", err)
		}
	})
}

// TestCodeIsNotStored: who reads the table cannot pay with what stands there.
func TestCodeIsNotStored(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		code := issue(t, pool)
		var stored string
		err := pool.QueryRow(t.Context(), `SELECT encode(code_hash, 'hex') FROM payment_code`).Scan(&stored)
		if err != nil || len(stored) != 64 || stored == code.Value {
			t.Errorf("%q, %v", stored, err)
		}
	})
}

// TestCodeIsUsedOnce: of many payments at once exactly one gets the code.
func TestCodeIsUsedOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		code := issue(t, pool)
		results := make(chan error, 6)
		var wg sync.WaitGroup
		for range cap(results) {
			payment := ids.New()
			wg.Go(func() {
				results <- dbtest.Persistently(func() error {
					return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
						refused, err := route.UseCodes(ctx, tx, []route.Spending{{Code: code.Value, Payment: payment, At: at}})
						return errors.Join(append(refused, err)...)
					})
				})
			})
		}
		wg.Wait()
		close(results)
		used := 0
		for err := range results {
			if err == nil {
				used++
			} else if reason.Of(err) != reason.InvalidCode {
				t.Error(err)
			}
		}
		if used != 1 {
			t.Errorf("used %d times", used)
		}
		if _, err := findCode(t.Context(), pool, code.Value, at); reason.Of(err) != reason.InvalidCode {
			t.Errorf("a used code is still found: %v", err)
		}
	})
}

// TestManyCodesAreUsed: of payments that commit together each gets its own code, and of
// two with the same one of them.
func TestManyCodesAreUsed(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		first, second, spent := issue(t, pool), issue(t, pool), issue(t, pool)
		use := func(at time.Time, codes ...string) (refused []error) {
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
				var list []route.Spending
				for _, code := range codes {
					list = append(list, route.Spending{Code: code, Payment: ids.New(), At: at})
				}
				refused, err = route.UseCodes(ctx, tx, list)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return refused
		}
		if refused := use(at); len(refused) != 0 {
			t.Errorf("none: %v", refused)
		}
		if refused := use(at, spent.Value); refused[0] != nil {
			t.Error(refused)
		}
		refused := use(at, first.Value, spent.Value, second.Value, second.Value, "281001000000000000000000")
		for i, wanted := range []bool{true, false} {
			if (refused[i] == nil) != wanted {
				t.Errorf("spending %d: %v", i, refused[i])
			}
		}
		if (refused[2] == nil) == (refused[3] == nil) || reason.Of(refused[4]) != reason.InvalidCode {
			t.Errorf("the same code twice, and an unknown one: %v", refused[2:])
		}
		if late := use(first.ExpiresAt, issue(t, pool).Value); reason.Of(late[0]) != reason.InvalidCode {
			t.Errorf("after its time: %v", late)
		}
	})
}

// findCode returns a code that may be used at a time.
func findCode(ctx context.Context, pool *db.Pool, value string, at time.Time) (route.PayerCode, error) {
	found, err := route.FindCodes(ctx, pool, []string{value, "281001999999999999999999"})
	if err != nil {
		return route.PayerCode{}, err
	}
	code, issued := found[value]
	if !issued || len(found) != 1 {
		return route.PayerCode{}, reason.New(reason.InvalidCode, "test", fmt.Sprint(len(found)))
	}
	return code, code.Usable(at)
}

// TestPurgeCodes: codes that ended before a time go, slice by slice, and no others.
func TestPurgeCodes(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		codes := []route.PayerCode{issue(t, pool), issue(t, pool), issue(t, pool)}
		purge := func(before time.Time) (deleted int64) {
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
				deleted, err = route.PurgeCodes(ctx, tx, before, 2)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return deleted
		}
		end := codes[0].ExpiresAt
		if early := purge(end); early != 0 {
			t.Errorf("%d deleted at their end", early)
		}
		late := end.Add(time.Microsecond)
		if first, second, none := purge(late), purge(late), purge(late); first != 2 || second != 1 || none != 0 {
			t.Errorf("deleted %d, %d, %d", first, second, none)
		}
	})
}
