package api_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/api"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

func capOf(minor string) wire.CapChange {
	return wire.CapChange{ParticipantID: "HK-WALLET", Cap: wire.Amount{Currency: "HKD", Minor: minor}}
}

// cap is the present cap of the wallet.
func (b *bench) cap() string {
	b.t.Helper()
	all, err := position.All(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	return all[0].Cap.Decimal()
}

// proposeCap is a proposal of treasury-1 to set the wallet's cap to 12.34 HKD.
func (b *bench) proposeCap() wire.Proposal {
	b.t.Helper()
	p, err := b.as("treasury-1").Propose(b.t.Context(), wire.KindCapSet, capOf("1234"))
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// untouched fails if the cap was changed or the proposal is not in the state.
func (b *bench) untouched(p wire.Proposal, state string) {
	b.t.Helper()
	if got := b.cap(); got != "500000.00" {
		b.t.Errorf("cap is %s", got)
	}
	got, err := b.as("viewer-1").Proposal(b.t.Context(), p.ID)
	if err != nil || got.State != state {
		b.t.Errorf("proposal is %s, want %s; %v", got.State, state, err)
	}
}

func TestFourEyes(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.proposeCap()
		if p.State != "OPEN" || p.ExpiresAt.Sub(p.CreatedAt) != api.ProposalLife || p.ProposerID != b.me("treasury-1") {
			t.Errorf("%+v", p)
		}
		if p.Description != "set the net debit cap of HK-WALLET to 12.34 HKD" ||
			string(p.Change) != `{"participant_id":"HK-WALLET","cap":{"currency":"HKD","minor":"1234","decimal":"12.34"}}` {
			t.Errorf("%q: %s", p.Description, p.Change)
		}
		b.untouched(p, "OPEN")
		done, err := b.as("treasury-2").Approve(t.Context(), p.ID, p.ChangeHash)
		if err != nil {
			t.Fatal(err)
		}
		if done.State != "APPROVED" || done.DeciderID != b.me("treasury-2") || done.DecidedAt.IsZero() || b.cap() != "12.34" {
			t.Errorf("%+v, cap %s", done, b.cap())
		}
		made := b.recorded("treasury-1", "proposal.propose")
		decided := b.recorded("treasury-2", "proposal.approve")
		for _, entry := range append(made, decided...) {
			if entry.Subject != p.ID.String() || entry.Detail["change_hash"] != p.ChangeHash || entry.Detail["kind"] != p.Kind {
				t.Errorf("%+v", entry)
			}
		}
		if b.changed.Load() != 0 {
			t.Error("a cap is not in the directory")
		}
	})
}

// TestRefusedApprovals: what must not be approved is not, changes nothing, and
// is on record with its reason.
func TestRefusedApprovals(t *testing.T) {
	hash := strings.Repeat("ab", 32)
	cases := []struct {
		name     string
		approver string
		before   func(b *bench, p wire.Proposal)
		hash     string
		reason   string
		state    string
	}{
		{name: "one's own", approver: "treasury-1", reason: "SelfApproval", state: "OPEN"},
		{name: "other role", approver: "operations-1", reason: "AccessDenied", state: "OPEN"},
		{name: "admin", approver: "admin-1", reason: "AccessDenied", state: "OPEN"},
		{name: "other hash", approver: "treasury-2", hash: hash, reason: "ProposalChanged", state: "OPEN"},
		{name: "no hash", approver: "treasury-2", hash: "00", reason: "ProposalChanged", state: "OPEN"},
		{name: "expired", approver: "treasury-2", before: func(b *bench, _ wire.Proposal) {
			b.clock.Advance(api.ProposalLife)
		}, reason: "ProposalClosed", state: "EXPIRED"},
		{name: "rejected", approver: "treasury-2", before: func(b *bench, p wire.Proposal) {
			if _, err := b.as("treasury-2").Reject(b.t.Context(), p.ID); err != nil {
				b.t.Fatal(err)
			}
		}, reason: "ProposalClosed", state: "REJECTED"},
		{name: "proposer deactivated", approver: "treasury-2", before: func(b *bench, _ wire.Proposal) {
			b.exec(`UPDATE operator SET active = false WHERE name = 'treasury-1'`)
		}, reason: "ProposalClosed", state: "OPEN"},
		{name: "proposer lost the role", approver: "treasury-2", before: func(b *bench, _ wire.Proposal) {
			b.exec(`UPDATE operator SET roles = 'viewer' WHERE name = 'treasury-1'`)
		}, reason: "ProposalClosed", state: "OPEN"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				p := b.proposeCap()
				if c.before != nil {
					c.before(b, p)
				}
				if c.hash == "" {
					c.hash = p.ChangeHash
				}
				_, err := b.as(c.approver).Approve(t.Context(), p.ID, c.hash)
				if client.ReasonOf(err) != c.reason {
					t.Errorf("got %v, want %s", err, c.reason)
				}
				b.untouched(p, c.state)
				entries := b.recorded(c.approver, "proposal.approve.refused")
				if entries[0].Subject != p.ID.String() || entries[0].Detail["reason"] != c.reason {
					t.Errorf("%+v", entries)
				}
			})
		})
	}
}

