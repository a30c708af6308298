package engine_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// stuckWallet is one wallet that does not answer before it is released, and others that
// answer when they are asked.
type stuckWallet struct {
	*wallet
	stuck    string
	released chan struct{}
}

// Pay implements connectors.Wallet: nobody says what became of a payment.
func (w *stuckWallet) Pay(context.Context, connectors.Participant, connectors.Payment) connectors.Answer {
	return connectors.Answer{Sent: []byte("{}"), Received: []byte("{}")}
}

// Inquire implements connectors.Wallet.
func (w *stuckWallet) Inquire(
	ctx context.Context, to connectors.Participant, request iso20022.StatusRequest,
) connectors.Answer {
	if to.ID == w.stuck {
		<-w.released
	}
	return w.wallet.Inquire(ctx, to, request)
}

// TestStuckWalletIsNotInTheWay: hundreds of payments of a wallet that does not answer are
// due before the one of another, and that is found out all the same; once it answers,
// its own are found out, too.
func TestStuckWalletIsNotInTheWay(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		world := &stuckWallet{wallet: h.wallet, stuck: "HK-WALLET", released: make(chan struct{})}
		h.Wallets["scripted"] = world
		var group sync.WaitGroup
		var mu sync.Mutex
		var stuck []connectors.Payment
		for worker := range 10 {
			group.Go(func() {
				for n := range 20 {
					paid, err := h.pay(fmt.Sprintf("PR-%d-%d", worker, n), jpy(10))
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					stuck = append(stuck, paid)
					mu.Unlock()
				}
			})
		}
		group.Wait()
		other, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"),
			order("PR-OTHER", h.code("KR-WALLET", "U1", "Mei Lantern"), jpy(10)))
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(time.Minute)
		h.duties()
		h.until(other.ID, string(payment.Posted))
		close(world.released)
		h.clock.Advance(time.Minute) // past the lease of those that found no place
		for _, paid := range stuck {
			h.until(paid.ID, string(payment.Posted))
		}
	})
}

// backlog copies a payment that waits for its wallet many times.
const backlog = `
INSERT INTO payment (payment_id, region, version, state, mode, acquirer_id, request_id, wallet_id, payer_reference,
	wallet_payment_id, order_code, notify_url, reason, currency, amount_minor, payer_currency, payer_minor,
	merchant_currency, merchant_minor, fee_minor, window_id, duty, duty_attempts, due_at, expires_at, created_at,
	completed_at, detail)
SELECT gen_random_uuid(), region, version, state, mode, acquirer_id, request_id || '-' || n::TEXT, wallet_id,
	payer_reference, wallet_payment_id, order_code, notify_url, reason, currency, amount_minor, payer_currency,
	payer_minor, merchant_currency, merchant_minor, fee_minor, window_id, duty, duty_attempts, due_at, expires_at,
	created_at, completed_at, detail
FROM payment, generate_series(1, $2::BIGINT) AS n WHERE payment_id = $1`

