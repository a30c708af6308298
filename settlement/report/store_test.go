package report_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/settlement/report"
)

// each runs a test on every engine of the database.
func each(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	dbtest.Each(t, body, dbtest.Load(t, report.Migrations))
}

func store(t *testing.T, pool *db.Pool, messages []report.Message) {
	t.Helper()
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return report.Insert(ctx, tx, messages) })
	if err != nil {
		t.Fatal(err)
	}
}

// collect makes the messages of a statement.
func collect(s report.Statement, items []report.Item) ([]report.Message, error) {
	var messages []report.Message
	for message, err := range report.Messages(s, seq(items)) {
		if err != nil {
			return nil, err
		}
		messages = append(messages, message)
	}
	return messages, nil
}

// manyItems are so many payments that they fill some messages more than one
// statement of SQL takes.
func manyItems() []report.Item {
	items := make([]report.Item, 3_000)
	for i := range items {
		items[i] = payment
		items[i].ID = itemID(i)
	}
	return items
}

// itemID is the i-th of some ids of version 4.
func itemID(i int) ids.ID {
	id := ids.Derive(ids.Nil, "item", int64(i))
	id[6] = id[6]&0x0f | 0x40
	return id
}

// same fails the test if two messages differ. Bodies are compared as a whole.
func same(t *testing.T, want, got report.Message) {
	t.Helper()
	if !bytes.Equal(want.Body, got.Body) {
		t.Errorf("%s %d: another body", want.Name, want.Part)
	}
	want.Body, got.Body = nil, nil
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("%s %d: %s", want.Name, want.Part, difference)
	}
}

// TestStore: what is stored is found by window, by participant and by id, with
// the bytes that were made; stored again it is the same.
func TestStore(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		s := statement(3_000 * 1488)
		messages, err := collect(s, manyItems())
		if err != nil || len(messages) != 40 {
			t.Fatalf("%d messages, %v", len(messages), err)
		}
		other := s
		other.ParticipantID, other.Net = "HK-WALLET", jpy(0)
		empty, err := collect(other, nil)
		if err != nil || len(empty) != 1 {
			t.Fatalf("%d messages about nothing, %v", len(empty), err)
		}
		store(t, pool, messages)
		store(t, pool, append(empty, messages...))
		all, err := report.Of(t.Context(), pool, s.Window.ID, "", 0, 1000)
		if err != nil || len(all) != 41 || all[0].ParticipantID != "HK-WALLET" {
			t.Fatalf("%d messages, %v", len(all), err)
		}
		some, err := report.Of(t.Context(), pool, s.Window.ID, "JP-ACQUIRER", 20, 25)
		if err != nil || len(some) != 20 || some[0].ID != all[21].ID {
			t.Fatalf("%d messages, %v", len(some), err)
		}
		for _, m := range messages {
			found, known, err := report.Find(t.Context(), pool, m.ID)
			if err != nil || !known {
				t.Fatalf("%s %d: %v, %v", m.Name, m.Part, known, err)
			}
			same(t, m, found)
		}
		if _, known, err := report.Find(t.Context(), pool, ids.New()); known || err != nil {
			t.Errorf("an unknown id: %v, %v", known, err)
		}
		if none, err := report.Of(t.Context(), pool, ids.New(), "", 0, 10); err != nil || len(none) != 0 {
			t.Errorf("an unknown window: %v, %v", none, err)
		}
	})
}

// TestMessageIDs: a message carries its own id, no two have the same, and it is
// the same when the message is made again.
func TestMessageIDs(t *testing.T) {
	s := statement(3_000 * 1488)
	messages, err := collect(s, manyItems())
	if err != nil {
		t.Fatal(err)
	}
	again, err := collect(s, manyItems())
	if err != nil || len(again) != len(messages) {
		t.Fatalf("%d messages, then %d, %v", len(messages), len(again), err)
	}
	for i, m := range messages {
		same(t, m, again[i])
	}
	seen := map[string]bool{}
	for _, m := range messages {
		var carried string
		if m.Name == iso20022.NotificationName {
			message, err := iso20022.ParseNotification(m.Body)
			if err != nil {
				t.Fatal(err)
			}
			carried = message.MessageID
		} else {
			message, err := iso20022.ParseAccountStatement(m.Body)
			if err != nil {
				t.Fatal(err)
			}
			carried = message.MessageID
		}
		if carried != hex.EncodeToString(m.ID[:]) || seen[carried] {
			t.Errorf("%s %d carries %s", m.Name, m.Part, carried)
		}
		seen[carried] = true
	}
	s.Currency = "HKD"
	s.Net, s.Opening = jpy(0), jpy(0)
	other, err := collect(s, nil)
	if err != nil || seen[hex.EncodeToString(other[0].ID[:])] {
		t.Errorf("another currency has the same id, %v", err)
	}
}

// Whatever the items are, notifications and statement hold the same entries, and
// the statement leads from the opening balance to the closing one.
func TestStatementFollowsFromItems(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var items []report.Item
		var net int64
		for i := range rapid.SampledFrom([]int{0, 1, 2, 40, 151}).Draw(t, "items") {
			item := payment
			if rapid.Bool().Draw(t, "refund") {
				item = refund
			}
			item.ID = itemID(i)
			item.Settlement = jpy(rapid.Int64Range(1, 1e12).Draw(t, "amount"))
			item.Fee = jpy(rapid.Int64Range(-1e6, 1e6).Draw(t, "fee"))
			if item.Credit {
				net += item.Settlement.Minor
			} else {
				net -= item.Settlement.Minor
			}
			net -= item.Fee.Minor
			items = append(items, item)
		}
		s := statement(net)
		s.Opening = jpy(rapid.Int64Range(-1e15, 1e15).Draw(t, "opening"))
		messages, err := collect(s, items)
		if err != nil {
			t.Fatal(err)
		}
		var notified, stated []iso20022.BookedEntry
		balance := s.Opening
		for _, m := range messages {
			if m.Name == iso20022.NotificationName {
				message, err := iso20022.ParseNotification(m.Body)
				if err != nil {
					t.Fatal(err)
				}
				notified = append(notified, message.Entries...)
				continue
			}
			page, err := iso20022.ParseAccountStatement(m.Body)
			if err != nil || page.Opening.Amount != balance {
				t.Fatalf("page %d opens with %s after %s, %v", page.Page, page.Opening.Amount, balance, err)
			}
			balance, stated = page.Closing.Amount, append(stated, page.Entries...)
		}
		if difference := cmp.Diff(notified, stated); difference != "" || balance.Minor != s.Opening.Minor+net {
			t.Errorf("ends with %s, want %d; %s", balance, s.Opening.Minor+net, difference)
		}
	})
}
