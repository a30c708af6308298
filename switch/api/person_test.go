package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/person"
)

// customer names a person by the wallet's reference.
func customer(reference string) wire.PersonQuery {
	return wire.PersonQuery{WalletID: "HK-WALLET", PayerReference: reference}
}

// known is all payments of a person, page by page, sorted.
func (b *bench) known(query wire.PersonQuery) (found []string) {
	b.t.Helper()
	for {
		page, err := b.as("compliance-1").Known(b.t.Context(), query)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, p := range page.Payments {
			found = append(found, p.ID.String())
		}
		if query.From = page.Next; page.Next == "" {
			slices.Sort(found)
			return found
		}
	}
}

func sorted(list ...ids.ID) (texts []string) {
	for _, id := range list {
		texts = append(texts, id.String())
	}
	slices.Sort(texts)
	return texts
}

// TestPersonIsShown: a customer's own payments and nobody else's, by the wallet's
// reference or by a payment, with what each says about the person; it is on record that
// it was read, and not about whom.
func TestPersonIsShown(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		first, other, second := b.payFor("PR-1", "U1", payerName), b.payFor("PR-2", "U2", "Ah Kow"), b.payFor("PR-3", "U1", payerName)
		if got, want := b.known(customer("U1")), sorted(first, second); !slices.Equal(got, want) {
			t.Errorf("of U1: %v, want %v", got, want)
		}
		if got, want := b.known(wire.PersonQuery{PaymentID: &second}), sorted(first, second); !slices.Equal(got, want) {
			t.Errorf("of who paid %v: %v, want %v", second, got, want)
		}
		if got, want := b.known(customer("U2")), sorted(other); !slices.Equal(got, want) {
			t.Errorf("of U2: %v, want %v", got, want)
		}
		for _, nobody := range []wire.PersonQuery{customer("U"), {WalletID: "JP-ACQUIRER", PayerReference: "U1"}} {
			if got := b.known(nobody); len(got) != 0 {
				t.Errorf("of nobody: %v", got)
			}
		}
		page, err := b.as("compliance-1").Known(t.Context(), customer("U2"))
		if err != nil || len(page.Payments) != 1 {
			t.Fatalf("%+v, %v", page, err)
		}
		p := page.Payments[0]
		if p.PayerName != "Ah Kow" || p.PayerReference != "U2" || p.Merchant.Name != "Ginza Tea House" ||
			p.Amount.Minor != "1500" || p.PayerAmount.Currency != "HKD" || p.State != "POSTED" {
			t.Errorf("%+v", p)
		}
		log := b.send("GET", "/v1/audit?limit=50", "", bearer(b.tokens["compliance-1"])).body
		if strings.Count(log, "person.export") < 5 || strings.Contains(log, `"U1"`) || strings.Contains(log, payerName) {
			t.Errorf("on record: %s", log)
		}
	})
}

// TestPersonQueriesAreRefused: who names nobody, or two ways, or a page that is none.
func TestPersonQueriesAreRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := ids.New().String()
		for _, body := range []string{
			`{}`, `{"wallet_id":"HK-WALLET"}`, `{"payer_reference":"U1"}`, `{"payment_id":"x"}`, `{"name":"Mei"}`,
			`{"wallet_id":"HK-WALLET","payment_id":"` + id + `"}`, `{"acquirer_id":"JP-ACQUIRER"}`,
			`{"payee_reference":"M-77"}`, `{"acquirer_id":"JP-ACQUIRER","payer_reference":"U1"}`,
			`{"acquirer_id":"JP-ACQUIRER","payee_reference":"M-77","payment_id":"` + id + `"}`,
			`{"acquirer_id":"JP-ACQUIRER","payee_reference":"M-77","wallet_id":"HK-WALLET","payer_reference":"U1"}`,
			`{"payment_id":"` + id + `","side":"BOTH"}`, `{"wallet_id":"HK-WALLET","payer_reference":"U1","side":"PAYER"}`,
			`{"wallet_id":"HK-WALLET","payer_reference":"U1","payment_id":"` + id + `"}`,
			`{"wallet_id":"HK-WALLET","payer_reference":"U1","from":"x"}`,
			`{"wallet_id":"HK-WALLET","payer_reference":"U1","from":"DONE.` + id + `"}`,
			`{"wallet_id":"HK-WALLET","payer_reference":"U1","from":"PAYMENTS.1"}`,
		} {
			if a := b.send("POST", "/v1/persons/known", body, bearer(b.tokens["compliance-1"])); a.status != 400 {
				t.Errorf("%s: %d %s", body, a.status, a.body)
			}
		}
		a := b.send("POST", "/v1/persons/known", `{"payment_id":"`+id+`"}`, bearer(b.tokens["compliance-1"]))
		if a.status != 404 || a.problem.Reason != "Missing" {
			t.Errorf("no such payment: %d %s", a.status, a.body)
		}
	})
}

