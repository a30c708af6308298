package privacy_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/dispute"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/merchant"
	"github.com/causeway-pay/causeway/switch/person"
	"github.com/causeway-pay/causeway/switch/route"
)

const region = "asia-1"

var began = clock.System{}.Now().Truncate(time.Second)

// purse is a wallet that answers a payment by its amount, and is asked nothing else.
type purse struct{ connectors.Wallet }

// What a wallet answers, by the amount in yen; it leaves the third open.
const (
	accepted int64 = 1500
	declined int64 = 1600
	open     int64 = 1700
)

// Pay implements connectors.Wallet.
func (purse) Pay(_ context.Context, _ connectors.Participant, p connectors.Payment) connectors.Answer {
	answers := map[int64]connectors.Decision{accepted: connectors.Accepted, declined: connectors.Declined}
	return connectors.Answer{
		Decision: answers[p.Transfer.InstructedAmount.Minor], Sent: []byte("{}"), Received: []byte("{}"),
	}
}

// bench is a desk on a real database, with an engine that makes payments.
type bench struct {
	*engine.Engine
	t         testing.TB
	pool      *db.Pool
	clock     *clock.Fixed
	directory *route.Directory
}

func participants() []route.Participant {
	one := func(
		id string, role connectors.Role, country string, currency money.Currency, prefix string,
	) route.Participant {
		return route.Participant{Participant: connectors.Participant{
			ID: id, Role: role, Name: "Test " + id, Region: region, Country: country, Currency: currency,
			ClientID: "CLIENT-" + id, Endpoint: "http://127.0.0.1:1", Connector: "scripted",
		}, CodePrefix: prefix}
	}
	return []route.Participant{
		one("JP-ACQUIRER", connectors.RoleAcquirer, "JP", "JPY", ""),
		one("HK-WALLET", connectors.RoleWallet, "HK", "HKD", "251001"),
		one("KR-WALLET", connectors.RoleWallet, "KR", "KRW", "251003"),
	}
}

func each(t *testing.T, body func(b *bench)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) { body(newBench(t, pool)) }, dbtest.Load(t,
		outbox.Migrations, route.Migrations, fx.Migrations, book.Migrations, audit.Migrations, compliance.Migrations,
		ledger.Migrations, position.Migrations, window.Migrations, fees.Migrations, instruct.Migrations,
		report.Migrations, agreement.Migrations, merchant.Migrations, dispute.Migrations, customs.Migrations,
		engine.Migrations, person.Migrations,
	))
}

func newBench(t *testing.T, pool *db.Pool) *bench {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		err := window.Start(ctx, tx, region, began)
		for _, p := range participants() {
			if err == nil {
				err = route.SaveParticipant(ctx, tx, p)
			}
			if err == nil {
				err = settlement.Onboard(ctx, tx, p.ID, region, money.New(5_000_000_000, p.Currency))
			}
		}
		return err
	}))
	b := &bench{t: t, pool: pool, clock: &clock.Fixed{At: began}}
	var corridors []route.Corridor
	for _, payer := range []string{"HK", "KR"} {
		corridors = append(corridors, route.Corridor{
			PayerCountry: payer, MerchantCountry: "JP", Limit: money.New(1_000_000, "JPY"),
		})
	}
	b.directory = route.NewDirectory(participants(), corridors)
	references, err := fx.Sample()
	must(err)
	board, err := fx.NewBoard(references, 100*365*24*time.Hour)
	must(err)
	desk := &fx.Desk{}
	desk.Replace(board)
	officer, err := compliance.NewOfficer(b.clock, 0)
	must(err)
	list, err := lists.Read("OWN", lists.FormatSimple, strings.NewReader("id,name\n7,Viktor Blocksworth\n"))
	must(err)
	watched, err := watchlist.New([]lists.List{list})
	must(err)
	officer.Watch(watched, began)
	b.Engine = engine.New(engine.Dependencies{
		Pool: pool, Clock: b.clock, Logger: slog.New(slog.DiscardHandler), Pricer: desk, Officer: officer,
		Directory: func() *route.Directory { return b.directory },
		Wallets:   map[string]connectors.Wallet{"scripted": purse{}}, Committed: func() {},
	}, engine.Options{Region: region})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { b.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	return b
}

