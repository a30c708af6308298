package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/compliance/travel"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/merchant"
	"github.com/causeway-pay/causeway/switch/payment"
)

// follow puts a changed standard policy in force.
func (h *hub) follow(change func(d *policy.Document)) {
	h.t.Helper()
	d := policy.Standard()
	change(&d)
	p, err := policy.New(1, d)
	if err != nil {
		h.t.Fatal(err)
	}
	h.officer.Follow(p, nil)
}

// holds has hits hold payments for ten minutes.
func holds(d *policy.Document) {
	d.Hold, d.ReviewMinutes = []policy.Scope{{Payer: "HK"}}, 10
}

// payHeld makes a payment of somebody who is listed.
func (h *hub) payHeld(requestID string) connectors.Payment {
	h.t.Helper()
	held, err := h.Pay(h.t.Context(), h.participant("JP-ACQUIRER"), order(requestID, h.code("HK-WALLET", "U1", "Viktor Blocksworth"), jpy(1500)))
	if err != nil {
		h.t.Fatal(err)
	}
	return held
}

var maker, checker = ids.New(), ids.New()

// decide has two people decide about the case of a payment as it is now.
func (h *hub) decide(id ids.ID, release bool) error {
	h.t.Helper()
	c, err := h.Case(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.decideAs(c, release)
}

func (h *hub) decideAs(c review.Case, release bool) error {
	code := "LISTED"
	if release {
		code = "OTHER_PERSON"
	}
	return h.pool.InTx(h.t.Context(), func(ctx context.Context, tx db.Tx) error {
		return h.Review(ctx, tx, review.Decision{
			CaseID: c.ID, Version: c.Version, Release: release, Code: code, ProposerID: maker, DeciderID: checker,
			At: h.clock.Now(),
		})
	})
}

// A hit holds the payment: the money is reserved, the acquirer waits, the wallet
// knows nothing. Released, it is paid once.
func TestHeldAndReleased(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.follow(holds)
		held := h.payHeld("PR-1")
		if held.Status != iso20022.AcceptedUnposted || held.Reason != reason.InProcess || h.wallet.count("pay") != 0 {
			t.Errorf("held: %s, %s, the wallet was asked %d times", held.Status, held.Reason, h.wallet.count("pay"))
		}
		if p := h.position("HK-WALLET"); p.Reserved.Minor == 0 {
			t.Errorf("nothing is reserved: %+v", p)
		}
		again, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), order("PR-1", "0000000000000000", jpy(1500)))
		if err != nil || again.ID != held.ID || again.Status != iso20022.AcceptedUnposted {
			t.Errorf("asked again: %+v, %v", again, err)
		}
		h.sound()
		if err := h.decide(held.ID, true); err != nil {
			t.Fatal(err)
		}
		h.sound()
		h.duties()
		h.until(held.ID, string(payment.Posted))
		if n := h.wallet.count("pay"); n != 1 {
			t.Errorf("the wallet was asked %d times", n)
		}
		if err := h.decide(held.ID, true); reason.Of(err) != reason.ProposalClosed {
			t.Errorf("released twice: %v", err)
		}
		decisions, err := compliance.DecisionsOf(t.Context(), h.pool, held.ID)
		if err != nil || len(decisions) != 1 || decisions[0].Outcome != compliance.Hold {
			t.Errorf("%+v, %v", decisions, err)
		}
		h.sound()
	})
}

// Refused, lapsed or cancelled, the money is free again, the acquirer gets the
// neutral reason, and the wallet never hears of the payment.
func TestHeldAndNotReleased(t *testing.T) {
	for name, c := range map[string]struct {
		end    func(t *testing.T, h *hub, held connectors.Payment)
		state  payment.State
		reason reason.Kind
		closed review.State
	}{
		"refused": {func(t *testing.T, h *hub, held connectors.Payment) {
			if err := h.decide(held.ID, false); err != nil {
				t.Fatal(err)
			}
		}, payment.Rejected, reason.Regulation, review.Refused},
		"lapsed": {func(_ *testing.T, h *hub, _ connectors.Payment) {
			h.clock.Advance(11 * time.Minute)
			h.duties()
		}, payment.Rejected, reason.Regulation, review.Lapsed},
		"cancelled": {func(t *testing.T, h *hub, held connectors.Payment) {
			if _, err := h.Cancel(t.Context(), h.participant("JP-ACQUIRER"), connectors.Reference{PaymentID: held.ID}); err != nil {
				t.Fatal(err)
			}
		}, payment.Cancelled, reason.Closed, review.Moot},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				h.follow(holds)
				held := h.payHeld("PR-1")
				c.end(t, h, held)
				h.until(held.ID, string(c.state))
				file, err := engine.Open(t.Context(), h.pool, held.ID)
				if err != nil || file.Payment.Reason != c.reason {
					t.Errorf("%s, %v", file.Payment.Reason, err)
				}
				if closed, err := h.Case(t.Context(), held.ID); err != nil || closed.State != c.closed {
					t.Errorf("the case is %s, %v", closed.State, err)
				}
				if p := h.position("HK-WALLET"); p.Reserved.Minor != 0 || p.Posted.Minor != 0 || h.wallet.count("pay") != 0 {
					t.Errorf("%+v, the wallet was asked %d times", p, h.wallet.count("pay"))
				}
				if err := h.decide(held.ID, true); reason.Of(err) != reason.ProposalClosed {
					t.Errorf("released after all: %v", err)
				}
				h.sound()
			})
		})
	}
}