// eraser carries erasures out, two rows at a time.
func (b *bench) eraser() *person.Desk {
	return &person.Desk{Pool: b.pool, Clock: b.clock, Region: region, Directory: b.directory.Load, Slice: 2}
}

// TestPersonIsErased: by two people, the second of compliance; what the law wants kept
// stays, and so does everybody else. The work is done once, however many do it, and
// nothing says afterwards who it was.
func TestPersonIsErased(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var old []ids.ID
		for _, request := range []string{"PR-1", "PR-2", "PR-3", "PR-4", "PR-5"} {
			old = append(old, b.payFor(request, "U1", payerName))
			b.payFor(request+"-other", "U2", "Ah Kow")
		}
		open := b.hold("PR-6")
		b.clock.Advance(keepPersons + time.Hour)
		b.wallet.pay.Store(uint32(connectors.Accepted))
		young := b.payFor("PR-7", "U1", payerName)
		change := wire.PersonErasure{PaymentID: young}
		for approver, want := range map[string]string{"compliance-2": "SelfApproval", "operations-2": "AccessDenied"} {
			if err := b.agree(wire.KindPersonErase, change, "compliance-2", approver); client.ReasonOf(err) != want {
				t.Errorf("by compliance-2 and %s: %v", approver, err)
			}
		}
		if err := b.agree(wire.KindPersonErase, change, "operations-1", "compliance-1"); err != nil {
			t.Fatal(err)
		}
		b.showsErasure(wire.Erasure{Side: "PAYER", PartnerID: "HK-WALLET", State: "PAYMENTS"})
		for _, want := range []int{1, 0} {
			if done, err := b.eraser().Work(t.Context()); err != nil || done != want {
				t.Fatalf("%d erased, %v, want %d", done, err, want)
			}
		}
		b.showsErasure(wire.Erasure{Side: "PAYER", PartnerID: "HK-WALLET", State: "DONE", Payments: 5, Kept: 2, KeptOpen: 1})
		if got, want := b.known(customer("U1")), sorted(open, young); !slices.Equal(got, want) {
			t.Errorf("left of U1: %v, want %v", got, want)
		}
		if got := b.known(customer("U2")); len(got) != 5 {
			t.Errorf("left of U2: %v", got)
		}
		for _, id := range old {
			b.isForgotten(id)
		}
	})
}