// TestChangedRows: an approval of a proposal that somebody altered in the
// database is refused, whatever was altered.
func TestChangedRows(t *testing.T) {
	other := ids.New()
	for name, sql := range map[string]string{
		"change":  `UPDATE proposal SET change = replace(convert_from(change, 'UTF8'), '12', '99')::BYTEA WHERE proposal_id = $1`,
		"kind":    `UPDATE proposal SET kind = 'corridor.set' WHERE proposal_id = $1`,
		"no kind": `UPDATE proposal SET kind = 'money.print' WHERE proposal_id = $1`,
		"proposer": `UPDATE proposal SET proposer_id = (SELECT operator_id FROM operator WHERE name = 'treasury-2')
			WHERE proposal_id = $1`,
		"expiry":  `UPDATE proposal SET expires_at = expires_at + INTERVAL '1 day' WHERE proposal_id = $1`,
		"created": `UPDATE proposal SET created_at = created_at + INTERVAL '1 second' WHERE proposal_id = $1`,
		"hash":    `UPDATE proposal SET change_hash = '\x` + strings.Repeat("ab", 32) + `' WHERE proposal_id = $1`,
		"id":      `UPDATE proposal SET proposal_id = '` + other.String() + `' WHERE proposal_id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				p := b.proposeCap()
				if b.exec(sql, p.ID) != 1 {
					t.Fatal("nothing was altered")
				}
				if name == "id" {
					p.ID = other
				}
				for _, approver := range []string{"treasury-1", "treasury-2"} {
					_, err := b.as(approver).Approve(t.Context(), p.ID, p.ChangeHash)
					if client.ReasonOf(err) != "ProposalChanged" {
						t.Errorf("%s: %v", approver, err)
					}
				}
				b.untouched(p, "OPEN")
			})
		})
	}
}

// TestChangedRowWithItsHash: who alters a change together with its hash still
// does not get the approval of the one who read it before.
func TestChangedRowWithItsHash(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.proposeCap()
		forged := api.Proposal{
			ID: p.ID, Kind: p.Kind, Change: []byte(strings.Replace(string(p.Change), "1234", "9999", 1)),
			ProposerID: p.ProposerID, CreatedAt: p.CreatedAt, ExpiresAt: p.ExpiresAt,
		}
		b.exec(`UPDATE proposal SET change = $2, change_hash = $3 WHERE proposal_id = $1`, p.ID, forged.Change, forged.Hash())
		if _, err := b.as("treasury-2").Approve(t.Context(), p.ID, p.ChangeHash); client.ReasonOf(err) != "ProposalChanged" {
			t.Errorf("got %v", err)
		}
		b.untouched(p, "OPEN")
	})
}

func TestReplayedApproval(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		first := b.proposeCap()
		if _, err := b.as("treasury-2").Approve(t.Context(), first.ID, first.ChangeHash); err != nil {
			t.Fatal(err)
		}
		b.exec(`UPDATE participant_position SET cap_minor = 50000000 WHERE participant_id = 'HK-WALLET'`)
		for range 2 {
			_, err := b.as("treasury-2").Approve(t.Context(), first.ID, first.ChangeHash)
			if client.ReasonOf(err) != "ProposalClosed" {
				t.Errorf("replayed: %v", err)
			}
		}
		if _, err := b.as("treasury-2").Reject(t.Context(), first.ID); client.ReasonOf(err) != "ProposalClosed" {
			t.Errorf("rejected after approval: %v", err)
		}
		b.untouched(first, "APPROVED")
		// The same change proposed again is another proposal with another hash.
		second := b.proposeCap()
		if second.ChangeHash == first.ChangeHash {
			t.Error("two proposals have one hash")
		}
		if _, err := b.as("treasury-2").
			Approve(t.Context(), second.ID, first.ChangeHash); client.ReasonOf(
			err,
		) != "ProposalChanged" {
			t.Errorf("an approval was used for another proposal: %v", err)
		}
		b.untouched(second, "OPEN")
	})
}

// TestTwoApprovers: of two who approve at the same moment one does, and the
// change is applied once.
func TestTwoApprovers(t *testing.T) {
	var mu sync.Mutex
	tries := 0
	kind := api.Definition[noteChange]{
		Name: "test.note", Propose: []api.Role{api.Treasury}, Approve: []api.Role{api.Operations, api.Compliance},
		Check:    func(*noteChange) error { return nil },
		Describe: func(n noteChange) string { return n.Text },
		Apply: func(ctx context.Context, tx db.Tx, a api.Approval, n noteChange) error {
			mu.Lock()
			tries++
			mu.Unlock()
			_, err := tx.Exec(
				ctx,
				`UPDATE participant_position SET cap_minor = cap_minor + 1 WHERE participant_id = 'HK-WALLET'`,
			)
			return err
		},
	}.Kind()
	each(t, func(t *testing.T, b *bench) {
		for round := range 5 {
			p, err := b.as("treasury-1").Propose(t.Context(), "test.note", noteChange{Text: "one more"})
			if err != nil {
				t.Fatal(err)
			}
			approvers := []string{"operations-1", "operations-2", "compliance-1", "compliance-2"}
			errs := make([]error, len(approvers))
			var wg sync.WaitGroup
			for i, name := range approvers {
				c := b.as(name)
				wg.Go(func() { _, errs[i] = c.Approve(t.Context(), p.ID, p.ChangeHash) })
			}
			wg.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if client.ReasonOf(err) != "ProposalClosed" {
					t.Errorf("lost with %v", err)
				}
			}
			if want := fmt.Sprintf("500000.0%d", round+1); won != 1 || b.cap() != want {
				t.Errorf("%d won, cap %s, want %s", won, b.cap(), want)
			}
		}
	}, kind)
	if tries < 5 {
		t.Errorf("applied %d times", tries)
	}
}

type noteChange struct {
	Text string `json:"text"`
}

// TestFailedApplication: a change that cannot be made leaves no trace of an
// approval but its refusal.
func TestFailedApplication(t *testing.T) {
	var failure error
	kind := api.Definition[noteChange]{
		Name: "test.fail", Propose: []api.Role{api.Treasury}, Approve: []api.Role{api.Treasury}, Reload: true,
		Check:    func(*noteChange) error { return nil },
		Describe: func(noteChange) string { return "fail" },
		Apply: func(ctx context.Context, tx db.Tx, _ api.Approval, _ noteChange) error {
			_, err := tx.Exec(ctx, `UPDATE participant_position SET cap_minor = 1`)
			return errors.Join(err, failure)
		},
	}.Kind()
	each(t, func(t *testing.T, b *bench) {
		p, err := b.as("treasury-1").Propose(t.Context(), "test.fail", noteChange{})
		if err != nil {
			t.Fatal(err)
		}
		for want, err := range map[string]error{
			"Regulation": reason.New(reason.Regulation, "test", "not in this country"),
			"Unknown":    errors.New("something broke"),
		} {
			failure = err
			if _, err := b.as("treasury-2").Approve(t.Context(), p.ID, p.ChangeHash); client.ReasonOf(err) != want {
				t.Errorf("got %v, want %s", err, want)
			}
			b.untouched(p, "OPEN")
		}
		b.recorded("treasury-2", "proposal.approve.refused")
		if b.changed.Load() != 0 {
			t.Error("the directory was loaded again for nothing")
		}
		failure = nil
		if _, err := b.as("treasury-2").Approve(t.Context(), p.ID, p.ChangeHash); err != nil || b.changed.Load() != 1 {
			t.Errorf("%v, loaded %d times", err, b.changed.Load())
		}
	}, kind)
}

// TestRejection: a person of the approving role may reject, the proposer may
// withdraw, others may not.
func TestRejection(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.proposeCap()
		if _, err := b.as("operations-1").Reject(t.Context(), p.ID); client.ReasonOf(err) != "AccessDenied" {
			t.Errorf("another role: %v", err)
		}
		b.untouched(p, "OPEN")
		if got, err := b.as("treasury-1").Reject(t.Context(), p.ID); err != nil || got.State != "REJECTED" {
			t.Errorf("withdrawal: %+v, %v", got, err)
		}
		b.untouched(p, "REJECTED")
		b.recorded("treasury-1", "proposal.propose", "proposal.reject")
		late := b.proposeCap()
		b.clock.Advance(api.ProposalLife)
		if _, err := b.as("treasury-2").Reject(t.Context(), late.ID); client.ReasonOf(err) != "ProposalClosed" {
			t.Errorf("late: %v", err)
		}
		b.untouched(late, "EXPIRED")
	})
}

// TestExpiry: a proposal expires by itself; when somebody tries it, the row says
// so, once, in the name of the switch.
func TestExpiry(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.proposeCap()
		b.clock.Advance(api.ProposalLife - time.Minute)
		b.untouched(p, "OPEN")
		b.clock.Advance(time.Minute)
		b.untouched(p, "EXPIRED")
		for state, want := range map[string]int{"OPEN": 0, "EXPIRED": 1, "": 1, "APPROVED": 0} {
			list, err := b.as("viewer-1").Proposals(t.Context(), state, client.Page{})
			if err != nil || len(list.Proposals) != want {
				t.Errorf("%q: %+v, %v", state, list, err)
			}
		}
		for range 2 {
			if _, err := b.as("treasury-2").Approve(t.Context(), p.ID, p.ChangeHash); client.ReasonOf(err) != "ProposalClosed" {
				t.Errorf("got %v", err)
			}
		}
		expired := 0
		for _, entry := range b.auditLog() {
			if entry.Action == "proposal.expire" && entry.Actor == "system:expiry" && entry.Subject == p.ID.String() {
				expired++
			}
		}
		if expired != 1 {
			t.Errorf("%d entries of expiry", expired)
		}
	})
}

// TestDatabaseRefusesOneHand: even a statement that bypasses the program cannot
// approve for one person, after the time, or for nobody.
func TestDatabaseRefusesOneHand(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.proposeCap()
		for constraint, set := range map[string]string{
			"proposal_four_eyes":   `decider_id = proposer_id, decided_at = created_at`,
			"proposal_in_time":     `decider_id = proposal_id, decided_at = expires_at`,
			"proposal_has_decider": `decided_at = created_at`,
		} {
			err := b.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE proposal SET state = 'APPROVED', `+set+` WHERE proposal_id = $1`, p.ID)
				return err
			})
			if !db.Violates(err, constraint) {
				t.Errorf("%s: %v", constraint, err)
			}
		}
	})
}

