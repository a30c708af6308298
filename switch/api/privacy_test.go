package api_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// TestHitsAreForCompliance: that a list stopped a payment is for everybody to
// see, whom it named is not.
func TestHitsAreForCompliance(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := b.payAs("PR-1", "Viktor Blocksworth")
		for name, want := range map[string]int{
			"compliance-1": 1, "operations-1": 1, "viewer-1": 0, "treasury-1": 0, "admin-1": 0,
		} {
			file, err := b.as(name).Payment(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if file.Payment.State != "REJECTED" || len(file.Decisions) != 1 || file.Decisions[0].Outcome != "REJECT" {
				t.Errorf("%s sees %+v", name, file)
			}
			if got := len(file.Decisions[0].Hits); got != want || (file.Parties != nil) != (want == 1) {
				t.Errorf("%s sees %d hits and parties %+v", name, got, file.Parties)
			}
			if file.Payment.Reason == "" || file.Payment.PayerAmount != nil && file.Payment.PayerAmount.Currency == "" {
				t.Errorf("%s sees %+v", name, file.Payment)
			}
		}
		for _, role := range []string{"viewer-1", "treasury-1", "admin-1"} {
			a := b.send("GET", "/v1/payments/"+id.String(), "", bearer(b.tokens[role]))
			if strings.Contains(a.body, "Blocksworth") || strings.Contains(a.body, `"U1"`) {
				t.Errorf("%s reads %s", role, a.body)
			}
		}
	})
}

// TestFileWithReturn: a refund is in the file with its own entries and history.
func TestFileWithReturn(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := b.pay("PR-1")
		acquirer, _ := b.directory.Load().Participant("JP-ACQUIRER")
		_, err := b.engine.Return(t.Context(), acquirer.Participant, connectors.ReturnOrder{
			RequestID: "RF-1", CheckedFields: sha256.Sum256([]byte("RF-1")),
			Payment: connectors.Reference{RequestID: "PR-1"}, Amount: money.New(400, "JPY"), Words: connectors.Words{Received: []byte("{}")},
		})
		if err != nil {
			t.Fatal(err)
		}
		file, err := b.as("viewer-1").Payment(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(file.Returns) != 1 || file.Returns[0].State != "POSTED" || file.Returns[0].Amount.Minor != "400" ||
			file.Returns[0].CompletedAt.IsZero() || file.Returns[0].RequestID != "RF-1" {
			t.Fatalf("returns %+v", file.Returns)
		}
		entries, changes := 0, 0
		for _, e := range file.Entries {
			if e.SubjectID == file.Returns[0].ID {
				entries++
			}
		}
		for _, c := range file.History {
			if c.SubjectID == file.Returns[0].ID {
				changes++
			}
		}
		if entries < 2 || changes == 0 {
			t.Errorf("%d entries and %d changes of the return", entries, changes)
		}
	})
}

// TestLogNamesPatterns: the log says who used which endpoint, and no id of a
// payment, which a partner may have put into a message.
func TestLogNamesPatterns(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := b.pay("PR-1")
		if _, err := b.as("operations-1").Payment(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		b.send("GET", "/v1/payments/"+id.String()+"/secret?token=unspeakable", "", http.Header{})
		b.send("GET", "/v1/payments?participant=secret", "", bearer(b.tokens["viewer-1"]))
		log := b.logs.String()
		if !strings.Contains(log, "GET /v1/payments/{id}") || !strings.Contains(log, b.me("operations-1").String()) {
			t.Errorf("the log does not say who did what: %s", log)
		}
		if strings.Contains(log, id.String()) || strings.Contains(log, "secret") || strings.Contains(log, "unspeakable") {
			t.Errorf("the log quotes requests: %s", log)
		}
	})
}

// TestDatabaseAway: without a database nobody is admitted, and nobody is told
// why.
func TestDatabaseAway(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		config := b.config(nil)
		config.Pool = dbClosed(t)
		handler, err := api.New(config)
		if err != nil {
			t.Fatal(err)
		}
		present := b.server.Config.Handler
		b.server.Config.Handler = handler
		defer func() { b.server.Config.Handler = present }()
		for _, r := range api.Routes() {
			if r.Roles == nil {
				continue
			}
			a := b.send(r.Method, concrete(r.Path), "{}", bearer(b.tokens["admin-1"]))
			if a.status != 500 || a.problem.Reason != "Unknown" || a.problem.Detail != "" {
				t.Errorf("%s %s: %d %s", r.Method, r.Path, a.status, a.body)
			}
		}
	})
}

