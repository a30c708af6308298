package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/switch/api"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// readsSettlement looks at how the last closed window is settled.
func (b *bench) readsSettlement() {
	t, ctx, c := b.t, b.t.Context(), b.as("viewer-1")
	t.Helper()
	windows, err := c.Windows(ctx, 2)
	if err != nil || len(windows.Windows) != 2 {
		t.Fatalf("%+v, %v", windows, err)
	}
	id := windows.Windows[1].ID
	instructed, err := b.as("treasury-1").Instruct(ctx, id)
	if err != nil || instructed.Files == 0 {
		t.Errorf("%+v, %v", instructed, err)
	}
	file, err := c.Settlement(ctx, id)
	if err != nil || file.Window.State != "SETTLING" || len(file.Obligations) == 0 || len(file.Bilateral) == 0 {
		t.Fatalf("%+v, %v", file, err)
	}
	one, err := c.Obligation(ctx, file.Obligations[0].ID)
	if err != nil || one.Obligation != file.Obligations[0] || len(one.Steps) != 0 {
		t.Errorf("%+v, %v", one, err)
	}
	schedule := feeLine(b)
	if err := b.agree(wire.KindFeeScheduleSet, schedule, "treasury-1", "treasury-2"); err != nil {
		t.Fatal(err)
	}
	if lines, err := c.FeeSchedules(ctx); err != nil || len(lines.Lines) != 1 || lines.Lines[0] != schedule {
		t.Errorf("%+v, %v", lines, err)
	}
	if gross, err := c.GrossObligations(ctx, "JP-ACQUIRER", client.Page{}); err != nil || len(gross.Obligations) != 0 {
		t.Errorf("%+v, %v", gross, err)
	}
	if unmatched, err := c.Unmatched(ctx, 0); err != nil || len(unmatched.Steps) != 0 {
		t.Errorf("%+v, %v", unmatched, err)
	}
}

