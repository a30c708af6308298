package privacy_test

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/hubtest"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/route"
)

const region = hubtest.Region

var began = clock.System{}.Now().Truncate(time.Second)

// purse is a wallet that answers a payment by its amount, and gives back what it is asked to.
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

// Return implements connectors.Wallet.
func (purse) Return(
	context.Context, connectors.Participant, connectors.Payment, iso20022.PaymentReturn,
) connectors.Answer {
	return connectors.Answer{Decision: connectors.Accepted, Sent: []byte("{}"), Received: []byte("{}")}
}

// Cancel implements connectors.Wallet.
func (purse) Cancel(context.Context, connectors.Participant, iso20022.CancellationRequest) connectors.Answer {
	return connectors.Answer{Decision: connectors.Accepted, Sent: []byte("{}"), Received: []byte("{}")}
}

// counter is the same wallet where customs are told: at the silent office it says nothing
// until it speaks.
type counter struct{ speaks bool }

const silent = "SILENT"

var receipt = connectors.CustomsReceipt{
	WalletPaymentID: "W-1", WalletDeclarationID: "WD-1", ClearingID: "N-1", IdentityCheck: "CHECK_PASSED",
}

// Declare implements connectors.CustomsWallet.
func (c *counter) Declare(
	_ context.Context, _ connectors.Participant, said connectors.CustomsDeclaration,
) (connectors.CustomsReceipt, connectors.Answer) {
	if said.OfficeCode == silent && !c.speaks {
		return connectors.CustomsReceipt{}, connectors.Answer{}
	}
	return receipt, connectors.Answer{Decision: connectors.Accepted}
}

// InquireDeclaration implements connectors.CustomsWallet.
func (*counter) InquireDeclaration(
	context.Context, connectors.Participant, string,
) (connectors.CustomsProgress, connectors.Answer) {
	return connectors.CustomsProgress{Status: "SUCCESS", ResultText: "released to Mei Lantern"},
		connectors.Answer{Decision: connectors.Accepted}
}

// bench is a desk on a real database, with an engine that makes payments.
type bench struct {
	*engine.Engine
	t         testing.TB
	pool      *db.Pool
	clock     *clock.Fixed
	directory *route.Directory
	customs   *customs.Desk
	counter   *counter
}

func participants() []route.Participant {
	return []route.Participant{
		hubtest.Participant("JP-ACQUIRER", connectors.RoleAcquirer, "JP", "JPY", ""),
		hubtest.Participant("HK-WALLET", connectors.RoleWallet, "HK", "HKD", "251001"),
		hubtest.Participant("KR-WALLET", connectors.RoleWallet, "KR", "KRW", "251003"),
		hubtest.Participant("CN-WALLET", connectors.RoleWallet, "CN", "CNY", "251009"),
	}
}

