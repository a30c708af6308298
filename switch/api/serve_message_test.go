package api_test

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// digits is an id as ISO 20022 messages carry it.
func digits(id ids.ID) string { return hex.EncodeToString(id[:]) }

func (b *bench) readsMessages(paid ids.ID) {
	t, ctx := b.t, b.t.Context()
	t.Helper()
	viewer, operations := b.as("viewer-1"), b.as("operations-1")
	list, err := viewer.PaymentMessages(ctx, paid)
	if err != nil || len(list.Messages) != 8 {
		t.Fatalf("%d messages, %v", len(list.Messages), err)
	}
	pairs := map[ids.ID][]string{}
	for i, m := range list.Messages {
		if m.Number != i+1 || m.PaymentID != paid || m.WindowID != ids.Nil || m.Leg == "" {
			t.Errorf("%d: %+v", i, m)
		}
		pairs[m.PairID] = append(pairs[m.PairID], m.Name)
		first, err := operations.PaymentMessage(ctx, paid, m.Number)
		if err != nil || len(first) != m.Bytes {
			t.Errorf("%s: %d bytes, %v", m.Name, len(first), err)
		}
		second, err := b.as("compliance-1").Message(ctx, m.ID.String())
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s by its id differs from that by its number, %v", m.Name, err)
		}
		third, err := operations.Message(ctx, digits(m.ID))
		if err != nil || !bytes.Equal(first, third) || isISO(m) && !bytes.Contains(third, []byte(">"+digits(m.ID)+"<")) {
			t.Errorf("%s does not carry the id %s, %v", m.Name, digits(m.ID), err)
		}
		if isISO(m) != (m.PairID == m.ID) {
			t.Errorf("%s has pair %s", m.Name, m.PairID)
		}
	}
	for pair, names := range pairs {
		if pair == ids.Nil || len(names) != 2 {
			t.Errorf("%v stand beside one another", names)
		}
	}
	for _, filter := range []client.MessageFilter{{UETR: paid.String()}, {UETR: digits(paid)}} {
		if found, err := viewer.Messages(ctx, filter); err != nil || len(found.Messages) != 8 || found.Messages[0].Number != 0 {
			t.Errorf("%+v: %d messages, %v", filter, len(found.Messages), err)
		}
	}
	wanted := list.Messages[1]
	found, err := viewer.Messages(ctx, client.MessageFilter{ID: digits(wanted.ID)})
	wanted.Number = 0
	if err != nil || len(found.Messages) != 1 || found.Messages[0] != wanted {
		t.Errorf("%+v, %v", found, err)
	}
	_, err = operations.Message(ctx, ids.New().String())
	if client.ReasonOf(err) != "Missing" {
		t.Errorf("an unknown message: %v", err)
	}
	if a := b.send("GET", "/v1/payments/"+paid.String()+"/messages/"+list.Messages[0].ID.String(), "",
		bearer(b.tokens["operations-1"])); a.status != 200 || !strings.Contains(a.body, "PR-1") {
		t.Errorf("by id below its payment: %d %s", a.status, a.body)
	}
}

func isISO(m wire.Message) bool {
	return strings.HasPrefix(m.Name, "pacs.") || strings.HasPrefix(m.Name, "camt.")
}

// TestWindowMessages: what a window came to is there for treasury, in pages, and
// by the UETR of an instruction.
func TestWindowMessages(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.pay("PR-1")
		b.pay("PR-2")
		w, err := b.engine.CutOff(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.engine.Report(t.Context(), t.TempDir(), w.ID); err != nil {
			t.Fatal(err)
		}
		all, err := b.as("viewer-1").Messages(t.Context(), client.MessageFilter{Window: w.ID.String()})
		if err != nil || len(all.Messages) != 6 || all.Next != "" {
			t.Fatalf("%+v, %v", all, err)
		}
		var paged []wire.Message
		page := client.Page{Limit: 2}
		for {
			some, err := b.as("viewer-1").Messages(t.Context(), client.MessageFilter{Window: w.ID.String(), Page: page})
			if err != nil {
				t.Fatal(err)
			}
			paged = append(paged, some.Messages...)
			if page.Before = some.Next; some.Next == "" {
				break
			}
		}
		names := map[string]int{}
		for i, m := range all.Messages {
			names[m.Name+" "+m.PartnerID]++
			if paged[i] != m || m.WindowID != w.ID || m.PaymentID != ids.Nil || m.Direction != "OUT" || m.Number != 0 {
				t.Errorf("%d: %+v, in pages %+v", i, m, paged[i])
			}
			body, err := b.as("treasury-1").Message(t.Context(), digits(m.ID))
			if err != nil || !bytes.Contains(body, []byte(">"+digits(m.ID)+"<")) || len(body) != m.Bytes {
				t.Errorf("%s: %v", m.Name, err)
			}
			if m.Name == iso20022.InstitutionTransferName {
				transfer, err := iso20022.ParseInstitutionTransfer(body)
				if err != nil {
					t.Fatal(err)
				}
				b.byUETR(transfer.UETR.String(), m)
			}
		}
		for _, p := range []string{"HK-WALLET", "JP-ACQUIRER"} {
			mine, err := b.as("viewer-1").Messages(t.Context(), client.MessageFilter{Window: w.ID.String(), Participant: p})
			if err != nil || len(mine.Messages) != 3 {
				t.Errorf("%s: %+v, %v", p, mine, err)
			}
			for _, name := range []string{
				iso20022.InstitutionTransferName, iso20022.NotificationName, iso20022.AccountStatementName,
			} {
				if names[name+" "+p] != 1 {
					t.Errorf("%d %s for %s", names[name+" "+p], name, p)
				}
			}
		}
	})
}

