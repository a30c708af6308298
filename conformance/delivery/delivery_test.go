package delivery_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/deliver"
	"github.com/causeway-pay/causeway/settlement/deliver/delivertest"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

const sakura = "JP-SAKURA"

// patience bounds every wait: the hub polls every ten seconds.
const patience = 90 * time.Second

// world is the whole system with a partner's file server and a bank's inbox.
type world struct {
	*stage.Stage
	t      *testing.T
	server *delivertest.Server
	inbox  string
}

func open(t *testing.T) world {
	t.Helper()
	keyFile := delivertest.KeyFile(t)
	key, err := deliver.ReadKey(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	server, inbox := delivertest.New(t, key.PublicKey()), t.TempDir()
	hostKey := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(server.HostKey.PublicKey())))
	s := stagetest.Open(t, stage.Options{Hub: map[string]any{"settlement": map[string]any{
		"inbox": inbox, "reports": []any{map[string]any{"participant": sakura, "sftp": map[string]any{
			"address": server.Address, "user": delivertest.User, "key": keyFile, "host_keys": []any{hostKey}, "root": ".",
		}}},
	}}})
	return world{s, t, server, inbox}
}

// as is the client of one of the two operators.
func (w world) as(operator int) *client.Client {
	w.t.Helper()
	token, err := w.Token(w.Operators()[operator])
	if err != nil {
		w.t.Fatal(err)
	}
	return &client.Client{BaseURL: w.OperatorsURL(), Token: telemetry.Personal(token)}
}