// counted is the number that a statement counts.
func (h *hub) counted(sql string, arguments ...any) (n int) {
	h.t.Helper()
	if err := h.pool.QueryRow(h.t.Context(), sql, arguments...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// TestABacklogIsNotTouched: of 10,000 duties with a wallet that does not answer as many are
// begun as it has places. The others are not written, not read on the way to what is due
// with another wallet, and that is found out at once.
func TestABacklogIsNotTouched(t *testing.T) {
	const many = 10_000
	each(t, func(t *testing.T, h *hub) {
		world := &stuckWallet{wallet: h.wallet, stuck: "HK-WALLET", released: make(chan struct{})}
		h.Wallets["scripted"] = world
		first, err := h.pay("PR-1", jpy(10))
		if err != nil {
			t.Fatal(err)
		}
		h.exec(backlog, first.ID, many-1)
		other, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"),
			order("PR-OTHER", h.code("KR-WALLET", "U1", "Mei Lantern"), jpy(10)))
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(time.Minute)
		h.planned(t, many)
		now := h.clock.Now()
		h.duties()
		h.until(other.ID, string(payment.Posted))
		leased := func() int {
			return h.counted(`SELECT count(*) FROM payment WHERE wallet_id = 'HK-WALLET' AND due_at > $1`, now)
		}
		begun := 0
		for deadline := time.Now().Add(time.Minute); begun < engine.DutyPlaces && time.Now().Before(deadline); {
			begun = leased()
		}
		time.Sleep(20 * time.Millisecond) // two more looks of the worker
		if again := leased(); begun != engine.DutyPlaces || again != begun {
			t.Errorf("%d, then %d of %d duties were begun, there are places for %d", begun, again, many, engine.DutyPlaces)
		}
		// What was copied has nothing reserved: only the first may be carried on to its end.
		h.exec(`DELETE FROM payment WHERE request_id LIKE 'PR-1-%'`)
		close(world.released)
		h.clock.Advance(time.Minute)
		h.until(first.ID, string(payment.Posted))
	})
}

// planned fails if what is due with one wallet is not read from the index in its order.
func (h *hub) planned(t *testing.T, many int) {
	t.Helper()
	if kind := h.textOf(`SELECT version()`); !strings.HasPrefix(kind, "PostgreSQL") {
		return // others write their plans in other words
	}
	h.exec(`ANALYZE payment`)
	rows, err := h.pool.Query(t.Context(), "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, COSTS OFF)"+engine.DuePayments,
		region, h.clock.Now(), []string{"", "JP-ACQUIRER", "KR-WALLET"}, 64)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	plan := strings.Join(lines, "\n")
	if !strings.Contains(plan, "payment_by_partner_duty") || strings.Contains(plan, "Removed by Filter") ||
		strings.Contains(plan, "Sort") || strings.Contains(plan, "Seq Scan") {
		t.Errorf("of %d duties with another wallet some are read:\n%s", many, plan)
	}
}

func (h *hub) textOf(sql string) (text string) {
	h.t.Helper()
	if err := h.pool.QueryRow(h.t.Context(), sql).Scan(&text); err != nil {
		h.t.Fatal(err)
	}
	return text
}

// refused is what comes of a call that the wallet's own limits do not let out.
func refused(string) connectors.Answer {
	return connectors.Answer{Reason: reason.Unknown, Err: reason.New(reason.Busy, "throttle.Enter", "")}
}

// TestRefusedCallsAreNotWritten: a call that the limits of a wallet refuse leaves no trace in
// the database, is no try, and is made when the wallet may be called again.
func TestRefusedCallsAreNotWritten(t *testing.T) {
	for verb, c := range map[string]struct {
		begin func(t *testing.T, h *hub) ids.ID
		free  func(h *hub)
		ended func(h *hub, id ids.ID) bool
	}{
		"inquire": {func(t *testing.T, h *hub) ids.ID {
			h.wallet.pay, h.wallet.inquire = nil, refused
			return h.paid(t)
		}, func(h *hub) { h.wallet.inquire = says(connectors.Accepted) }, posted},
		"cancel": {func(t *testing.T, h *hub) ids.ID {
			h.wallet.pay, h.wallet.inquire, h.wallet.cancel = nil, says(connectors.Absent), refused
			id := h.paid(t)
			_, err := h.Cancel(t.Context(), h.participant("JP-ACQUIRER"), connectors.Reference{PaymentID: id})
			if reason.Of(err) != reason.InProcess {
				t.Fatalf("cancel: %v", err)
			}
			return id
		}, func(h *hub) { h.wallet.cancel = says(connectors.Accepted) }, func(h *hub, id ids.ID) bool {
			return h.file(connectors.Payment{ID: id}).Payment.State == payment.Cancelled
		}},
		"refund": {func(t *testing.T, h *hub) ids.ID {
			id := h.paid(t)
			h.wallet.refund = says(connectors.Undecided)
			if _, err := h.refund("RF-1", "PR-1", jpy(700)); err != nil {
				t.Fatal(err)
			}
			h.wallet.refund = refused
			return id
		}, func(h *hub) { h.wallet.refund = says(connectors.Accepted) }, func(h *hub, id ids.ID) bool {
			return h.file(connectors.Payment{ID: id}).Returns[0].State == payment.ReturnPosted
		}},
	} {
		t.Run(verb, func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				id := c.begin(t, h)
				before, calls := h.written(), h.wallet.count(verb)
				for range 3 {
					h.clock.Advance(time.Minute / 6)
					if err := h.DutyRound(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if after := h.written(); after != before {
					t.Errorf("written %s, was %s", after, before)
				}
				if h.wallet.count(verb) == calls || c.ended(h, id) {
					t.Errorf("%d calls, ended %v", h.wallet.count(verb)-calls, c.ended(h, id))
				}
				c.free(h)
				h.clock.Advance(time.Minute / 6)
				if err := h.DutyRound(t.Context()); err != nil {
					t.Fatal(err)
				}
				if !c.ended(h, id) {
					t.Errorf("not ended: %+v", h.file(connectors.Payment{ID: id}).Payment)
				}
				h.sound()
			})
		})
	}
}

func (h *hub) paid(t *testing.T) ids.ID {
	t.Helper()
	paid, err := h.pay("PR-1", jpy(1500))
	if err != nil {
		t.Fatal(err)
	}
	return paid.ID
}

func posted(h *hub, id ids.ID) bool {
	return h.file(connectors.Payment{ID: id}).Payment.State == payment.Posted
}

// written is all that duties write but for leases: versions, tries and messages.
func (h *hub) written() string {
	h.t.Helper()
	return fmt.Sprint(
		h.counted(`SELECT (sum(version) + sum(duty_attempts))::BIGINT FROM payment`),
		h.counted(`SELECT coalesce(sum(version) + sum(duty_attempts), 0)::BIGINT FROM payment_return`),
		h.counted(`SELECT count(*) FROM message_record`), h.counted(`SELECT count(*) FROM payment_history`),
		h.counted(`SELECT count(*) FROM outbox`),
	)
}