func (b *bench) byUETR(uetr string, want wire.Message) {
	b.t.Helper()
	found, err := b.as("viewer-1").Messages(b.t.Context(), client.MessageFilter{UETR: uetr})
	if err != nil || len(found.Messages) != 1 || found.Messages[0] != want {
		b.t.Errorf("UETR %s: %+v, %v", uetr, found, err)
	}
	// It is no id of a message, nor is the id a UETR.
	for _, filter := range []client.MessageFilter{{ID: uetr}, {UETR: want.ID.String()}} {
		if found, err := b.as("viewer-1").Messages(b.t.Context(), filter); client.ReasonOf(err) != "Missing" {
			b.t.Errorf("%+v: %+v, %v", filter, found, err)
		}
	}
}

// TestMessagesOfPaymentsAreConfidential: a treasurer may read what a window came
// to, and no message with a person in it.
func TestMessagesOfPaymentsAreConfidential(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		paid := b.pay("PR-1")
		list, err := b.as("treasury-1").PaymentMessages(t.Context(), paid)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list.Messages {
			a := b.send("GET", "/v1/messages/"+m.ID.String(), "", bearer(b.tokens["treasury-1"]))
			if a.status != 403 || a.problem.Reason != "AccessDenied" || strings.Contains(a.body, "Document") {
				t.Errorf("%s: %d %s", m.Name, a.status, a.body)
			}
		}
		refused := 0
		entries, err := b.as("viewer-1").Audit(t.Context(), client.Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries.Entries {
			if e.Action == "access.refused" && e.Detail["endpoint"] == "GET /v1/messages/{message}" {
				refused++
			}
			if e.Action == "message.read" {
				t.Errorf("recorded as read: %+v", e)
			}
		}
		if refused != len(list.Messages) {
			t.Errorf("%d refusals on record, want %d", refused, len(list.Messages))
		}
	})
}

// TestMessagesAreAudited: who looked for which messages is on record.
func TestMessagesAreAudited(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		paid := b.pay("PR-1")
		operations := b.as("operations-1")
		list, err := operations.PaymentMessages(t.Context(), paid)
		if err != nil {
			t.Fatal(err)
		}
		windows, err := operations.Windows(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		first, window := list.Messages[0].ID, windows.Windows[0].ID
		if _, err := operations.Message(t.Context(), first.String()); err != nil {
			t.Fatal(err)
		}
		if _, err := operations.Messages(t.Context(), client.MessageFilter{UETR: paid.String()}); err != nil {
			t.Fatal(err)
		}
		if _, err := operations.Messages(t.Context(), client.MessageFilter{Window: window.String()}); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			"payment.messages.list": paid.String(), "message.read": first.String(), "message.find": paid.String(),
			"window.messages.list": window.String(),
		}
		entries, err := b.as("viewer-1").Audit(t.Context(), client.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries.Entries {
			if subject, known := want[e.Action]; known && subject == e.Subject && e.Actor == b.me("operations-1").String() {
				delete(want, e.Action)
			}
		}
		if len(want) > 0 {
			t.Errorf("not on record: %v", want)
		}
	})
}

// TestMalformedSearches: a search for nothing, or for two things, is a mistake.
func TestMalformedSearches(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := ids.New().String()
		for _, query := range []string{
			"", "?uetr=" + id + "&id=" + id, "?id=" + id + "&participant=HK-WALLET", "?id=" + id + "&limit=3",
			"?participant=HK-WALLET", "?window=" + id + "&before=-1", "?window=" + id + "&before=x",
			"?window=" + id + "&limit=501", "?window=" + id + "&window=" + id, "?msgid=" + id,
		} {
			a := b.send(http.MethodGet, "/v1/messages"+query, "", bearer(b.tokens["viewer-1"]))
			if a.status != 400 || a.problem.Reason != "InvalidRequest" {
				t.Errorf("%s: %d %s", query, a.status, a.body)
			}
		}
		if a := b.send(http.MethodGet, "/v1/messages?window=x", "", bearer(b.tokens["viewer-1"])); a.status != 404 {
			t.Errorf("no id: %d", a.status)
		}
	})
}
