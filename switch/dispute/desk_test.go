package dispute_test

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/dispute"
	"github.com/causeway-pay/causeway/switch/route"
)

// partners are wallet and acquirer: what they were told, and how they answer.
type partners struct {
	mu      sync.Mutex
	told    []connectors.DisputeNotice
	replied []connectors.DisputeNotice
	deaf    bool
}

func (p *partners) hear(into *[]connectors.DisputeNotice, notice connectors.DisputeNotice) connectors.Answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deaf {
		return connectors.Answer{Reason: reason.Unknown}
	}
	*into = append(*into, notice)
	return connectors.Answer{Decision: connectors.Accepted}
}

// NotifyDispute implements connectors.DisputeAcquirer.
func (p *partners) NotifyDispute(
	_ context.Context, _ connectors.Participant, notice connectors.DisputeNotice,
) connectors.Answer {
	return p.hear(&p.told, notice)
}

// NotifyDisputeResponse implements connectors.DisputeWallet.
func (p *partners) NotifyDisputeResponse(
	_ context.Context, _ connectors.Participant, notice connectors.DisputeNotice,
) connectors.Answer {
	return p.hear(&p.replied, notice)
}

func (p *partners) heard() (told, replied []connectors.DisputeNotice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append(told, p.told...), append(replied, p.replied...)
}

// bench is a desk on a real database about one payment.
type bench struct {
	*dispute.Desk
	t        *testing.T
	pool     *db.Pool
	clock    *clock.Fixed
	payment  dispute.Payment
	partners *partners
}

// DisputedPayment implements dispute.Payments.
func (b *bench) DisputedPayment(
	_ context.Context, _ db.Reader, wallet connectors.Participant, named connectors.Reference,
) (dispute.Payment, error) {
	if wallet.ID != b.payment.WalletID || named.RequestID != b.payment.ID.String() {
		return dispute.Payment{}, reason.New(reason.NotFound, "bench", "")
	}
	return b.payment, nil
}

// PaymentOf implements dispute.Payments.
func (b *bench) PaymentOf(context.Context, db.Reader, ids.ID) (dispute.Payment, error) {
	return b.payment, nil
}

func participant(id string, role connectors.Role) route.Participant {
	return route.Participant{Participant: connectors.Participant{ID: id, Role: role, ClientID: id, Connector: "scripted"}}
}

func each(t *testing.T, body func(t *testing.T, b *bench)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		b := &bench{t: t, pool: pool, clock: &clock.Fixed{At: paidAt.Add(time.Hour)}, partners: &partners{}}
		b.payment = paid(0)
		b.payment.ID, b.payment.RequestID = ids.New(), "PR-1"
		b.payment.AcquirerID, b.payment.WalletID = "JP-ACQUIRER", "HK-WALLET"
		directory := route.NewDirectory([]route.Participant{
			participant("JP-ACQUIRER", connectors.RoleAcquirer), participant("HK-WALLET", connectors.RoleWallet),
			participant("SG-ACQUIRER", connectors.RoleAcquirer),
		}, nil)
		b.Desk = &dispute.Desk{
			Pool: pool, Clock: b.clock, Logger: slog.New(slog.DiscardHandler), Region: "asia-1", Payments: b,
			Directory: func() *route.Directory { return directory }, Terms: dispute.Terms{}.WithDefaults(),
			Wallets:   map[string]connectors.DisputeWallet{"scripted": b.partners},
			Acquirers: map[string]connectors.DisputeAcquirer{"scripted": b.partners},
			Notices:   []time.Duration{time.Minute, time.Hour},
		}
		body(t, b)
	}, dbtest.Load(t, outbox.Migrations, dispute.Migrations))
}

func (b *bench) open(requestID string, stage connectors.DisputeStage, minor int64) reason.Kind {
	b.t.Helper()
	return reason.Of(b.OpenDispute(b.t.Context(), participant("HK-WALLET", connectors.RoleWallet).Participant,
		connectors.DisputeOrder{
			RequestID: requestID, CheckedFields: sha256.Sum256([]byte(requestID + string(stage) + jpy(minor).String())),
			Stage: stage, Payment: connectors.Reference{RequestID: b.payment.ID.String()}, Amount: jpy(minor),
			Why: "not delivered", OccurredAt: b.clock.At,
		}))
}

