package engine_test

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/window"
)

// closeMax is what a close may take, whatever was posted, where it is measured.
const closeMax = time.Second

// The generator writes what postings leave behind: payments, two entries each,
// and the figures that were kept with them.
const (
	generatePayments = `
WITH made AS (
	INSERT INTO payment (payment_id, region, version, state, mode, acquirer_id, request_id, wallet_id, payer_reference,
		wallet_payment_id, order_code, notify_url, reason, currency, amount_minor, payer_currency, payer_minor,
		merchant_currency, merchant_minor, fee_minor, window_id, duty, duty_attempts, due_at, expires_at, created_at,
		completed_at, detail)
	SELECT gen_random_uuid(), region, version, state, mode, acquirer_id, request_id || '-' || n::TEXT, wallet_id,
		payer_reference, wallet_payment_id, order_code, notify_url, reason, currency, amount_minor, payer_currency,
		payer_minor, merchant_currency, merchant_minor, fee_minor, window_id, duty, duty_attempts, due_at, expires_at,
		created_at, completed_at + n * INTERVAL '1 millisecond', detail
	FROM payment, generate_series($2::BIGINT, $3::BIGINT) AS n WHERE payment_id = $1
	RETURNING payment_id)
INSERT INTO ledger_entry (entry_id, region, payment_id, subject_id, sequence, kind, debit_account, credit_account,
	currency, amount_minor, window_id, booked_at)
SELECT gen_random_uuid(), e.region, made.payment_id, made.payment_id, e.sequence, e.kind, e.debit_account,
	e.credit_account, e.currency, e.amount_minor, e.window_id, e.booked_at
FROM ledger_entry e, made WHERE e.payment_id = $1`
	generatePositions = `
UPDATE participant_position SET posted_minor = posted_minor + (n.debits_minor - n.credits_minor) * $2::BIGINT
FROM window_net n WHERE n.window_id = $1 AND n.participant_id = participant_position.participant_id
	AND n.currency = participant_position.currency`
	generateNets = `
UPDATE window_net SET debits_minor = debits_minor * ($2::BIGINT + 1), credits_minor = credits_minor * ($2::BIGINT + 1),
	entries = entries * ($2::BIGINT + 1)
WHERE window_id = $1`
)

// TestCloseIsFlat: closing a window of many posted payments comes to their sum.
// CAUSEWAY_TEST_CLOSE names other numbers of payments, such as 10000,100000,1000000, and
// then it takes as long for many as for few, at most a second.
func TestCloseIsFlat(t *testing.T) {
	numbers, measured := []string{"100", "5000"}, false
	if text := os.Getenv("CAUSEWAY_TEST_CLOSE"); text != "" {
		numbers, measured = strings.Split(text, ","), true
	}
	each(t, func(t *testing.T, h *hub) {
		h.cap("HK-WALLET", money.New(1e15, "HKD"))
		for _, text := range numbers {
			number, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.pay("PR-"+text, jpy(1500)); err != nil {
				t.Fatal(err)
			}
			h.generate(number)
			start := time.Now()
			w := h.mustCutOff()
			took := time.Since(start)
			t.Logf("%d posted payments: closed in %s", number+1, took.Round(100*time.Microsecond))
			if obligations := h.obligations(w.ID); measured && took > closeMax || w.State != window.Closed || len(obligations) != 2 ||
				obligations[1].Amount.Minor != (number+1)*(1500-12) {
				t.Errorf("%s after %s: %+v", w.State, took, obligations)
			}
		}
	})
}

// chunk is how many copies one statement makes.
const chunk = 10_000

// generate posts copies of the one payment of the open window.
func (h *hub) generate(number int64) {
	h.t.Helper()
	id, err := window.Current(h.t.Context(), h.pool, region)
	if err != nil {
		h.t.Fatal(err)
	}
	var payment ids.ID
	row := h.pool.QueryRow(h.t.Context(), `SELECT payment_id FROM payment WHERE window_id = $1`, id)
	if err := row.Scan(&payment); err != nil {
		h.t.Fatal(err)
	}
	for from := int64(1); from <= number; from += chunk {
		h.exec(generatePayments, payment, from, min(number, from+chunk-1))
	}
	h.exec(generatePositions, id, number)
	h.exec(generateNets, id, number)
}

func (h *hub) exec(sql string, arguments ...any) {
	h.t.Helper()
	err := h.inTx(func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, sql, arguments...)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