// closed makes a payment, closes its window, and returns what is to be settled.
func (b *bench) closed(requestID string) wire.Settlement {
	b.t.Helper()
	b.pay(requestID)
	closed, err := b.as("treasury-1").CloseWindow(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.as("treasury-1").Instruct(b.t.Context(), closed.WindowID); err != nil {
		b.t.Fatal(err)
	}
	return b.settlement(closed.WindowID)
}

func (b *bench) settlement(window ids.ID) wire.Settlement {
	b.t.Helper()
	file, err := b.as("viewer-1").Settlement(b.t.Context(), window)
	if err != nil {
		b.t.Fatal(err)
	}
	return file
}

// fromBank is a settlement bank's message about money of an obligation.
func (b *bench) fromBank(o wire.Obligation, reference string, minor int64) wire.ConfirmChange {
	b.t.Helper()
	amount, err := o.Amount.Money()
	if err != nil {
		b.t.Fatal(err)
	}
	amount.Minor = minor
	message, err := iso20022.Notification{
		MessageID: "BANK-" + reference, CreatedAt: b.clock.Now(), NotificationID: reference, AccountID: "HUB",
		Currency: amount.Currency, Owner: iso20022.Agent{OtherID: instruct.HubAgent},
		Entries: []iso20022.BookedEntry{{
			Reference: reference, Amount: amount, Credit: o.Direction == "PAY_IN", BookedAt: b.clock.Now(),
			EndToEndID: strings.ReplaceAll(o.ID.String(), "-", ""),
		}},
	}.AppendXML(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return wire.ConfirmChange{Message: message}
}

func (b *bench) confirm(o wire.Obligation, reference string, minor int64) {
	b.t.Helper()
	if err := b.agree(wire.KindSettlementConfirm, b.fromBank(o, reference, minor), "treasury-1", "treasury-2"); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) sound() {
	b.t.Helper()
	violations, err := invariant.Run(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, v := range violations {
		b.t.Error(v)
	}
}

// minor is an amount in minor units.
func (b *bench) minor(a wire.Amount) int64 {
	b.t.Helper()
	amount, err := a.Money()
	if err != nil {
		b.t.Fatal(err)
	}
	return amount.Minor
}

// TestSettleAWindow: two people take what the bank says, the same message twice
// changes nothing, and the window is settled with its last obligation.
func TestSettleAWindow(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		file := b.closed("PR-1")
		for i, o := range file.Obligations {
			reference := string(rune('A' + i))
			b.confirm(o, reference+"1", 1)
			b.confirm(o, reference+"1", 1)
			if got := b.settlement(file.Window.ID); got.Obligations[i].State != "PARTLY" || got.Window.State != "SETTLING" {
				t.Errorf("%+v", got)
			}
			b.confirm(o, reference+"2", b.minor(o.Amount)-1)
		}
		done := b.settlement(file.Window.ID)
		if done.Window.State != "SETTLED" {
			t.Errorf("%+v", done)
		}
		positions, err := b.as("viewer-1").Positions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range positions.Positions {
			if p.Posted.Minor != "0" {
				t.Errorf("%s still owes %s", p.ParticipantID, p.Posted.Minor)
			}
		}
		one, err := b.as("viewer-1").Obligation(t.Context(), done.Obligations[0].ID)
		if err != nil || len(one.Steps) != 2 || one.Obligation.FinalAt.IsZero() {
			t.Errorf("%+v, %v", one, err)
		}
		b.sound()
	})
}

// TestGrossOverTheAPI: two people let a participant settle gross; what its payments come
// to is listed in pages, each once, newest first, and discharged as any other.
func TestGrossOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		change := wire.ModelChange{ParticipantID: "JP-ACQUIRER", Currency: "JPY", Model: "GROSS"}
		if err := b.agree(wire.KindModelSet, change, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			b.pay(fmt.Sprint("PR-", i))
		}
		var all []wire.Obligation
		page, pages := client.Page{Limit: 2}, 0
		for more := true; more; more = page.Before != "" {
			listed, err := b.as("viewer-1").GrossObligations(t.Context(), "JP-ACQUIRER", page)
			if err != nil {
				t.Fatal(err)
			}
			all, pages, page.Before = append(all, listed.Obligations...), pages+1, listed.Next
		}
		if len(all) != 5 || pages != 3 {
			t.Fatalf("%d obligations in %d pages", len(all), pages)
		}
		seen := map[ids.ID]bool{}
		for _, o := range all {
			if seen[o.SubjectID] || o.SubjectID == ids.Nil || o.WindowID != ids.Nil || o.Direction != "PAY_OUT" {
				t.Errorf("%+v", o)
			}
			seen[o.SubjectID] = true
		}
		b.confirm(all[0], "G1", b.minor(all[0].Amount))
		file, err := b.as("viewer-1").Obligation(t.Context(), all[0].ID)
		if err != nil || file.Obligation.State != "SETTLED" || file.Obligation.SubjectID != all[0].SubjectID {
			t.Errorf("%+v, %v", file, err)
		}
		if others, err := b.as("viewer-1").GrossObligations(t.Context(), "HK-WALLET", client.Page{}); err != nil || len(others.Obligations) != 0 {
			t.Errorf("of another: %+v, %v", others, err)
		}
		b.sound()
	})
}

// TestUnmatchedIsShown: a bank's word that fits nothing is taken and shown.
func TestUnmatchedIsShown(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		o := b.closed("PR-1").Obligations[0]
		b.confirm(o, "A1", b.minor(o.Amount)+1)
		unmatched, err := b.as("viewer-1").Unmatched(t.Context(), 5)
		if err != nil || len(unmatched.Steps) != 1 || unmatched.Steps[0].Reference != "A1" || unmatched.Steps[0].Amount == nil {
			t.Errorf("%+v, %v", unmatched, err)
		}
		err = b.agree(wire.KindSettlementConfirm, b.fromBank(o, "A1", 1), "treasury-1", "treasury-2")
		if client.ReasonOf(err) != "Inconsistent" {
			t.Errorf("another amount under the same reference: %v", err)
		}
		b.sound()
	})
}