func (b *bench) respond(d dispute.Dispute, from string, refund money.Amount, whole bool) reason.Kind {
	b.t.Helper()
	return reason.Of(b.RespondToDispute(b.t.Context(), participant(from, connectors.RoleAcquirer).Participant,
		connectors.DisputeResponse{
			RequestID: d.ID.String(), Stage: d.Stage, Refund: refund, Whole: whole, Evidence: "signed receipt",
			CheckedFields: sha256.Sum256([]byte(refund.String())),
		}))
}

// last returns the dispute that was opened last.
func (b *bench) last() dispute.Dispute {
	b.t.Helper()
	all, err := dispute.OfPayment(b.t.Context(), b.pool, b.payment.ID)
	if err != nil || len(all) == 0 {
		b.t.Fatalf("%d disputes, %v", len(all), err)
	}
	return all[len(all)-1]
}

// work runs the desk until a condition holds.
func (b *bench) work(what string, holds func() bool) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	var group sync.WaitGroup
	group.Go(func() { b.Run(ctx) })
	deadline := time.Now().Add(time.Minute)
	for !holds() && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	group.Wait()
	if !holds() {
		b.t.Fatalf("not within a minute: %s; the last dispute is %+v", what, b.last())
	}
}

func (b *bench) untold(who dispute.Notice) func() bool {
	return func() bool { return b.last().Notice == who }
}

// TestDisputeIsAnswered: the acquirer is told with the hub's id and its own of the
// payment, and the wallet with its own of both.
func TestDisputeIsAnswered(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for _, want := range []reason.Kind{reason.None, reason.None} {
			if kind := b.open("D-1", connectors.Retrieval, 900); kind != want {
				t.Fatal(kind)
			}
		}
		if kind := b.open("D-1", connectors.Retrieval, 901); kind != reason.Inconsistent {
			t.Errorf("another amount under the same id: %s", kind)
		}
		b.work("the acquirer is told", b.untold(dispute.NoticeNone))
		d := b.last()
		told, _ := b.partners.heard()
		if len(told) != 1 || told[0].RequestID != d.ID.String() || told[0].PaymentRequestID != "PR-1" ||
			told[0].Amount != jpy(900) || told[0].Why != "not delivered" ||
			!told[0].AnswerBy.Equal(d.OpenedAt.Add(10*24*time.Hour)) {
			t.Errorf("told %+v", told)
		}
		for from, want := range map[string]reason.Kind{"SG-ACQUIRER": reason.NotFound} {
			if kind := b.respond(d, from, jpy(0), false); kind != want {
				t.Errorf("%s: %s", from, kind)
			}
		}
		if kind := b.respond(d, "JP-ACQUIRER", jpy(901), false); kind != reason.RefundExceeds {
			t.Errorf("more than is disputed: %s", kind)
		}
		for _, step := range []struct {
			refund money.Amount
			want   reason.Kind
		}{{jpy(300), reason.None}, {jpy(300), reason.None}, {jpy(0), reason.Inconsistent}} {
			if kind := b.respond(d, "JP-ACQUIRER", step.refund, false); kind != step.want {
				t.Errorf("response %s: %s, want %s", step.refund, kind, step.want)
			}
		}
		b.work("the wallet is told", b.untold(dispute.NoticeNone))
		_, replied := b.partners.heard()
		if len(replied) != 1 || replied[0].RequestID != "D-1" || replied[0].PaymentRequestID != b.payment.ID.String() ||
			replied[0].Refund != jpy(300) || replied[0].Evidence != "signed receipt" {
			t.Errorf("replied %+v", replied)
		}
		if d = b.last(); d.State != dispute.Accepted || d.Refund != jpy(300) || d.Version != 2 {
			t.Errorf("%+v", d)
		}
		changes, err := dispute.Changes(t.Context(), b.pool, d.ID)
		if err != nil || len(changes) != 2 || changes[0].Event != "OPENED" || changes[1].Event != dispute.GivesBack {
			t.Errorf("%+v, %v", changes, err)
		}
	})
}