// TestNoCutOff: a hub that closes no windows says so.
func TestNoCutOff(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		config := b.config(nil)
		config.CutOff = nil
		handler, err := api.New(config)
		if err != nil {
			t.Fatal(err)
		}
		b.server.Config.Handler = handler
		if _, err := b.as("treasury-1").CloseWindow(t.Context()); client.ReasonOf(err) != "Unsupported" {
			t.Errorf("got %v", err)
		}
	})
}

// TestCutOffOutlivesItsCaller: what came of a cut-off is on record although
// nobody waited for it.
func TestCutOffOutlivesItsCaller(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		started, left := make(chan string, 1), make(chan struct{})
		closed := ids.New()
		b.cutOff = func(ctx context.Context, actor string) (ids.ID, error) {
			started <- actor
			<-ctx.Done()
			close(left)
			return closed, nil
		}
		caller := b.as("treasury-1")
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { _, err := caller.CloseWindow(ctx); done <- err }()
		if actor := <-started; actor != b.me("treasury-1").String() {
			t.Errorf("cut off by %s", actor)
		}
		cancel()
		<-left
		if err := <-done; err == nil {
			t.Error("the caller got an answer")
		}
		b.eventually("window.closed", closed.String())
	})
}

// eventually waits until an action about a subject is on record.
func (b *bench) eventually(action, subject string) {
	b.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		for _, entry := range b.auditLog() {
			if entry.Action == action && entry.Subject == subject {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.t.Errorf("%s of %s is not on record", action, subject)
}

// TestLastAdmins: two changes that each leave two administrators, but together
// leave one, do not both pass, also when they are approved at the same moment.
func TestLastAdmins(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for round := range 3 {
			third := "admin-" + string(rune('3'+round))
			b.tokens[third] = api.NewToken()
			hash, err := api.HashToken(b.tokens[third])
			if err != nil {
				t.Fatal(err)
			}
			addition := wire.OperatorAddition{Name: third, Roles: []string{"admin"}, TokenHash: hash.String()}
			if err := b.agree(wire.KindOperatorAdd, addition, "admin-1", "admin-2"); err != nil {
				t.Fatal(err)
			}
			b.rivalDeactivations(third)
			b.exec(`UPDATE operator SET active = (name IN ('admin-1', 'admin-2')) WHERE roles = 'admin'`)
		}
	})
}

// rivalDeactivations has two of three administrators deactivated at once, each
// by the third one's approval, and counts who is left.
func (b *bench) rivalDeactivations(third string) {
	t := b.t
	t.Helper()
	var proposals []wire.Proposal
	for _, target := range []string{"admin-1", "admin-2"} {
		p, err := b.as(third).
			Propose(t.Context(), wire.KindOperatorDeactivate, wire.OperatorRemoval{OperatorID: b.me(target)})
		if err != nil {
			t.Fatal(err)
		}
		proposals = append(proposals, p)
	}
	errs := make(chan error, 2)
	for i, approver := range []string{"admin-2", "admin-1"} {
		c := b.as(approver)
		go func() {
			_, err := c.Approve(t.Context(), proposals[i].ID, proposals[i].ChangeHash)
			errs <- err
		}()
	}
	refusals := 0
	for range 2 {
		if err := <-errs; err != nil {
			refusals++
			// The one who lost may also be the one who was deactivated meanwhile.
			switch client.ReasonOf(err) {
			case "Failed", "AccessDenied", "Unauthenticated":
			default:
				t.Errorf("refused with %v", err)
			}
		}
	}
	var left int64
	err := b.pool.QueryRow(t.Context(), `SELECT count(*) FROM operator WHERE active = true AND roles = 'admin'`).
		Scan(&left)
	if err != nil || left != 2 || refusals != 1 {
		t.Errorf("%d administrators are left after %d refusals, %v", left, refusals, err)
	}
}

