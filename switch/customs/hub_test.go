package customs_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/seal"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/customs"
)

// TestDeclarable: only what was paid in the one currency by a wallet of the one country.
func TestDeclarable(t *testing.T) {
	mainland := participant("W", connectors.RoleWallet, "CN").Participant
	for _, c := range []struct {
		wallet connectors.Participant
		paid   money.Amount
		want   money.Amount
	}{
		{mainland, cny(7379), cny(7379)}, {mainland, money.New(7379, "USD"), money.Amount{}},
		{participant("W", connectors.RoleWallet, "HK").Participant, cny(7379), money.Amount{}},
		{connectors.Participant{}, cny(7379), money.Amount{}}, {mainland, money.Amount{}, money.Amount{}},
	} {
		if got := customs.Declarable(c.wallet, c.paid); got != c.want {
			t.Errorf("%s by %s: %v, want %v", c.paid, c.wallet.Country, got, c.want)
		}
	}
}

// hangUp is an acquirer that goes while its declaration is at the wallet.
type hangUp struct {
	*purse
	leave context.CancelFunc
}

func (h hangUp) Declare(
	ctx context.Context, to connectors.Participant, said connectors.CustomsDeclaration,
) (connectors.CustomsReceipt, connectors.Answer) {
	h.leave()
	if ctx.Err() != nil {
		return connectors.CustomsReceipt{}, connectors.Answer{Reason: reason.Unknown, Err: ctx.Err()}
	}
	return h.purse.Declare(ctx, to, said)
}

// TestHangUp: what was begun is finished although the acquirer hung up.
func TestHangUp(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx, leave := context.WithCancel(t.Context())
		b.Wallets = map[string]connectors.CustomsWallet{"scripted": hangUp{b.wallet, leave}}
		got, err := b.Declare(ctx, sakura, sample("D-1", "O-1", 100))
		if err != nil || got != receipt || b.one("D-1").State != customs.Taken || ctx.Err() == nil {
			t.Errorf("%+v, %v, %+v", got, err, b.one("D-1"))
		}
	})
}

// TestNoWay: where nobody leads to the wallet, the declaration waits for one who does.
func TestNoWay(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ways := b.Wallets
		b.Wallets = nil
		if _, kind := b.declare(sample("D-1", "O-1", 100)); kind != reason.Unknown {
			t.Errorf("%s", kind)
		}
		if records, err := b.Declarations(t.Context(), sakura, []string{"D-1"}); err != nil || len(records) != 1 {
			t.Errorf("%+v, %v", records, err)
		}
		b.clock.At = began.Add(time.Minute)
		run(t, b.Desk, func() bool { return b.one("D-1").Attempts == 1 })
		b.Wallets, b.clock.At = ways, b.one("D-1").DueAt
		run(t, b.Desk, func() bool { return b.one("D-1").State == customs.Taken })
	})
}

// TestTwoHubs: two hubs of a region that find the same declarations hand each on once.
func TestTwoHubs(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		const count = 50
		b.wallet.say(connectors.Undecided, reason.Busy)
		for i := range count {
			b.want("silent", sample(fmt.Sprint("D-", i), fmt.Sprint("O-", i), 1), reason.InProcess)
		}
		b.wallet.say(connectors.Accepted, reason.None)
		b.clock.At = began.Add(time.Minute)
		other := *b.Desk
		taken := func() bool {
			done := 0
			for _, d := range b.all() {
				if d.State == customs.Taken {
					done++
				}
			}
			return done == count
		}
		var group sync.WaitGroup
		for _, desk := range []*customs.Desk{b.Desk, &other} {
			group.Go(func() { run(t, desk, taken) })
		}
		group.Wait()
		asked := map[string]int{}
		for _, one := range b.wallet.heard()[count:] {
			if asked[one.RequestID]++; asked[one.RequestID] > 1 {
				t.Errorf("%s was handed on %d times", one.RequestID, asked[one.RequestID])
			}
		}
		if len(asked) != count {
			t.Errorf("%d of %d were handed on", len(asked), count)
		}
	})
}