// TestDeadline: it counts from when the acquirer has confirmed; who does not answer a
// retrieval gives no evidence, who does not answer an escalation has lost it.
func TestDeadline(t *testing.T) {
	for stage, c := range map[connectors.DisputeStage]struct {
		state  dispute.State
		days   int
		refund int64
	}{connectors.Retrieval: {dispute.Lapsed, 10, 0}, connectors.Escalation: {dispute.Accepted, 20, 900}} {
		each(t, func(t *testing.T, b *bench) {
			b.partners.deaf = true
			if kind := b.open("D-1", stage, 900); kind != reason.None {
				t.Fatal(kind)
			}
			b.work("it was tried", func() bool { return b.last().NoticeAttempts == 1 })
			b.clock.At = b.clock.At.Add(100 * 24 * time.Hour)
			b.work("it was tried again", func() bool { return b.last().NoticeAttempts == 2 })
			if d := b.last(); d.State != dispute.Waiting {
				t.Fatalf("%s before the acquirer knew: %s", stage, d.State)
			}
			b.partners.deaf = false
			b.clock.At = b.clock.At.Add(time.Hour)
			b.work("the acquirer is told", b.untold(dispute.NoticeNone))
			within := time.Duration(c.days) * 24 * time.Hour
			if d := b.last(); !d.DueAt.Equal(b.clock.At.Add(within)) {
				t.Errorf("%s: due at %s", stage, d.DueAt)
			}
			b.clock.At = b.clock.At.Add(within)
			b.work("time is over", func() bool { return b.last().State != dispute.Waiting })
			d := b.last()
			if d.State != c.state || d.Refund != jpy(c.refund) {
				t.Errorf("%s: %+v", stage, d)
			}
			if kind := b.respond(d, "JP-ACQUIRER", jpy(0), false); kind != reason.Closed {
				t.Errorf("%s: a late answer: %s", stage, kind)
			}
		})
	}
}

func (b *bench) rule(d dispute.Dispute, forPayer bool, refund money.Amount) reason.Kind {
	b.t.Helper()
	return reason.Of(b.pool.InTx(b.t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := dispute.Rule(ctx, tx, dispute.Ruling{DisputeID: d.ID, ForPayer: forPayer, Refund: refund, At: b.clock.At})
		return err
	}))
}

// TestRulings: what the acquirer gives back is booked as it said, and a contested
// escalation is decided, each once.
func TestRulings(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.open("D-1", connectors.Escalation, 900)
		d := b.last()
		if kind := b.rule(d, true, jpy(900)); kind != reason.ProposalClosed {
			t.Errorf("before the acquirer has spoken: %s", kind)
		}
		b.respond(d, "JP-ACQUIRER", jpy(0), false)
		for _, step := range []struct {
			refund money.Amount
			want   reason.Kind
		}{
			{jpy(901), reason.InvalidRequest}, {jpy(0), reason.InvalidRequest}, {money.New(1, "USD"), reason.InvalidRequest},
			{jpy(450), reason.None}, {jpy(450), reason.ProposalClosed},
		} {
			if kind := b.rule(d, true, step.refund); kind != step.want {
				t.Errorf("%s: %s, want %s", step.refund, kind, step.want)
			}
		}
		if d = b.last(); d.State != dispute.Settled || d.Refund != jpy(450) || d.ClosedAt.IsZero() {
			t.Errorf("%+v", d)
		}
		if kind := b.rule(dispute.Dispute{ID: ids.New()}, false, money.Amount{}); kind != reason.Missing {
			t.Errorf("no dispute: %s", kind)
		}
		b.clock.At = b.clock.At.Add(time.Hour)
		b.open("D-2", connectors.Retrieval, 600)
		d = b.last()
		b.respond(d, "JP-ACQUIRER", money.Amount{}, true)
		if kind := b.rule(d, true, jpy(599)); kind != reason.Inconsistent {
			t.Errorf("less than the acquirer gives: %s", kind)
		}
		if kind := b.rule(d, true, jpy(600)); kind != reason.None {
			t.Errorf("as the acquirer gives: %s", kind)
		}
	})
}