// isForgotten checks a payment whose person is erased: the money stays.
func (b *bench) isForgotten(id ids.ID) {
	b.t.Helper()
	file, err := b.as("compliance-1").Payment(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	if file.Parties != nil && file.Parties.PayerName != "" || len(file.Messages) != 0 || len(file.Entries) < 3 ||
		file.Payment.State != "POSTED" || file.Payment.PayerAmount == nil {
		b.t.Errorf("%v is %+v", id, file)
	}
	err = b.agree(wire.KindPersonErase, wire.PersonErasure{PaymentID: id}, "operations-1", "compliance-1")
	if client.ReasonOf(err) != "UnknownPayer" {
		b.t.Errorf("erased again by %v: %v", id, err)
	}
}

// showsErasure checks the only erasure there is.
func (b *bench) showsErasure(want wire.Erasure) {
	b.t.Helper()
	all, err := b.as("viewer-1").Erasures(b.t.Context(), 10)
	if err != nil || len(all.Erasures) != 1 {
		b.t.Fatalf("%+v, %v", all, err)
	}
	got := all.Erasures[0]
	if (got.DoneAt == nil) == (want.State == "DONE") {
		b.t.Errorf("done at %v and %s", got.DoneAt, got.State)
	}
	got.ID, got.AskedAt, got.Before, got.DoneAt = ids.Nil, want.AskedAt, want.Before, nil
	if got != want {
		b.t.Errorf("%+v, want %+v", got, want)
	}
}

// merchantOf names a person by the acquirer's reference.
func merchantOf(reference string) wire.PersonQuery {
	return wire.PersonQuery{AcquirerID: "JP-ACQUIRER", PayeeReference: reference}
}

// TestPayeeIsShown: who is paid sees the payments and what customs were told, with nothing
// of who has paid; the payer sees who has bought, and not the merchant's account. Each
// says what holds it.
func TestPayeeIsShown(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id, other := b.payFor("PR-1", "U1", payerName), b.payFor("PR-2", "U2", "Ah Kow")
		b.declared(id, "M-SILENT", "M-TAKEN")
		if got, want := b.known(merchantOf("M-77")), sorted(id, other); !slices.Equal(got, want) {
			t.Errorf("of M-77: %v, want %v", got, want)
		}
		if got := b.known(merchantOf("M-7")); len(got) != 0 {
			t.Errorf("of nobody: %v", got)
		}
		token := bearer(b.tokens["compliance-1"])
		payee := b.send("POST", "/v1/persons/known", `{"payment_id":"`+id.String()+`","side":"PAYEE"}`, token).body
		for _, secret := range []string{payerName, "Ah Kow", `"U1"`, "HKD", "CHECK_PASSED", "Featherstone"} {
			if strings.Contains(payee, secret) {
				t.Errorf("the payee is shown %s: %s", secret, payee)
			}
		}
		page, err := b.as("compliance-1").Known(t.Context(), customer("U1"))
		if err != nil || len(page.Payments) != 1 || len(page.Payments[0].Declarations) != 2 {
			t.Fatalf("%+v, %v", page, err)
		}
		p, asked, taken := page.Payments[0], page.Payments[0].Declarations[0], page.Payments[0].Declarations[1]
		if p.MerchantAccount != "" || p.Kept != "OPEN" || asked.Buyer == nil || taken.Buyer != nil ||
			asked.Buyer.Name != "Canary Featherstone" || taken.IdentityCheck != "CHECK_PASSED" ||
			taken.MerchantName != "Tea House" || taken.Amount.Minor != "100" {
			t.Errorf("the payer is shown %+v", page)
		}
		for _, want := range []string{
			`"merchant_account":"M-77"`, `"merchant_name":"Tea House"`, `"kept":"LAW"`, `"kept":"OPEN"`,
		} {
			if !strings.Contains(payee, want) {
				t.Errorf("the payee is not shown %s: %s", want, payee)
			}
		}
		b.clock.Advance(keepPersons + time.Hour)
		if page, err = b.as("compliance-1").Known(t.Context(), customer("U2")); err != nil || page.Payments[0].Kept != "" {
			t.Errorf("old and over: %+v, %v", page, err)
		}
	})
}

// TestPayeeIsErased: the merchant of a payment is forgotten by two people, with all its
// payments that may go, and no payment of another merchant.
func TestPayeeIsErased(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		old := []ids.ID{b.payFor("PR-1", "U1", payerName), b.payFor("PR-2", "U2", "Ah Kow")}
		b.clock.Advance(keepPersons + time.Hour)
		young := b.payFor("PR-3", "U1", payerName)
		change := wire.PersonErasure{PaymentID: young, Side: "NOBODY"}
		err := b.agree(wire.KindPersonErase, change, "operations-1", "compliance-1")
		if client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("of nobody: %v", err)
		}
		change.Side = wire.SidePayee
		if err := b.agree(wire.KindPersonErase, change, "operations-1", "compliance-1"); err != nil {
			t.Fatal(err)
		}
		if done, err := b.eraser().Work(t.Context()); err != nil || done != 1 {
			t.Fatalf("%d erased, %v", done, err)
		}
		b.showsErasure(wire.Erasure{Side: "PAYEE", PartnerID: "JP-ACQUIRER", State: "DONE", Payments: 2, Kept: 1})
		if got, want := b.known(merchantOf("M-77")), sorted(young); !slices.Equal(got, want) {
			t.Errorf("left: %v, want %v", got, want)
		}
		for _, id := range old {
			b.isForgotten(id)
		}
	})
}