// TestProposalsPage: proposals are listed newest first, page by page.
func TestProposalsPage(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var made []ids.ID
		for range 7 {
			made = append(made, b.proposeCap().ID)
			b.clock.Advance(time.Second)
		}
		var got []ids.ID
		page := client.Page{Limit: 3}
		for {
			list, err := b.as("viewer-1").Proposals(t.Context(), "OPEN", page)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list.Proposals {
				got = append(got, p.ID)
			}
			if page.Before = list.Next; list.Next == "" {
				break
			}
		}
		if len(got) != len(made) {
			t.Fatalf("%d of %d", len(got), len(made))
		}
		for i := range got {
			if got[i] != made[len(made)-1-i] {
				t.Errorf("place %d: %s", i, got[i])
			}
		}
	})
}

func TestLocationOfAProposal(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		body := `{"kind":"position.cap.set","change":{"cap":{"minor":"5","currency":"HKD"},"participant_id":"HK-WALLET"}}`
		a := b.send("POST", "/v1/proposals", body, bearer(b.tokens["treasury-1"]))
		if a.status != http.StatusCreated {
			t.Fatalf("%d %s", a.status, a.body)
		}
		again := b.send("GET", a.header.Get("Location"), "", bearer(b.tokens["viewer-1"]))
		if again.status != 200 || again.body != a.body {
			t.Errorf("%d %s, not %s", again.status, again.body, a.body)
		}
	})
}