// TestAbortAndAdjust: what is left of an aborted window and what is adjusted is
// owed in the next one.
func TestAbortAndAdjust(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		file := b.closed("PR-1")
		wallet := file.Obligations[0]
		b.confirm(wallet, "A1", 10)
		abort := wire.WindowAbort{WindowID: file.Window.ID, Why: "the settlement bank is closed"}
		if err := b.agree(wire.KindWindowAbort, abort, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		if got := b.settlement(file.Window.ID); got.Window.State != "ABORTED" || got.Obligations[0].State != "MOVED" {
			t.Errorf("%+v", got)
		}
		adjust := wire.AdjustmentChange{
			DebitID: "HUB", CreditID: wallet.ParticipantID, Why: "a late refund", Link: wallet.ID,
			Amount: wire.Amount{Currency: wallet.Amount.Currency, Minor: "100"},
		}
		if err := b.agree(wire.KindAdjustmentPost, adjust, "treasury-2", "treasury-1"); err != nil {
			t.Fatal(err)
		}
		next := b.closed("PR-2")
		// The payments of the two windows are alike.
		if got, want := b.minor(next.Obligations[0].Amount), 2*b.minor(wallet.Amount)-110; got != want {
			t.Errorf("owed in the next window: %d, want %d", got, want)
		}
		for _, kind := range []string{wire.KindObligationMove, wire.KindObligationRetry, wire.KindObligationCover} {
			_, err := b.as("treasury-1").Propose(t.Context(), kind, wire.ObligationChange{ObligationID: wallet.ID, Why: "again"})
			if client.ReasonOf(err) != "Closed" {
				t.Errorf("%s of what was moved: %v", kind, err)
			}
		}
		if _, err := b.as("treasury-1").Propose(t.Context(), wire.KindWindowAbort, abort); client.ReasonOf(err) != "Closed" {
			t.Errorf("aborted twice: %v", err)
		}
		b.sound()
	})
}

// TestDecisions: an obligation is retried, moved and covered only in the states
// for it.
func TestDecisions(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		file := b.closed("PR-1")
		wallet, acquirer := file.Obligations[0], file.Obligations[1]
		change := func(o wire.Obligation) wire.ObligationChange {
			return wire.ObligationChange{ObligationID: o.ID, Why: "as agreed by phone"}
		}
		for _, kind := range []string{wire.KindObligationRetry, wire.KindObligationCover} {
			if err := b.agree(kind, change(wallet), "treasury-1", "treasury-2"); client.ReasonOf(err) != "Inconsistent" {
				t.Errorf("%s of what is under way: %v", kind, err)
			}
		}
		b.confirm(wallet, "A1", 10)
		if err := b.agree(wire.KindObligationRetry, change(wallet), "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		if got := b.settlement(file.Window.ID).Obligations[0]; got.State != "INSTRUCTED" || got.Attempts != 2 {
			t.Errorf("%+v", got)
		}
		b.confirm(wallet, "A2", 10)
		if err := b.agree(wire.KindObligationCover, change(wallet), "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		if err := b.agree(wire.KindObligationMove, change(acquirer), "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		got := b.settlement(file.Window.ID)
		if got.Window.State != "SETTLED" || got.Obligations[0].State != "COVERED" || got.Obligations[1].State != "MOVED" {
			t.Errorf("%+v", got)
		}
		b.sound()
	})
}

// TestBadSettlementChanges are refused before anybody can approve them.
func TestBadSettlementChanges(t *testing.T) {
	const id = `"01890000-0000-7000-8000-000000000001"`
	cases := map[string][]string{
		wire.KindSettlementConfirm: {`{"message":""}`, `{"message":"PGE+"}`, `{"message":"x"}`, `{}`},
		wire.KindObligationMove:    {`{"obligation_id":` + id + `,"why":""}`, `{"why":"x"}`},
		wire.KindWindowAbort:       {`{"window_id":` + id + `,"why":"` + strings.Repeat("x", 201) + `"}`},
		wire.KindAdjustmentPost: {
			`{"debit_id":"A","credit_id":"A","amount":{"currency":"HKD","minor":"1"},"why":"x","link":` + id + `}`,
			`{"debit_id":"A","credit_id":"B","amount":{"currency":"HKD","minor":"0"},"why":"x","link":` + id + `}`,
			`{"debit_id":"A","credit_id":"B","amount":{"currency":"HKD","minor":"1"},"why":"x",
				"link":"00000000-0000-0000-0000-000000000000"}`,
		},
	}
	each(t, func(t *testing.T, b *bench) {
		for kind, changes := range cases {
			for _, change := range changes {
				a := b.send("POST", "/v1/proposals", `{"kind":"`+kind+`","change":`+change+`}`, bearer(b.tokens["treasury-1"]))
				if a.status != 400 || a.problem.Reason != "InvalidRequest" {
					t.Errorf("%s %s: %d %s", kind, change, a.status, a.body)
				}
			}
		}
		unknown := wire.ObligationChange{ObligationID: ids.New(), Why: "x"}
		if _, err := b.as("treasury-1").Propose(t.Context(), wire.KindObligationMove, unknown); client.ReasonOf(err) != "Missing" {
			t.Errorf("an obligation that is none: %v", err)
		}
		b.refusesAdjustments()
		b.refusesFees()
	})
}