func each(t *testing.T, body func(b *bench)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) { body(newBench(t, pool)) }, hubtest.Migrations(t))
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
		return hubtest.TakeOn(ctx, tx, began, 5_000_000_000, participants())
	}))
	b := &bench{t: t, pool: pool, clock: &clock.Fixed{At: began}, counter: &counter{}}
	var corridors []route.Corridor
	for _, payer := range []string{"HK", "KR", "CN"} {
		corridors = append(corridors, route.Corridor{
			PayerCountry: payer, MerchantCountry: "JP", Limit: money.New(1_000_000, "JPY"),
		})
	}
	b.directory = route.NewDirectory(participants(), corridors)
	desk := &fx.Desk{}
	desk.Replace(hubtest.Board(t))
	b.Engine = engine.New(engine.Dependencies{
		Pool: pool, Clock: b.clock, Logger: slog.New(slog.DiscardHandler), Pricer: desk, Officer: hubtest.Officer(t, b.clock),
		Directory: func() *route.Directory { return b.directory },
		Wallets:   map[string]connectors.Wallet{"scripted": purse{}}, Committed: func() {},
	}, engine.Options{Region: region})
	b.customs = &customs.Desk{
		Pool: pool, Clock: b.clock, Logger: slog.New(slog.DiscardHandler), Region: region, Payments: b.Engine,
		Directory: func() *route.Directory { return b.directory },
		Wallets:   map[string]connectors.CustomsWallet{"scripted": b.counter},
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { b.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	return b
}

// customer is a person who pays, shop one who is paid.
func customer(wallet, reference string) engine.Person {
	return engine.Person{Side: engine.Payer, PartnerID: wallet, Reference: reference}
}

func shop(reference string) engine.Person {
	return engine.Person{Side: engine.Payee, PartnerID: "JP-ACQUIRER", Reference: reference}
}

// pays makes a payment from one person to another, which the wallet answers by the amount.
func (b *bench) pays(from, to engine.Person, minor int64) ids.ID {
	b.t.Helper()
	wallet, _ := b.directory.Participant(from.PartnerID)
	codes, err := b.IssueCodes(b.t.Context(), wallet.Participant, connectors.CodeRequest{
		PayerReference: from.Reference, PayerName: "Mei Lantern", Region: "JP", Quantity: 1,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	paid, err := b.Pay(b.t.Context(), b.acquirer(), connectors.Order{
		RequestID: ids.New().String(), CheckedFields: sha256.Sum256(nil), Mode: connectors.PaymentCode,
		Transfer: iso20022.CreditTransfer{
			InstructedAmount: money.New(minor, "JPY"), Remittance: "two cups of tea",
			Creditor:        iso20022.Party{Name: "Ginza Tea House", Town: "Tokyo", Country: "JP", OtherID: to.Reference},
			CreditorAccount: iso20022.Account{ID: to.Reference},
			DebtorAccount:   iso20022.Account{ProxyType: "TOKN", ProxyID: codes[0].Value}, MerchantCategory: "5814",
		},
		Words: said("pay"),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return paid.ID
}

// said are the words of a call.
func said(operation string) connectors.Words {
	return connectors.Words{
		Operation: "scripted." + operation, Received: []byte("{}"),
		Answer: func(connectors.Outcome) []byte { return []byte("{}") },
	}
}

// refunds gives a part of a payment back.
func (b *bench) refunds(payment ids.ID, minor int64) {
	b.t.Helper()
	returned, err := b.Return(b.t.Context(), b.acquirer(), connectors.ReturnOrder{
		RequestID: ids.New().String(), CheckedFields: sha256.Sum256(nil), Amount: money.New(minor, "JPY"),
		Payment: connectors.Reference{PaymentID: payment}, Words: said("refund"),
	})
	if err != nil || returned.Status != iso20022.Completed {
		b.t.Fatalf("%+v, %v", returned, err)
	}
}

// cancels undoes a payment.
func (b *bench) cancels(payment ids.ID) {
	b.t.Helper()
	undone, err := b.Engine.Cancel(b.t.Context(), b.acquirer(),
		connectors.Reference{PaymentID: payment, Words: said("cancel")})
	if err != nil || undone.Status != iso20022.Cancelled {
		b.t.Fatalf("%+v, %v", undone, err)
	}
}

func (b *bench) acquirer() connectors.Participant {
	p, _ := b.directory.Participant("JP-ACQUIRER")
	return p.Participant
}

// declares has customs told of a fen of a payment, and returns what was said.
func (b *bench) declares(payment ids.ID, office string) connectors.CustomsDeclaration {
	b.t.Helper()
	file, err := engine.Open(b.t.Context(), b.pool, payment)
	if err != nil {
		b.t.Fatal(err)
	}
	said := connectors.CustomsDeclaration{
		RequestID: ids.New().String(), Payment: connectors.Reference{RequestID: file.Payment.RequestID}, OfficeCode: office,
		OfficeCountry: "CN", MerchantCode: "Ginza 9", MerchantName: "Ginza Tea House", Amount: money.New(1, "CNY"),
		Buyer: &connectors.Buyer{CertificateType: "ID_CARD", CertificateNumber: "310000", Name: "Mei Lantern"},
	}
	want := reason.None
	if office == silent {
		want = reason.InProcess
	}
	b.says(said, want)
	return said
}

// says hands a declaration in and compares how that ends.
func (b *bench) says(said connectors.CustomsDeclaration, want reason.Kind) {
	b.t.Helper()
	if _, err := b.customs.Declare(b.t.Context(), b.acquirer(), said); reason.Of(err) != want {
		b.t.Fatalf("declared: %v, want %s", err, want)
	}
}
