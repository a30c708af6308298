package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

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
		for _, nobody := range []wire.PersonQuery{customer("U"), {WalletID: "JP-WALLET", PayerReference: "U1"}} {
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
			`{"wallet_id":"HK-WALLET","payment_id":"` + id + `"}`,
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
		b.showsErasure(wire.Erasure{WalletID: "HK-WALLET", State: "PAYMENTS"})
		for _, want := range []int{1, 0} {
			if done, err := b.eraser().Work(t.Context()); err != nil || done != want {
				t.Fatalf("%d erased, %v, want %d", done, err, want)
			}
		}
		b.showsErasure(wire.Erasure{WalletID: "HK-WALLET", State: "DONE", Payments: 5, Kept: 2})
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