// refusesAdjustments: of what is not there, nobody can approve.
func (b *bench) refusesAdjustments() {
	b.t.Helper()
	paid := b.pay("PR-1")
	for names, change := range map[string]func(*wire.AdjustmentChange){
		"link":            func(a *wire.AdjustmentChange) { a.Link = ids.New() },
		"position in JPY": func(a *wire.AdjustmentChange) { a.Amount.Currency = "JPY" },
		"position in HKD": func(a *wire.AdjustmentChange) { a.CreditID = "NOBODY" },
	} {
		adjust := wire.AdjustmentChange{
			DebitID: "HK-WALLET", CreditID: "HUB", Why: "x", Link: paid, Amount: wire.Amount{Currency: "HKD", Minor: "1"},
		}
		change(&adjust)
		_, err := b.as("treasury-1").Propose(b.t.Context(), wire.KindAdjustmentPost, adjust)
		if client.ReasonOf(err) != "InvalidRequest" || !strings.Contains(err.Error(), names) {
			b.t.Errorf("%+v: %v", adjust, err)
		}
	}
}

// refusesFees: a line that names nothing would never charge anybody.
func (b *bench) refusesFees() {
	b.t.Helper()
	for names, change := range map[string]func(*wire.FeeLine){
		"the participant": func(l *wire.FeeLine) { l.ParticipantID = "NOBODY" },
		"corridor":        func(l *wire.FeeLine) { l.Corridor = "XX-YY" },
		"product":         func(l *wire.FeeLine) { l.Product = "Cash" },
		"currency":        func(l *wire.FeeLine) { l.Currency = "XXX" },
	} {
		line := feeLine(b)
		change(&line)
		_, err := b.as("treasury-1").Propose(b.t.Context(), wire.KindFeeScheduleSet, line)
		if client.ReasonOf(err) != "InvalidRequest" || !strings.Contains(err.Error(), names) {
			b.t.Errorf("%+v: %v", line, err)
		}
	}
	rule := springRule(b.clock.Now())
	rule.PartnerID = "NOBODY"
	if _, err := b.as("treasury-1").Propose(b.t.Context(), wire.KindRuleSet, rule); client.ReasonOf(err) != "InvalidRequest" {
		b.t.Errorf("a rule of the tariff for nobody: %v", err)
	}
	line := feeLine(b)
	line.Corridor, line.Product = "HK-JP", "OrderCode"
	if _, err := b.as("treasury-1").Propose(b.t.Context(), wire.KindFeeScheduleSet, line); err != nil {
		b.t.Error(err)
	}
}