// TestTwoAnswers: of two answers to one declaration the first counts.
func TestTwoAnswers(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.wallet.say(connectors.Undecided, reason.Busy)
		b.want("silent", sample("D-1", "O-1", 100), reason.InProcess)
		var group sync.WaitGroup
		kinds := make([]reason.Kind, 10)
		for i := range kinds {
			group.Go(func() {
				decision, why := connectors.Accepted, reason.None
				if i%2 == 1 {
					decision, why = connectors.Declined, reason.RiskRejected
				}
				b.wallet.say(decision, why)
				_, kinds[i] = b.declare(sample("D-1", "O-1", 100))
			})
		}
		group.Wait()
		for _, kind := range kinds {
			if kind != kinds[0] {
				t.Errorf("answered %v", kinds)
			}
		}
		if stored := b.one("D-1"); stored.Version != 2 {
			t.Errorf("%+v", stored)
		}
	})
}

// TestList: pages of declarations, newest first, by state.
func TestList(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for i, decision := range []connectors.Decision{connectors.Accepted, connectors.Declined, connectors.Undecided} {
			b.wallet.say(decision, map[connectors.Decision]reason.Kind{connectors.Declined: reason.RiskRejected}[decision])
			b.declare(sample(fmt.Sprint("D-", i), fmt.Sprint("O-", i), 1))
			b.clock.At = b.clock.At.Add(time.Second)
		}
		for state, want := range map[customs.State]string{
			"": "D-2 D-1 D-0", customs.Taken: "D-0", customs.Refused: "D-1", customs.Sent: "D-2",
		} {
			var got []string
			for at, id := b.clock.At, ids.Nil; ; {
				page, err := customs.List(t.Context(), b.pool, state, at, id, 1)
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 0 {
					break
				}
				got, at, id = append(got, page[0].Said.RequestID), page[0].DeclaredAt, page[0].ID
			}
			if difference := cmp.Diff(want, strings.Join(got, " ")); difference != "" {
				t.Errorf("%q: %s", state, difference)
			}
		}
	})
}

// TestSealed: who has bought, and what wallet and customs have said, is in the database
// only as the hub's key reads it.
func TestSealed(t *testing.T) {
	box, err := seal.Parse([]string{base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", seal.KeySize)))})
	if err != nil {
		t.Fatal(err)
	}
	url := dbtest.URL(t)
	pool, err := db.Open(t.Context(), db.Options{URL: url, Application: "test", Box: box})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if _, err := db.Migrate(t.Context(), pool, clock.System{}, dbtest.Load(t, outbox.Migrations, customs.Migrations)); err != nil {
		t.Fatal(err)
	}
	b := newBench(t, pool)
	b.wallet.say(connectors.Undecided, reason.Busy)
	said := sample("D-1", "O-1", 100)
	said.Buyer = &buyer
	b.want("silent", said, reason.InProcess)
	columns := func() string {
		var all []string
		texts(t, dbtest.Open(t, url), `SELECT buyer || ' ' || receipt || ' ' || progress || merchant_code || merchant_name
			FROM customs_declaration`, &all)
		return strings.Join(all, "")
	}
	if stored := b.one("D-1"); stored.Said.Buyer == nil || *stored.Said.Buyer != buyer ||
		stored.Said.MerchantName != "Tea House" {
		t.Errorf("the hub reads %+v", stored.Said.Buyer)
	}
	if text := columns(); strings.Contains(text, "Canary") || strings.Contains(text, "31000019") || strings.Contains(text, "Tea House") || len(text) < 40 {
		t.Errorf("stored as %s", text)
	}
	b.wallet.say(connectors.Accepted, reason.None)
	b.want("taken", said, reason.None)
	b.wallet.progress = connectors.CustomsProgress{Status: "SUCCESS", ResultText: "released to Canary"}
	if _, err := b.Declarations(t.Context(), sakura, []string{"D-1"}); err != nil {
		t.Fatal(err)
	}
	if text := columns(); strings.Contains(text, "Canary") || strings.Contains(text, "CHECK_PASSED") || len(text) < 40 {
		t.Errorf("stored as %s", text)
	}
	if stored := b.one("D-1"); stored.Receipt != receipt || stored.Progress.ResultText != "released to Canary" {
		t.Errorf("the hub reads %+v", stored)
	}
}