// pays makes a payment of a customer of a wallet, which the wallet answers by the amount.
func (b *bench) pays(who engine.Person, minor int64) ids.ID {
	b.t.Helper()
	wallet, _ := b.directory.Participant(who.WalletID)
	acquirer, _ := b.directory.Participant("JP-ACQUIRER")
	codes, err := b.IssueCodes(b.t.Context(), wallet.Participant, connectors.CodeRequest{
		PayerReference: who.Reference, PayerName: "Mei Lantern", Region: "JP", Quantity: 1,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	paid, err := b.Pay(b.t.Context(), acquirer.Participant, connectors.Order{
		RequestID: ids.New().String(), CheckedFields: sha256.Sum256(nil), Mode: connectors.PaymentCode,
		Transfer: iso20022.CreditTransfer{
			InstructedAmount: money.New(minor, "JPY"), Remittance: "two cups of tea",
			Creditor:        iso20022.Party{Name: "Ginza Tea House", Town: "Tokyo", Country: "JP", OtherID: "M-77"},
			CreditorAccount: iso20022.Account{ID: "M-77"},
			DebtorAccount:   iso20022.Account{ProxyType: "TOKN", ProxyID: codes[0].Value}, MerchantCategory: "5814",
		},
		Words: connectors.Words{
			Operation: "scripted.pay", Received: []byte("{}"),
			Answer: func(connectors.Outcome) []byte { return []byte("{}") },
		},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return paid.ID
}

// sorted are payments as they are looked through, which is by their ids.
func sorted(payments ...ids.ID) []ids.ID {
	slices.SortFunc(payments, func(a, b ids.ID) int { return slices.Compare(a[:], b[:]) })
	return payments
}

// known is what is known about a person, looked up in pages of a size.
func (b *bench) known(who engine.Person, limit int) (payments []ids.ID) {
	b.t.Helper()
	var place person.Place
	for range 1000 {
		page, err := person.Known(b.t.Context(), b.pool, region, who, place, limit)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, r := range page.Payments {
			if r.PayerReference != who.Reference || r.WalletID != who.WalletID || r.Detail.Transfer.Creditor.Name == "" {
				b.t.Errorf("shown is %s of %s, paid to %q", r.PayerReference, r.WalletID, r.Detail.Transfer.Creditor.Name)
			}
			payments = append(payments, r.ID)
		}
		if place = page.Next; page.Done {
			return sorted(payments...)
		}
	}
	b.t.Fatal("pages without end")
	return nil
}

// forget has a person forgotten as far as payments were made before a time.
func (b *bench) forget(who engine.Person, before time.Time, slice int) person.Erasure {
	b.t.Helper()
	id := ids.New()
	err := b.pool.InTx(b.t.Context(), func(ctx context.Context, tx db.Tx) error {
		return person.Ask(ctx, tx, region, id, who, before, b.clock.At)
	})
	desk := &person.Desk{
		Pool: b.pool, Clock: b.clock, Region: region, Slice: slice,
		Directory: func() *route.Directory { return b.directory },
	}
	done := 0
	if err == nil {
		done, err = desk.Work(b.t.Context())
	}
	if err != nil || done != 1 {
		b.t.Fatalf("%d erasures done, %v", done, err)
	}
	if done, err = desk.Work(b.t.Context()); err != nil || done != 0 {
		b.t.Errorf("done again: %d, %v", done, err)
	}
	all, err := person.List(b.t.Context(), b.pool, region, 1000)
	at := slices.IndexFunc(all, func(e person.Erasure) bool { return e.ID == id })
	if err != nil || at < 0 {
		b.t.Fatalf("erasure %s of %d: %v", id, len(all), err)
	}
	return all[at]
}

func (b *bench) books(payments []ids.ID) (all []ledger.Entry) {
	b.t.Helper()
	for _, id := range payments {
		entries, err := ledger.EntriesOf(b.t.Context(), b.pool, id)
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, entries...)
	}
	return all
}

// TestErased: of a person what is old and over is forgotten and what is young or open is
// kept and counted; the same reference at another wallet is another person.
func TestErased(t *testing.T) {
	each(t, func(b *bench) {
		who := engine.Person{WalletID: "HK-WALLET", Reference: "U1"}
		other := engine.Person{WalletID: "KR-WALLET", Reference: "U1"}
		old := []ids.ID{b.pays(who, accepted), b.pays(who, declined)}
		waits, apart := b.pays(who, open), b.pays(other, accepted)
		b.clock.At = began.Add(48 * time.Hour)
		young := b.pays(who, accepted)
		entries := b.books(old)
		e := b.forget(who, began.Add(24*time.Hour), 0)
		if e.State != person.Erased || e.Payments != 2 || e.Kept != 2 || e.Who != (engine.Person{WalletID: "HK-WALLET"}) ||
			!e.DoneAt.Equal(b.clock.At) {
			b.t.Errorf("%+v", e)
		}
		if diff := cmp.Diff(sorted(waits, young), b.known(who, 10)); diff != "" {
			b.t.Errorf("left: %s", diff)
		}
		if diff := cmp.Diff([]ids.ID{apart}, b.known(other, 10)); diff != "" {
			b.t.Errorf("of the other: %s", diff)
		}
		for _, id := range old {
			file, err := engine.Open(b.t.Context(), b.pool, id)
			if said := fmt.Sprintf("%+v", file); err != nil || strings.Contains(said, "Mei Lantern") ||
				strings.Contains(said, "Ginza Tea House") || strings.Contains(said, "two cups") || len(file.Messages) != 0 {
				b.t.Errorf("remembered: %s, %v", said, err)
			}
			if _, err := engine.PersonOf(b.t.Context(), b.pool, id); reason.Of(err) != reason.UnknownPayer {
				b.t.Errorf("who paid: %v", err)
			}
		}
		if after := b.books(old); len(entries) == 0 || !cmp.Equal(entries, after) {
			b.t.Errorf("the books were %+v and are %+v", entries, after)
		}
	})
}

// TestShownIsErased: whoever has paid whatever, in whatever order and slices, an erasure
// takes exactly what was shown and may go, counts what stays, leaves everybody else alone,
// and no book moves.
func TestShownIsErased(t *testing.T) {
	each(t, func(b *bench) {
		rapid.Check(b.t.(*testing.T), func(rt *rapid.T) {
			run := ids.New().String()[:18]
			people := []engine.Person{
				{WalletID: "HK-WALLET", Reference: "A-" + run}, {WalletID: "HK-WALLET", Reference: "B-" + run},
				{WalletID: "KR-WALLET", Reference: "A-" + run},
			}
			before := b.clock.At.Add(24 * time.Hour)
			shown, stays := map[engine.Person][]ids.ID{}, map[engine.Person][]ids.ID{}
			for _, young := range []bool{false, true} {
				for range rapid.IntRange(0, 2).Draw(rt, "payments") {
					who := rapid.SampledFrom(people).Draw(rt, "who")
					minor := rapid.SampledFrom([]int64{accepted, declined, open}).Draw(rt, "amount")
					id := b.pays(who, minor)
					shown[who] = append(shown[who], id)
					if young || minor == open {
						stays[who] = append(stays[who], id)
					}
				}
				b.clock.At = b.clock.At.Add(48 * time.Hour)
			}
			for _, one := range people {
				sorted(shown[one]...)
				sorted(stays[one]...)
			}
			page := rapid.IntRange(2, 50).Draw(rt, "page")
			who := rapid.SampledFrom(people).Draw(rt, "forgotten")
			for _, one := range people {
				if got := b.known(one, page); !slices.Equal(got, shown[one]) {
					rt.Fatalf("%v is shown %v, want %v", one, got, shown[one])
				}
			}
			entries, paid := b.books(shown[who]), shown[who]
			e := b.forget(who, before, rapid.IntRange(2, 50).Draw(rt, "slice"))
			if erased := len(shown[who]) - len(stays[who]); e.Payments != int64(erased) || e.Kept != int64(len(stays[who])) {
				rt.Fatalf("%d erased and %d kept, want %d and %d", e.Payments, e.Kept, erased, len(stays[who]))
			}
			shown[who] = stays[who]
			for _, one := range people {
				if got := b.known(one, page); !slices.Equal(got, shown[one]) {
					rt.Fatalf("after: %v is shown %v, want %v", one, got, shown[one])
				}
			}
			if after := b.books(paid); !cmp.Equal(entries, after) {
				rt.Fatalf("the books were %+v and are %+v", entries, after)
			}
		})
		violations, err := invariant.Run(b.t.Context(), b.pool)
		if err != nil || len(violations) != 0 {
			b.t.Errorf("%v, %v", violations, err)
		}
	})
}