// TestUnknownNames: who misspells a participant, an account, a window or a figure is told, and
// not shown an empty list.
func TestUnknownNames(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		file := b.closed("PR-1")
		known := "/v1/windows/" + file.Window.ID.String() + "/files?participant="
		number := fmt.Sprint("/v1/explain?figure=", file.Window.Number)
		messages := "/v1/messages?window="
		for query, want := range map[string]string{
			"/v1/obligations":                                              "InvalidRequest",
			"/v1/obligations?participant=NOBODY":                           "InvalidRequest",
			"/v1/obligations?participant=JP-ACQUIRER":                      "",
			known + "NOBODY":                                               "InvalidRequest",
			known + "JP-ACQUIRER":                                          "",
			"/v1/windows/" + ids.New().String() + "/files":                 "Missing",
			"/v1/deliveries?participant=NOBODY":                            "InvalidRequest",
			"/v1/deliveries?participant=JP-ACQUIRER":                       "",
			"/v1/payments?participant=NOBODY":                              "InvalidRequest",
			"/v1/payments?participant=HK-WALLET":                           "",
			"/v1/merchants?acquirer=NOBODY&status=PENDING":                 "InvalidRequest",
			"/v1/merchants?acquirer=JP-ACQUIRER&status=PENDING":            "",
			messages + ids.New().String():                                  "Missing",
			messages + file.Window.ID.String() + "&participant=NOBODY":     "InvalidRequest",
			messages + file.Window.ID.String() + "&participant=HK-WALLET":  "",
			"/v1/reconciliation/breaks?account=HUB.NOSTRO":                 "InvalidRequest",
			"/v1/reconciliation/breaks?account=HK-WALLET.POSITION.HKD":     "",
			"/v1/reconciliation/totals?account=NOBODY.TRANSACTIONS.HKD":    "InvalidRequest",
			"/v1/reconciliation/totals?account=HK-WALLET.TRANSACTIONS.HKD": "",
			"/v1/ledger/entries?account=NOBODY.POSITION.HKD":               "Missing",
			number + "/NOBODY/JPY":                                         "InvalidRequest",
			number + "/JP-ACQUIRER/HKD":                                    "InvalidRequest",
			number + "/JP-ACQUIRER/JPY":                                    "",
			"/v1/explain?figure=99/JP-ACQUIRER/JPY":                        "Missing",
			"/v1/fx/book/history?currency=XXX":                             "InvalidRequest",
			"/v1/fx/rates/history?pair=HKD/XXX":                            "InvalidRequest",
		} {
			a := b.send("GET", query, "", bearer(b.tokens["treasury-1"]))
			if a.problem.Reason != want || want == "InvalidRequest" && len(a.problem.Detail) < 20 {
				t.Errorf("%s: %d %s", query, a.status, a.body)
			}
		}
		for path, body := range map[string]string{
			"/v1/deliveries/retry": `{"participant_id":"NOBODY"}`, "/v1/persons/known": `{"wallet_id":"NOBODY","payer_reference":"x"}`,
		} {
			who := map[bool]string{true: "compliance-1", false: "treasury-1"}[strings.Contains(path, "persons")]
			if a := b.send("POST", path, body, bearer(b.tokens[who])); a.problem.Reason != "InvalidRequest" {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
		}
	})
}

// TestNoInstruct: a hub that writes no files says so.
func TestNoInstruct(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		config := b.config(nil)
		config.Instruct = nil
		handler, err := api.New(config)
		if err != nil {
			t.Fatal(err)
		}
		b.server.Config.Handler = handler
		if _, err := b.as("treasury-1").Instruct(t.Context(), ids.New()); client.ReasonOf(err) != "Unsupported" {
			t.Errorf("got %v", err)
		}
	})
}

func feeLine(b *bench) wire.FeeLine {
	return wire.FeeLine{
		Kind: "SCHEME", ParticipantID: "JP-ACQUIRER", Currency: "JPY", EffectiveAt: b.clock.Now().Add(time.Hour), Points: 10,
		FixedMinor: 1, LeastMinor: 2, MostMinor: 900,
	}
}

// TestFeesAreCharged: a line that two people agreed on is charged in the windows
// that close from its moment on, and is never changed.
func TestFeesAreCharged(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		before := b.closed("PR-1")
		schedule := feeLine(b)
		if err := b.agree(wire.KindFeeScheduleSet, schedule, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		schedule.Points = 20
		err := b.agree(wire.KindFeeScheduleSet, schedule, "treasury-1", "treasury-2")
		if client.ReasonOf(err) != "Inconsistent" {
			t.Errorf("a line was changed: %v", err)
		}
		schedule.EffectiveAt = b.clock.Now().Add(-time.Hour)
		if err := b.agree(wire.KindFeeScheduleSet, schedule, "treasury-1", "treasury-2"); client.ReasonOf(err) != "Closed" {
			t.Errorf("effective in the past: %v", err)
		}
		early := b.closed("PR-2")
		b.clock.Advance(2 * time.Hour)
		late := b.closed("PR-3")
		// JPY 1,500 at ten basis points are 1.5, half to even 2, and 1 for the payment.
		first, second, third := before.Obligations[1], early.Obligations[1], late.Obligations[1]
		if b.minor(first.Amount) != b.minor(second.Amount) || b.minor(third.Amount) != b.minor(first.Amount)-3 {
			t.Errorf("%+v, %+v, %+v", first.Amount, second.Amount, third.Amount)
		}
		b.sound()
	})
}