// A case that was changed after two people had read it is decided by nobody, and a
// release that crashes before the wallet is asked is carried on.
func TestReleaseIsExact(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.follow(holds)
		held := h.payHeld("PR-1")
		read, err := h.Case(t.Context(), held.ID)
		if err != nil {
			t.Fatal(err)
		}
		err = h.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			_, err := review.AddComment(ctx, tx, review.Comment{CaseID: read.ID, AuthorID: maker, At: h.clock.Now(), Text: "wait"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.decideAs(read, true); reason.Of(err) != reason.ProposalChanged {
			t.Errorf("as it was read before: %v", err)
		}
		h.until(held.ID, string(payment.UnderReview))
		if err := h.decide(held.ID, true); err != nil {
			t.Fatal(err)
		}
		h.start(t) // another process, which knows only the database
		h.wallet.pay = says(connectors.Declined)
		h.duties()
		h.until(held.ID, string(payment.Declined))
		heads, err := audit.Heads(t.Context(), h.pool)
		if err != nil || len(heads) != 1 {
			t.Fatal(heads, err)
		}
		report, err := audit.Verify(t.Context(), h.pool, heads[0], nil)
		if err != nil || report.Rows != 3 || len(report.Breaks) != 0 {
			t.Errorf("the audit log of cases: %+v, %v", report, err)
		}
		h.sound()
	})
}

// The policy's rules, limits and demands refuse with their own reasons, and limits
// count what was reserved and not what failed.
func TestPolicyInThePath(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.follow(func(d *policy.Document) {
			d.Rules = []rules.Rule{
				{Name: "casino", When: `iso.CdtTrfTxInf[0].Cdtr.Nm.contains("Casino")`, Then: rules.Reject},
				{Name: "large", When: `amount >= 90000`, Then: rules.Reject, Reason: "AmountLimit"},
			}
			d.Limits = limits.Rules{{Name: "twice", Scope: limits.Payer, Period: limits.Day, Count: 2}}
			d.Travel = travel.Rules{
				{Name: "named", Above: 200_00, Need: [][]travel.Item{{travel.DebtorName}}},
				{Name: "others", Need: [][]travel.Item{{travel.CreditorName}}},
			}
		})
		pay := func(requestID, payer, name, merchant string, amount money.Amount) reason.Kind {
			t.Helper()
			o := order(requestID, h.code("HK-WALLET", payer, name), amount)
			if merchant != "" {
				o.Transfer.Creditor.Name = merchant
			}
			p, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), o)
			if err != nil {
				t.Fatal(err)
			}
			return p.Reason
		}
		if got := pay("PR-1", "U1", "", "Grand Casino", jpy(1500)); got != reason.RiskRejected {
			t.Errorf("a rule over the message: %s", got)
		}
		if got := pay("PR-2", "U1", "", "", jpy(90_000)); got != reason.AmountLimit {
			t.Errorf("a rule with a reason of its own: %s", got)
		}
		if got := pay("PR-3", "U1", "", "", jpy(60_000)); got != reason.DebtorMissing {
			t.Errorf("a payer who is not named: %s", got)
		}
		if got := pay("PR-4", "U1", "Mei Lantern", "", jpy(60_000)); got != reason.None {
			t.Errorf("a payer who is: %s", got)
		}
		h.wallet.pay = says(connectors.Declined)
		for _, id := range []string{"PR-5", "PR-6", "PR-7"} {
			if got := pay(id, "U1", "", "", jpy(100)); got != reason.Failed {
				t.Errorf("%s was declined: %s", id, got)
			}
		}
		h.wallet.pay = says(connectors.Accepted)
		if got := pay("PR-8", "U1", "", "", jpy(100)); got != reason.None {
			t.Errorf("the second: %s", got)
		}
		if got := pay("PR-9", "U1", "", "", jpy(100)); got != reason.CountLimit {
			t.Errorf("the third: %s", got)
		}
		if got := pay("PR-10", "U2", "", "", jpy(100)); got != reason.None {
			t.Errorf("somebody else: %s", got)
		}
		h.sound()
	})
}