// TestEscalatedAgain: the second escalation goes on in place of the first.
func TestEscalatedAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.open("D-1", connectors.Escalation, 900)
		first := b.last()
		b.respond(first, "JP-ACQUIRER", jpy(0), false)
		b.clock.At = b.clock.At.Add(24 * time.Hour)
		if kind := b.open("D-2", connectors.Escalation, 1500); kind != reason.None {
			t.Fatal(kind)
		}
		if found, err := dispute.Find(t.Context(), b.pool, first.ID); err != nil || found.State != dispute.Dismissed {
			t.Errorf("%+v, %v", found, err)
		}
		if kind := b.rule(first, true, jpy(1)); kind != reason.ProposalClosed {
			t.Errorf("the first one: %s", kind)
		}
		all, err := dispute.List(t.Context(), b.pool, dispute.Waiting, b.clock.At.Add(time.Hour), ids.Nil, 10)
		if err != nil || len(all) != 1 || all[0].RequestID != "D-2" {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// TestRefundedMeanwhile: an acquirer cannot give back what it has refunded since.
func TestRefundedMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.open("D-1", connectors.Retrieval, 1500)
		b.payment.Returned = jpy(1000)
		if kind := b.respond(b.last(), "JP-ACQUIRER", money.Amount{}, true); kind != reason.RefundExceeds {
			t.Errorf("%s", kind)
		}
		if kind := b.respond(b.last(), "JP-ACQUIRER", jpy(500), false); kind != reason.None {
			t.Errorf("%s", kind)
		}
	})
}

// TestRefusals: what names no payment or no dispute leaves nothing behind.
func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		wallet := participant("HK-WALLET", connectors.RoleWallet).Participant
		for name, order := range map[string]connectors.DisputeOrder{
			"no id":     {Stage: connectors.Retrieval, Amount: jpy(1)},
			"a long id": {RequestID: strings.Repeat("x", 65), Stage: connectors.Retrieval, Amount: jpy(1)},
			"no payment": {RequestID: "D", Stage: connectors.Retrieval, Amount: jpy(1),
				Payment: connectors.Reference{RequestID: "x"}},
			"all and more": {RequestID: "D", Stage: connectors.Retrieval, Amount: jpy(1501),
				Payment: connectors.Reference{RequestID: b.payment.ID.String()}},
		} {
			if err := b.OpenDispute(t.Context(), wallet, order); err == nil {
				t.Errorf("%s was taken", name)
			}
		}
		for _, id := range []string{"", "x", ids.New().String()} {
			err := b.RespondToDispute(t.Context(), participant("JP-ACQUIRER", connectors.RoleAcquirer).Participant,
				connectors.DisputeResponse{RequestID: id, Stage: connectors.Retrieval})
			if reason.Of(err) != reason.NotFound {
				t.Errorf("dispute %q: %v", id, err)
			}
		}
		if all, err := dispute.OfPayment(t.Context(), b.pool, b.payment.ID); err != nil || len(all) != 0 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// TestForget: disputes that ended long ago lose what both sides said, and keep how they
// ended; what is open or ended yesterday stays as it is.
func TestForget(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		said := func() (told int) {
			t.Helper()
			all, err := dispute.OfPayment(t.Context(), b.pool, b.payment.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range all {
				if d.Why != "" {
					told++
				}
				if d.Why == "" && (d.Evidence != "" || d.Amount.Minor == 0 || d.ClosedAt.IsZero()) {
					t.Errorf("%+v", d)
				}
			}
			return told
		}
		b.open("D-1", connectors.Retrieval, 100)
		b.work("the acquirer is told", b.untold(dispute.NoticeNone))
		b.respond(b.last(), "JP-ACQUIRER", jpy(0), false)
		b.work("the wallet is told", b.untold(dispute.NoticeNone))
		b.open("D-2", connectors.Escalation, 900)
		before := b.clock.At.Add(24 * time.Hour)
		forgets := func(before time.Time, want int64) {
			t.Helper()
			var count int64
			err := b.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
				count, err = dispute.Forget(ctx, tx, "asia-1", before, 10)
				return err
			})
			if err != nil || count != want {
				t.Errorf("%d forgotten, %v, want %d", count, err, want)
			}
		}
		if said() != 2 {
			t.Fatalf("%d disputes say why", said())
		}
		forgets(b.clock.At.Add(-time.Hour), 0)
		forgets(before, 1)
		forgets(before, 0)
		if said() != 1 {
			t.Errorf("%d disputes say why", said())
		}
	})
}