// until waits for something to become true.
func (w world) until(what string, done func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(patience)
	for !done() {
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(w.HubLog())
			w.t.Fatalf("%s: not in %s\n%s", what, patience, log[max(0, len(log)-4_000):])
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// pay makes payments of a traveller at the shop: JPY 1,500, and one more each.
func (w world) pay(payments int) {
	w.t.Helper()
	for i := range payments {
		got, err := w.Control("HK-HARBOUR").Codes(w.t.Context(), sandbox.CodeOrder{Customer: stage.Regular + "-0"})
		if err != nil {
			w.t.Fatal(err)
		}
		order := sandbox.PayOrder{Code: got.Codes[0].PaymentCode, Amount: fmt.Sprint(1500 + i), Currency: "JPY"}
		made, err := w.Control(sakura).Pay(w.t.Context(), order)
		if err != nil || made.Answer.Result.Code != "SUCCESS" {
			w.t.Fatalf("%+v, %v", made, err)
		}
	}
}

// issued are the files that the hub has written for the partner.
func (w world) issued() map[string]string {
	w.t.Helper()
	files := delivertest.Tree(w.t, w.Reports())
	maps.DeleteFunc(files, func(name, _ string) bool {
		return !strings.Contains(name, "/"+sakura+"/") || strings.Contains(name, "/.")
	})
	return files
}

// TestDelivery follows a window from its payments to its reconciled books.
func TestDelivery(t *testing.T) {
	w := open(t)
	w.pay(3)
	closed, err := w.as(0).CloseWindow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.arrives()
	w.bankAgrees(closed.WindowID)
	w.partnerAgrees(closed.WindowID)
	w.explained(closed.WindowID)
	stagetest.Invariants(t, w.Stage)
}

// arrives lets the files become due, breaks the connection, kills the hub, and
// takes a file from it: in the end the partner has every file once and whole.
func (w world) arrives() {
	w.t.Helper()
	want := w.issued()
	if len(want) != 11 {
		w.t.Fatalf("%d files were issued: %v", len(want), slices.Sorted(maps.Keys(want)))
	}
	w.server.BreakAfter.Store(5_000)
	w.exec(`UPDATE report_file SET due_at = now() - INTERVAL '1 minute'`)
	w.until("a broken connection", func() bool { return w.server.Connections.Load() > 0 })
	w.KillHub()
	for name := range want {
		if strings.Contains(name, "feeItems") {
			if err := os.Remove(filepath.Join(w.Reports(), name)); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	w.server.BreakAfter.Store(0)
	// The dead hub's lease would keep the next one from delivering for hours.
	w.exec(`UPDATE report_courier SET expires_at = now()`)
	if err := w.StartHub(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.as(0).Redeliver(w.t.Context(), sakura); err != nil {
		w.t.Fatal(err)
	}
	w.until("the files", func() bool { return maps.Equal(delivertest.Tree(w.t, w.server.Root), want) })
	w.until("the record", func() bool {
		list, err := w.as(0).Deliveries(w.t.Context(), sakura, 100)
		return err == nil && len(list.Deliveries) == len(want) &&
			!slices.ContainsFunc(list.Deliveries, func(d wire.Delivery) bool { return d.State != "DELIVERED" })
	})
}

func (w world) exec(sql string) {
	w.t.Helper()
	err := w.Pool.InTx(w.t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, sql)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// drop leaves a message in the inbox and waits until the hub has taken it.
func (w world) drop(name string, message []byte) {
	w.t.Helper()
	hidden := filepath.Join(w.inbox, name+".part")
	if err := os.WriteFile(hidden, message, 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(hidden, filepath.Join(w.inbox, name)); err != nil {
		w.t.Fatal(err)
	}
	w.until(name, func() bool {
		_, err := os.Stat(filepath.Join(w.inbox, "taken", name))
		return err == nil
	})
}

// bankAgrees lets the settlement bank pay what is owed, and say so in a
// notification and in its statement of the day: nothing differs.
func (w world) bankAgrees(window ids.ID) {
	w.t.Helper()
	settlement, err := w.as(0).Settlement(w.t.Context(), window)
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(settlement.Obligations, func(o wire.Obligation) bool { return o.ParticipantID == sakura })
	owed := settlement.Obligations[i]
	amount, err := owed.Amount.Money()
	if err != nil {
		w.t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	entry := iso20022.BookedEntry{
		Reference: "B-1", Amount: amount, BookedAt: now, ValueAt: now,
		EndToEndID: strings.ReplaceAll(owed.ID.String(), "-", ""),
	}
	bank := iso20022.Agent{OtherID: "CAUSEWAY"}
	notified, err := iso20022.Notification{
		MessageID: "N-1", CreatedAt: now, NotificationID: "N-1", AccountID: "HUB", Currency: "JPY", Owner: bank,
		Entries: []iso20022.BookedEntry{entry},
	}.AppendXML(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.drop("notification.xml", notified)
	stated, err := iso20022.AccountStatement{
		MessageID: "S-1", CreatedAt: now, StatementID: "S-1", Page: 1, LastPage: true, Sequence: 1,
		From: now.Add(-24 * time.Hour), To: now, AccountID: "HUB", Currency: "JPY", Owner: bank,
		Opening: iso20022.Balance{Amount: money.New(1_000_000, "JPY"), At: now.Add(-24 * time.Hour)},
		Closing: iso20022.Balance{Amount: money.New(1_000_000-amount.Minor, "JPY"), At: now},
		Entries: []iso20022.BookedEntry{entry},
	}.AppendXML(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.drop("statement.xml", stated)
	totals, err := w.as(0).ReconciliationTotals(w.t.Context(), "HUB.NOSTRO.JPY")
	want := []wire.ReconciliationTotal{
		{Side: "OURS", Part: "MATCHED", Lines: 1, Minor: fmt.Sprint(-amount.Minor)},
		{Side: "THEIRS", Part: "MATCHED", Lines: 1, Minor: fmt.Sprint(-amount.Minor)},
	}
	if err != nil || !slices.Equal(totals.Totals, want) {
		w.t.Errorf("%+v, %v", totals, err)
	}
}

// partnerAgrees sends back what arrived on the partner's server, with one row
// lost: that is the only break.
func (w world) partnerAgrees(window ids.ID) {
	w.t.Helper()
	for name, body := range delivertest.Tree(w.t, w.server.Root) {
		if !strings.Contains(name, "transactionItems") {
			continue
		}
		rows := bytes.SplitAfter([]byte(body), []byte("\n"))
		taken, err := w.as(0).TakeStatements(w.t.Context(), client.StatementFile{
			Layout: "transactionItems", Window: window.String(), Participant: sakura, Body: bytes.Join(rows[:len(rows)-2], nil),
		})
		if err != nil || taken.Statements[0].Matched != 2 || taken.Statements[0].Broken != 1 {
			w.t.Errorf("%+v, %v", taken, err)
		}
	}
	breaks, err := w.as(0).Breaks(w.t.Context(), "", "", 10)
	if err != nil || len(breaks.Breaks) != 1 || breaks.Breaks[0].Kind != "MISSING_WITH_THEM" ||
		breaks.Breaks[0].Ours.Minor != "1502" {
		w.t.Errorf("%+v, %v", breaks, err)
	}
}

// explained adds up the entries of what the acquirer is paid.
func (w world) explained(window ids.ID) {
	w.t.Helper()
	sum := int64(0)
	page, err := w.as(0).Explain(w.t.Context(), window.String()+"/"+sakura+"/JPY", "", 100)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, entry := range page.Entries {
		amount, err := entry.Signed.Money()
		if err != nil {
			w.t.Fatal(err)
		}
		sum += amount.Minor
	}
	if page.Next != "" || fmt.Sprint(sum) != page.Net.Minor || sum != 1500+1501+1502-3*12 {
		w.t.Errorf("%d entries of %d, the books say %s", len(page.Entries), sum, page.Net.Minor)
	}
}