// relist replaces the list.
func (h *hub) relist(rows string) {
	h.t.Helper()
	list, err := lists.Read("OWN", lists.FormatSimple, strings.NewReader("id,name\n"+rows))
	if err != nil {
		h.t.Fatal(err)
	}
	watched, err := watchlist.New([]lists.List{list})
	if err != nil {
		h.t.Fatal(err)
	}
	h.officer.Watch(watched, h.clock.Now())
	if err := h.Rescreen(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// When a list changes, what is open is looked at again: who read the case before
// does not decide on it any more, and what is new is on record once.
func TestRescreen(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.follow(holds)
		held := h.payHeld("PR-1")
		read, err := h.Case(t.Context(), held.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.wallet.pay = says(connectors.Undecided)
		open, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), order("PR-2", h.code("HK-WALLET", "U2", "Anna Otherwise"), jpy(1500)))
		if err != nil {
			t.Fatal(err)
		}
		decisions := func(id ids.ID) int {
			t.Helper()
			all, err := compliance.DecisionsOf(t.Context(), h.pool, id)
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		h.relist("7,Viktor Blocksworth\n") // the same
		if decisions(held.ID) != 1 || decisions(open.ID) != 1 {
			t.Errorf("%d and %d decisions for nothing new", decisions(held.ID), decisions(open.ID))
		}
		for range 2 {
			h.relist("7,Viktor Blocksworth\n8,Blocksworth Viktor\n9,Anna Otherwise\n")
		}
		if decisions(held.ID) != 2 || decisions(open.ID) != 2 {
			t.Errorf("%d and %d decisions", decisions(held.ID), decisions(open.ID))
		}
		if err := h.decideAs(read, true); reason.Of(err) != reason.ProposalChanged {
			t.Errorf("released on what was known before: %v", err)
		}
		if err := h.decide(held.ID, false); err != nil {
			t.Error(err)
		}
		listed, err := h.ListedParticipants(t.Context())
		if err != nil || len(listed) != 0 {
			t.Errorf("%+v, %v", listed, err)
		}
		name := h.participant("HK-WALLET").Name
		h.relist("1," + name + "\n")
		if listed, err = h.ListedParticipants(t.Context()); err != nil || len(listed) == 0 || listed[0].ParticipantID != "HK-WALLET" {
			t.Errorf("%q: %+v, %v", name, listed, err)
		}
		h.sound()
	})
}

// TestMerchantsAreScreened: when they are registered, and again when lists change.
func TestMerchantsAreScreened(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.relist("7,Viktor Blocksworth\n")
		desk := &merchant.Desk{
			Pool: h.pool, Clock: h.clock, Region: region, Directory: h.Directory, Listed: h.MerchantListed,
		}
		for _, r := range []connectors.MerchantRegistration{
			{RequestID: "R-1", MerchantID: "M-1", Names: []string{"Ginza Tea House", "Anna Otherwise"}},
			{RequestID: "R-2", MerchantID: "M-2", StoreID: "S-1", Names: []string{"Harbour Books"}},
		} {
			if err := desk.Register(t.Context(), h.participant("JP-ACQUIRER"), r); err != nil {
				t.Fatal(err)
			}
		}
		for name, want := range map[string]bool{"Viktor Blocksworth": true, "Harbour Books": false} {
			if got, err := h.MerchantListed(t.Context(), []string{name}); err != nil || got != want {
				t.Errorf("%s: %t, %v", name, got, err)
			}
		}
		for list, want := range map[string][]string{
			"7,Viktor Blocksworth\n": nil, "8,Anna Otherwise\n": {"M-1/"}, "9,Harbour Books\n": {"M-2/S-1"},
		} {
			h.relist(list)
			found, err := h.ListedMerchants(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range found {
				got = append(got, l.MerchantID+"/"+l.StoreID)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", list, diff)
			}
		}
	})
}