// TestHashCoversEverything: two proposals that differ in anything an approver
// agrees to differ in their hash, and the same one has the same.
func TestHashCoversEverything(t *testing.T) {
	draw := func(t *rapid.T, name string) api.Proposal {
		at := time.UnixMicro(rapid.Int64Range(0, 3).Draw(t, name+" time")).UTC()
		return api.Proposal{
			ID:         ids.Derive(ids.Nil, "id", rapid.Int64Range(0, 1).Draw(t, name+" id")),
			Kind:       rapid.SampledFrom([]string{"a", "b", "a\nb", ""}).Draw(t, name+" kind"),
			Change:     []byte(rapid.SampledFrom([]string{"{}", "\n{}", `{"a":1}`}).Draw(t, name+" change")),
			ProposerID: ids.Derive(ids.Nil, "person", rapid.Int64Range(0, 1).Draw(t, name+" person")),
			CreatedAt:  at, ExpiresAt: at.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, name+" life")) * time.Hour),
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a"), draw(t, "b")
		same := a.ID == b.ID && a.Kind == b.Kind && string(a.Change) == string(b.Change) && a.ProposerID == b.ProposerID &&
			a.CreatedAt.Equal(b.CreatedAt) && a.ExpiresAt.Equal(b.ExpiresAt)
		if (hex.EncodeToString(a.Hash()) == hex.EncodeToString(b.Hash())) != same {
			t.Fatalf("%+v\n%+v", a, b)
		}
	})
}

// TestDocumentedHash computes a hash as the document describes it.
func TestDocumentedHash(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.proposeCap()
		change := p.Change
		again := api.Proposal{
			ID: p.ID, Kind: p.Kind, Change: change, ProposerID: p.ProposerID, CreatedAt: p.CreatedAt, ExpiresAt: p.ExpiresAt,
		}
		if hex.EncodeToString(again.Hash()) != p.ChangeHash {
			t.Error("what is shown does not have the hash that is shown")
		}
	})
}

// TestDeactivatedMeanwhile: who loses access between the request and its commit
// approves nothing any more.
func TestDeactivatedMeanwhile(t *testing.T) {
	for name, set := range map[string]string{"access": "active = false", "role": "roles = 'viewer'"} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				p := b.proposeCap()
				// The clock is looked at after the operator was admitted and
				// before anything is decided.
				admitted := func() { b.exec(`UPDATE operator SET ` + set + ` WHERE name = 'treasury-2'`) }
				b.clock.next.Store(&admitted)
				if _, err := b.as("treasury-2").Approve(t.Context(), p.ID, p.ChangeHash); client.ReasonOf(err) != "AccessDenied" {
					t.Errorf("got %v", err)
				}
				b.untouched(p, "OPEN")
			})
		})
	}
}