// TestSeveralRoles: a person has what any of the roles gives, and is still one
// person.
func TestSeveralRoles(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		token := api.NewToken()
		hash, err := api.HashToken(token)
		if err != nil {
			t.Fatal(err)
		}
		all := []string{"viewer", "treasury", "compliance", "operations", "admin"}
		addition := wire.OperatorAddition{Name: "everything", Roles: all, TokenHash: hash.String()}
		if err := b.agree(wire.KindOperatorAdd, addition, "admin-1", "admin-2"); err != nil {
			t.Fatal(err)
		}
		b.tokens["everything"] = token
		for kind, change := range map[string]any{
			wire.KindCapSet:             capOf("1"),
			wire.KindParticipantSuspend: wire.ParticipantChange{ParticipantID: "HK-WALLET"},
			wire.KindOperatorDeactivate: wire.OperatorRemoval{OperatorID: b.me("viewer-1")},
		} {
			if err := b.agree(kind, change, "everything", "everything"); client.ReasonOf(err) != "SelfApproval" {
				t.Errorf("%s: %v", kind, err)
			}
		}
	})
}

// TestNothingChangesTheAuditLog: the product has no statement that could.
func TestNothingChangesTheAuditLog(t *testing.T) {
	for _, statement := range productSQL(t) {
		words := strings.FieldsFunc(strings.ToUpper(statement), func(r rune) bool { return r != '_' && !unicode.IsLetter(r) })
		for i, word := range words {
			if (word == "UPDATE" || word == "FROM" && i > 0 && words[i-1] == "DELETE") && i+1 < len(words) &&
				words[i+1] == "AUDIT_ENTRY" {
				t.Errorf("%s", strings.Join(words[i:min(i+8, len(words))], " "))
			}
		}
	}
}

// TestShapes keeps the JSON of the API as partners' tools know it: a change here
// is a change for all of them.
func TestShapes(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 600_000, time.UTC)
	id := ids.ID{0x0b, 0x2a, 0x4f, 0x60, 0x6f, 0x0f, 0x4a, 0x7e, 0x9d, 0x0a, 0x6b, 0x1f, 0x8f, 0x2f, 0x5c, 0x11}
	amount := wire.AmountOf(money.New(-150000, "HKD"))
	for want, value := range map[string]any{
		`{"currency":"HKD","minor":"-150000","decimal":"-1500.00"}`: amount,
		`{"window_id":"0b2a4f60-6f0f-4a7e-9d0a-6b1f8f2f5c11"}`:      wire.Closed{WindowID: id},
		`{"payments":[],"next":"1.2"}`:                              wire.Payments{Payments: []wire.Payment{}, Next: "1.2"},
		`{"entries":[]}`:                                            wire.Audit{Entries: []wire.AuditEntry{}},
		`{"id":"0b2a4f60-6f0f-4a7e-9d0a-6b1f8f2f5c11","name":"a","roles":["viewer"],"active":true,` +
			`"created_at":"2026-01-02T03:04:05.0006Z"}`: wire.Operator{ID: id, Name: "a", Roles: []string{"viewer"}, Active: true, CreatedAt: at},
		`{"owner":"HUB","debits":` + shape(t, amount) + `,"credits":` + shape(t, amount) + `,"net":` + shape(t, amount) + `,"entries":3}`: wire.Net{
			Owner: "HUB", Debits: amount, Credits: amount, Net: amount, Entries: 3,
		},
		`{"payment_id":"0b2a4f60-6f0f-4a7e-9d0a-6b1f8f2f5c11","outcome":"PAID"}`: wire.ResolveChange{PaymentID: id, Outcome: "PAID"},
	} {
		if got := shape(t, value); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func shape(t *testing.T, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// TestProposalsSurviveADowngrade: a proposal of a kind that this program does
// not know is shown and cannot be approved.
func TestProposalsSurviveADowngrade(t *testing.T) {
	kind := api.Definition[noteChange]{
		Name: "test.note", Propose: []api.Role{api.Treasury}, Approve: []api.Role{api.Treasury},
		Check: func(*noteChange) error { return nil }, Describe: func(n noteChange) string { return "note " + n.Text },
		Apply: func(context.Context, db.Tx, api.Approval, noteChange) error { return nil },
	}.Kind()
	each(t, func(t *testing.T, b *bench) {
		p, err := b.as("treasury-1").Propose(t.Context(), "test.note", noteChange{Text: "x"})
		if err != nil || p.Description != "note x" {
			t.Fatalf("%+v, %v", p, err)
		}
		older, err := api.New(b.config(nil))
		if err != nil {
			t.Fatal(err)
		}
		b.server.Config.Handler = older
		if got, err := b.as("viewer-1").Proposal(t.Context(), p.ID); err != nil || got.Description != "test.note" {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := b.as("treasury-2").Approve(t.Context(), p.ID, p.ChangeHash); client.ReasonOf(err) != "ProposalChanged" {
			t.Errorf("got %v", err)
		}
	}, kind)
}
