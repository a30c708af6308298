package api_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// auditLog reads the whole log, newest first.
func (b *bench) auditLog() []wire.AuditEntry {
	b.t.Helper()
	var all []wire.AuditEntry
	page := client.Page{Limit: 500}
	for {
		got, err := b.as("viewer-2").Audit(b.t.Context(), page)
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, got.Entries...)
		if got.Next == "" {
			return all
		}
		page.Before = got.Next
	}
}

// recorded fails unless the last actions of an operator are these, oldest first.
func (b *bench) recorded(name string, actions ...string) []wire.AuditEntry {
	b.t.Helper()
	me := b.me(name).String()
	var mine []wire.AuditEntry
	for _, entry := range b.auditLog() {
		if entry.Actor == me {
			mine = append(mine, entry)
		}
	}
	slices.Reverse(mine)
	var did []string
	for _, entry := range mine {
		did = append(did, entry.Action)
	}
	if len(did) < len(actions) || !slices.Equal(did[len(did)-len(actions):], actions) {
		b.t.Fatalf("%s did %v, want %v", name, did, actions)
	}
	return mine[len(mine)-len(actions):]
}

// TestEveryActionIsRecorded: each action leaves one entry with its actor and
// subject, and so does each read of personal data.
func TestEveryActionIsRecorded(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		paid := b.pay("PR-1")
		letter := b.bury(paid)
		c := t.Context()
		if _, err := b.as("operations-1").Payment(c, paid); err != nil {
			t.Fatal(err)
		}
		if _, err := b.as("operations-1").PaymentMessage(c, paid, 2); err != nil {
			t.Fatal(err)
		}
		if err := b.as("operations-1").Replay(c, letter); err != nil {
			t.Fatal(err)
		}
		entries := b.recorded("operations-1", "payment.read", "payment.message.read", "dead_letter.replay")
		if entries[0].Subject != paid.String() || entries[1].Detail["message"] != "2" ||
			entries[2].Subject != letter.String() {
			t.Errorf("%+v", entries)
		}
		closed, err := b.as("treasury-1").CloseWindow(c)
		if err != nil {
			t.Fatal(err)
		}
		if entries := b.recorded(
			"treasury-1",
			"window.close",
			"window.closed",
		); entries[1].Subject != closed.WindowID.String() {
			t.Errorf("%+v", entries)
		}
		if _, err := b.as("viewer-1").CloseWindow(c); client.ReasonOf(err) != "AccessDenied" {
			t.Fatalf("got %v", err)
		}
		if entries := b.recorded("viewer-1", "access.refused"); entries[0].Detail["endpoint"] != "POST /v1/windows/close" {
			t.Errorf("%+v", entries)
		}
		before := len(b.auditLog())
		if err := b.as("operations-1").Replay(c, letter); client.ReasonOf(err) != "Missing" {
			t.Errorf("replayed twice: %v", err)
		}
		if _, err := b.as("operations-1").Positions(c); err != nil {
			t.Fatal(err)
		}
		if after := len(b.auditLog()); after != before {
			t.Errorf("%d entries for nothing", after-before)
		}
	})
}

// TestReplayIsWritten: a replay writes the letter's event again, together with
// the audit entry.
func TestReplayIsWritten(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		paid := b.pay("PR-1")
		letter := b.bury(paid)
		count := func() (events int64) {
			err := b.pool.QueryRow(t.Context(), `SELECT count(*) FROM outbox WHERE aggregate = $1`, paid).Scan(&events)
			if err != nil {
				t.Fatal(err)
			}
			return events
		}
		before := count()
		if err := b.as("operations-2").Replay(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
		if after := count(); after != before+1 {
			t.Errorf("%d events became %d", before, after)
		}
		letters, err := b.as("viewer-1").DeadLetters(t.Context(), 10)
		if err != nil || len(letters.DeadLetters) != 0 {
			t.Errorf("%+v, %v", letters, err)
		}
	})
}

// TestNoActionWithoutItsEntry: when the audit entry cannot be written, nothing
// happens and nothing is shown.
func TestNoActionWithoutItsEntry(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		paid := b.pay("PR-1")
		letter := b.bury(paid)
		proposed, err := b.as("treasury-1").Propose(t.Context(), wire.KindCapSet, capOf("1"))
		if err != nil {
			t.Fatal(err)
		}
		b.exec(`ALTER TABLE audit_row ADD CONSTRAINT audit_row_full CHECK (length(action) > 1000) NOT VALID`)
		if file, err := b.as("operations-1").
			Payment(t.Context(), paid); client.ReasonOf(err) != "Unknown" ||
			file.Parties != nil {
			t.Errorf("read without entry: %v", err)
		}
		if err := b.as("operations-1").Replay(t.Context(), letter); client.ReasonOf(err) != "Unknown" {
			t.Errorf("replayed without entry: %v", err)
		}
		if _, err := b.as("treasury-2").
			Approve(t.Context(), proposed.ID, proposed.ChangeHash); client.ReasonOf(
			err,
		) != "Unknown" {
			t.Errorf("approved without entry: %v", err)
		}
		if _, err := b.as("treasury-1").Propose(t.Context(), wire.KindCapSet, capOf("2")); client.ReasonOf(err) != "Unknown" {
			t.Errorf("proposed without entry: %v", err)
		}
		called := false
		b.cutOff = func(context.Context, string) (ids.ID, error) { called = true; return ids.New(), nil }
		if _, err := b.as("treasury-1").CloseWindow(t.Context()); err == nil || called {
			t.Errorf("closed without entry: %v", err)
		}
		b.exec(`ALTER TABLE audit_row DROP CONSTRAINT audit_row_full`)
		letters, err := b.as("viewer-1").DeadLetters(t.Context(), 0)
		if err != nil || len(letters.DeadLetters) != 1 || b.cap() != "500000.00" {
			t.Errorf("something happened: %+v, %v, cap %s", letters, err, b.cap())
		}
		if got, err := b.as("viewer-1").Proposal(t.Context(), proposed.ID); err != nil || got.State != "OPEN" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// TestAuditNeedsAnActor: an entry without actor is refused.
func TestAuditNeedsAnActor(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		err := b.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return api.Record(ctx, tx, audit.Entry{ID: ids.New(), At: b.clock.Now(), Action: "test"})
		})
		if err == nil || !strings.Contains(err.Error(), "without id, actor") {
			t.Errorf("got %v", err)
		}
		b.do(func(ctx context.Context, tx db.Tx) error {
			return api.Record(ctx, tx, audit.Entry{
				ID: ids.New(), At: b.clock.Now(), Actor: audit.System("cut-off"), Action: "test",
			})
		})
		if entries := b.auditLog(); entries[0].Actor != "system:cut-off" || entries[0].Detail == nil {
			t.Errorf("%+v", entries[0])
		}
	})
}

// TestPaging: the pages of a listing are the whole of it, in order, although
// many rows have the same time and new ones arrive.
func TestPaging(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		existing := len(b.auditLog())
		at := b.clock.Now().Add(-time.Hour)
		const rows = 23
		b.do(func(ctx context.Context, tx db.Tx) error {
			for i := range rows {
				err := api.Record(ctx, tx, audit.Entry{
					ID: ids.Derive(ids.Nil, "page", int64(i)), At: at.Add(time.Duration(i/5) * time.Microsecond), Actor: "system:test",
					Action: "count", Subject: fmt.Sprint(i),
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		seen := map[string]bool{}
		total, page := 0, client.Page{Limit: 4}
		var last wire.AuditEntry
		for {
			got, err := b.as("viewer-1").Audit(t.Context(), page)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range got.Entries {
				if total > 0 && (entry.At.After(last.At) || entry.At.Equal(last.At) && entry.ID.String() >= last.ID.String()) {
					t.Errorf("%v stands after %v", entry.At, last.At)
				}
				total, last = total+1, entry
				seen[entry.ID.String()] = true
			}
			if got.Next == "" {
				break
			}
			if len(got.Entries) != 4 {
				t.Errorf("a page of %d", len(got.Entries))
			}
			b.do(func(ctx context.Context, tx db.Tx) error {
				return api.Record(ctx, tx, audit.Entry{ID: ids.New(), At: b.clock.Now(), Actor: "system:test", Action: "arrive"})
			})
			page.Before = got.Next
		}
		if len(seen) != rows+existing || total != rows+existing {
			t.Errorf("%d of %d, %d rows", len(seen), rows+existing, total)
		}
	})
}

// TestPagesOfPayments: payments page the same way, also with a filter and with
// the longest page.
func TestPagesOfPayments(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		source := b.pay("PR-0")
		const copies = 502
		b.do(func(ctx context.Context, tx db.Tx) error {
			for i := range copies {
				if _, err := tx.Exec(ctx, copyPayment, source, ids.New(), fmt.Sprint("COPY-", i), b.clock.Now()); err != nil {
					return err
				}
			}
			return nil
		})
		for _, limit := range []int{500, 167} {
			seen := map[ids.ID]bool{}
			filter := client.PaymentFilter{Participant: "HK-WALLET", State: "POSTED", Page: client.Page{Limit: limit}}
			for {
				got, err := b.as("viewer-1").Payments(t.Context(), filter)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range got.Payments {
					seen[p.ID] = true
				}
				if filter.Page.Before = got.Next; got.Next == "" {
					break
				}
				if len(got.Payments) != limit {
					t.Errorf("a page of %d", len(got.Payments))
				}
			}
			if len(seen) != copies+1 {
				t.Errorf("limit %d: %d payments of %d", limit, len(seen), copies+1)
			}
		}
		_, err := b.as("viewer-1").Payments(t.Context(), client.PaymentFilter{Participant: "NO-SUCH"})
		if client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("payments of nobody: %v", err)
		}
	})
}

var copyPayment = strings.Join([]string{
	`INSERT INTO payment (`,
	strings.ReplaceAll(strings.ReplaceAll(columns, "NEW_ID", "payment_id"), "NEW_REQUEST", "request_id"),
	`) SELECT `,
	strings.ReplaceAll(strings.ReplaceAll(columns, "NEW_ID", "$2"), "NEW_REQUEST", "$3"),
	` FROM payment WHERE payment_id = $1 AND created_at < $4`,
}, "")

const columns = `NEW_ID, NEW_REQUEST, region, version, state, mode, acquirer_id, wallet_id, payer_reference,
	wallet_payment_id, order_code, notify_url, reason, currency, amount_minor, payer_currency, payer_minor,
	merchant_currency, merchant_minor, fee_minor, window_id, duty, duty_attempts, due_at, expires_at, created_at,
	completed_at, detail`
