package invariant_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/internal/db"
)

// damages are what could be wrong with the books, one statement each, under what the
// check says that must find it.
func damages() map[string][]string {
	all := map[string][]string{
		"debits equal credits in every currency": {
			`UPDATE ledger_account SET debits_minor = debits_minor + 1 WHERE account_id = (SELECT min(account_id) FROM ledger_account)`,
		},
		"every balance is the sum of its entries": {
			`UPDATE ledger_account SET debits_minor = debits_minor + 1, credits_minor = credits_minor + 1`,
			`DELETE FROM ledger_entry WHERE entry_id = (SELECT max(entry_id::TEXT)::UUID FROM ledger_entry)`,
			`UPDATE ledger_entry SET amount_minor = amount_minor + 1`,
		},
		"every posted position is its account's net debit": {`UPDATE participant_position SET posted_minor = posted_minor + 1`},
		"posted, reserved and what is paid out stay under the cap": {
			`UPDATE participant_position SET reserved_minor = cap_minor - posted_minor + 1`,
		},
		"what is set aside is the rest of what is paid out":              {`UPDATE participant_position SET paying_minor = paying_minor + 1`},
		"what the regions are allotted is the cap: limit and prefunding": {`UPDATE participant_position SET cap_minor = cap_minor + 1`},
		"what a cap counts as prefunded is on the prefunding account": {
			`UPDATE position_limit SET prefunded_minor = prefunded_minor + 1`,
			`UPDATE position_limit SET limit_minor = limit_minor + prefunded_minor, prefunded_minor = 0`,
			`UPDATE ledger_account SET debits_minor = debits_minor + 1 WHERE purpose = 'PREFUNDING'`,
			`DELETE FROM ledger_account WHERE purpose = 'PREFUNDING'`,
			`DELETE FROM position_limit WHERE prefunded_minor > 0`,
		},
		"what is reserved is the sum of the pending reservations": {
			`UPDATE participant_position SET reserved_minor = reserved_minor + 1`, `DELETE FROM reservation WHERE state = 'PENDING'`,
		},
		"a reservation is pending exactly while its payment is open": {
			`UPDATE reservation SET state = 'PENDING' WHERE state = 'POSTED'`, `UPDATE payment SET state = 'POSTED' WHERE state = 'UNDER_REVIEW'`,
		},
		"one debit and one credit for a posted payment, none for any other": {
			`UPDATE payment SET state = 'DECLINED' WHERE state = 'POSTED'`,
			`UPDATE payment SET state = 'POSTED' WHERE state = 'DECLINED'`,
			`UPDATE ledger_entry SET kind = 'RETURN' WHERE kind = 'PAYMENT'`,
			`UPDATE ledger_entry SET kind = 'PAYMENT' WHERE kind = 'RETURN'`,
			`UPDATE ledger_entry SET subject_id = payment_id, sequence = 100 + sequence, kind = 'PAYMENT' WHERE kind = 'RETURN'
				AND subject_id = (SELECT return_id FROM payment_return WHERE request_id = 'BACK-0')`,
		},
		"every payment is on record as it came, and every end with its status report": {
			`DELETE FROM message_record WHERE name LIKE 'pacs.008.%' AND leg = 'acquirer'`,
			`DELETE FROM message_record WHERE name LIKE 'pacs.008.%' AND leg = 'wallet'`,
			`DELETE FROM message_record WHERE name LIKE 'pacs.002.%' AND direction = 'OUT'`,
		},
		"every return is on record as it came, and every end with what it came to": {
			`DELETE FROM message_record WHERE name LIKE 'pacs.004.%'`,
			`DELETE FROM message_record WHERE name LIKE 'pacs.002.%' AND direction = 'OUT'`,
		},
		"what partners said stands beside an ISO 20022 message of the same payment": {
			`UPDATE message_record SET pair_id = payment_id WHERE pair_id <> message_id`,
			`UPDATE message_record SET partner_id = 'OTHER' WHERE pair_id <> message_id AND pair_id <> '00000000-0000-0000-0000-000000000000'`,
		},
		"a final state is never left": {`UPDATE payment_history SET state = 'POSTED' WHERE state = 'RESERVED'`},
		"every payment holds the claim of its request": {
			`DELETE FROM request_claim WHERE operation = 'pay'`, `UPDATE request_claim SET subject_id = '00000000-0000-0000-0000-000000000000'`,
		},
		"every change has its outbox event": {`DELETE FROM outbox`, `UPDATE outbox SET version = version + 100`},
		"a quote is used by one payment, before its expiry": {
			// The table itself allows none of it.
			unconstrained("fx_quote", "fx_quote_use", `UPDATE fx_quote SET used_by = NULL`),
			unconstrained("fx_quote", "fx_quote_use", `UPDATE fx_quote SET used_at = expires_at`),
			unconstrained("fx_quote", "fx_quote_use", `UPDATE fx_quote SET used_by = '00000000-0000-0000-0000-000000000000'`),
		},
		"at most one debit and one credit for a posted return, none for any other": {
			`UPDATE payment_return SET state = 'DECLINED'`, `DELETE FROM ledger_entry WHERE kind = 'RETURN'`,
			`UPDATE ledger_entry SET subject_id = entry_id WHERE kind = 'RETURN'`,
			`UPDATE ledger_entry SET kind = 'RETURN' WHERE kind = 'PAYMENT'`,
			`UPDATE ledger_entry SET kind = 'RETURN', subject_id = (SELECT return_id FROM payment_return WHERE request_id = 'BACK-0'), sequence = sequence + 100
				WHERE kind = 'PAYMENT' AND payment_id = (SELECT payment_id FROM payment_return WHERE request_id = 'BACK-0')`,
		},
		"no more is given back than was paid": {
			`UPDATE payment_return SET amount_minor = 1501`, `UPDATE payment_return SET currency = 'USD'`,
			`INSERT INTO payment_return SELECT gen_random_uuid(), r.region, r.payment_id, 1, 'HELD', r.kind, r.acquirer_id, r.wallet_id,
				'BACK-1', '', r.currency, 1001, r.window_id, r.duty, 0, r.due_at, r.created_at, r.completed_at, r.detail
				FROM payment_return r WHERE r.request_id = 'BACK-0'`,
			dispute("1001"),
		},
		"the nets of a window sum to zero in every currency": {
			`UPDATE window_net SET debits_minor = debits_minor + 1 WHERE participant_id <> 'HUB'`,
			`INSERT INTO window_gross (window_id, participant_id, currency, debits_minor, credits_minor, entries)
				SELECT window_id, participant_id, currency, 1, 0, 1 FROM window_net`,
			`UPDATE window_settled SET credits_minor = credits_minor + 1 WHERE participant_id = 'HUB'`,
		},
		"the nets of a window equal its entries": {
			`UPDATE window_net SET debits_minor = debits_minor + 1, credits_minor = credits_minor + 1`,
			`UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE kind = 'PAYMENT'`,
		},
		"what was settled in a window equals its entries": {
			`INSERT INTO window_settled (window_id, participant_id, currency, debits_minor, credits_minor, entries)
				SELECT window_id, participant_id, currency, 1, 0, 1 FROM window_net WHERE participant_id <> 'HUB'`,
			`UPDATE ledger_entry SET kind = 'SETTLEMENT' WHERE kind = 'PAYMENT'`,
		},
		"what is settled by itself comes to its payment's entries": {
			`UPDATE obligation SET subject_id = (SELECT min(payment_id::TEXT)::UUID FROM payment WHERE state = 'POSTED'),
				window_id = NULL WHERE obligation_id = (SELECT min(obligation_id::TEXT)::UUID FROM obligation)`,
		},
		"the gross of a window equals what is settled by itself": {
			`INSERT INTO window_gross (window_id, participant_id, currency, debits_minor, credits_minor, entries)
				SELECT window_id, participant_id, currency, 1, 0, 1 FROM window_net WHERE participant_id <> 'HUB'`,
		},
		"what is kept as brought into a window is the sum of those before it": {
			`INSERT INTO window_carried (region, number, participant_id, currency, debits_minor, credits_minor, entries)
				SELECT w.region, w.number + 1, n.participant_id, n.currency, n.debits_minor + 1, n.credits_minor + 1, n.entries
				FROM window_net n JOIN settlement_window w ON w.window_id = n.window_id`,
			`INSERT INTO window_carried (region, number, participant_id, currency, debits_minor, credits_minor, entries)
				SELECT w.region, w.number + 1, n.participant_id, n.currency, n.debits_minor, n.credits_minor, n.entries
				FROM window_net n JOIN settlement_window w ON w.window_id = n.window_id WHERE n.participant_id <> 'HUB'`,
		},
		"an obligation is discharged as its steps say": {
			`UPDATE obligation SET discharged_minor = discharged_minor + 1`, `UPDATE obligation SET state = 'SETTLED'`,
			`UPDATE obligation SET final_at = created_at`,
		},
		"a window is settled exactly when nothing of it is left to pay": {
			`UPDATE settlement_window SET state = 'SETTLED' WHERE state = 'SETTLING'`,
			`UPDATE obligation SET state = 'COVERED'`,
		},
		"no reservation without a recorded decision that does not refuse it": {
			`DELETE FROM screening_decision`, `UPDATE screening_decision SET outcome = 'REJECT'`,
		},
		"a held payment goes on by the decision of a case and not without": {
			`DELETE FROM review_case`, `UPDATE payment SET state = 'RESERVED' WHERE state = 'UNDER_REVIEW'`,
			`UPDATE review_case SET held = FALSE`, `UPDATE review_case SET state = 'LAPSED'`,
		},
		"the exposure in a currency is the exchange account's": {`UPDATE fx_position SET amount_minor = amount_minor + 1`},
		"the book's positions are the sums of its flows": {
			`UPDATE fx_position SET cost_minor = cost_minor + 1`, `UPDATE fx_flow SET amount_minor = amount_minor + 1`, `DELETE FROM fx_flow`,
		},
		"the book's profit is the ledger's": {
			`UPDATE fx_position SET realised_minor = realised_minor + 1`, `UPDATE fx_position SET unrealised_minor = unrealised_minor + 1`,
		},
		"the book's income is the ledger's": {`UPDATE fx_position SET income_minor = income_minor + 1`},
		"every entry is in its region's chain or waits for it, and not both": {
			`DELETE FROM ledger_link`,
			`INSERT INTO ledger_unsealed (region, entry_id, entries) SELECT region, entry_id, entries FROM ledger_link`,
			`UPDATE ledger_link SET entries = entries + 1`,
		},
		"every link has its entry and its place before the head": {
			`DELETE FROM ledger_entry`, `UPDATE ledger_chain SET number = number - 1`, `DELETE FROM ledger_chain`,
		},
		"customs are told of no more than was paid, and of an order once at each office": {
			declare("payer_minor + 1", "payer_currency", "1"), declare("1", "'USD'", "1"),
			declare("1", "payer_currency", "1", "2"),
		},
	}
	maps.Copy(all, damagesOfFigures())
	return all
}

// unconstrained are statements that do what a constraint forbids.
func unconstrained(table, constraint, statement string) string {
	return `ALTER TABLE ` + table + ` DROP CONSTRAINT ` + constraint + `;` + statement
}

// dispute is a statement by which a dispute gave back so much of a payment.
func dispute(minor string) string {
	return `INSERT INTO dispute SELECT gen_random_uuid(), region, payment_id, acquirer_id, wallet_id, 'OBJECTED', '',
			'ESCALATION', 'SETTLED', 1, currency, ` + minor + `, ` + minor + `, '', '', '', created_at, created_at, created_at,
			created_at, created_at, '', 0, created_at
		FROM payment_return WHERE request_id = 'BACK-0'`
}

// declare is a statement that declares the posted payments once or more, all by one order.
func declare(minor, currency string, times ...string) string {
	return `INSERT INTO customs_declaration (declaration_id, region, payment_id, acquirer_id, wallet_id, request_id, checked_hash,
			version, state, reason, office_code, office_country, merchant_code, merchant_name, currency, amount_minor, split,
			order_id, personal, buyer, receipt, progress, declared_at, answered_at, attempts, due_at)
		SELECT gen_random_uuid(), region, payment_id, acquirer_id, wallet_id, request_id || n::TEXT, '', 1, 'TAKEN', '', 'OFFICE',
			'CN', '', '', ` + currency + `, ` + minor + `, FALSE, 'ORDER', FALSE, '', '', '', created_at, created_at, 0, created_at
		FROM payment CROSS JOIN (SELECT unnest(ARRAY[` + strings.Join(times, ", ") + `]) AS n) numbers WHERE state = 'POSTED'`
}

// TestDamageIsFound: books of a working day hold, and each check finds what is wrong.
func TestDamageIsFound(t *testing.T) {
	h := day(t)
	h.KillHub() // the books stand still
	stagetest.Invariants(t, h.Stage)
	listed := damages()
	for _, check := range invariant.Checks() {
		statements := listed[check.Says]
		if len(statements) == 0 {
			t.Errorf("%s: nobody has tried to break that %s", check.Number, check.Says)
		}
		for _, statement := range statements {
			t.Run(check.Number, func(t *testing.T) {
				if found := afterDamage(t, h.Stage, check, statement); found == 0 {
					t.Errorf("it is not found that %s is broken by %s", check.Says, statement)
				}
			})
		}
		delete(listed, check.Says)
	}
	for says := range listed {
		t.Errorf("no check says that %s", says)
	}
}

// TestViolationSaysWhatIsBroken: the check, how often, and an example.
func TestViolationSaysWhatIsBroken(t *testing.T) {
	v := invariant.Violation{
		Check: invariant.Check{Number: "I0", Says: "all is well"}, Count: 3, Example: "JPY",
	}
	if got, want := v.String(), "I0 broken 3 times (all is well): JPY"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// errUndone takes a damage back.
var errUndone = errors.New("undone")

// afterDamage is how many rows a check finds after a statement.
func afterDamage(t *testing.T, s *stage.Stage, check invariant.Check, statement string) (found int) {
	t.Helper()
	err := s.Pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		var done int64
		for one := range strings.SplitSeq(statement, ";") {
			var err error
			if done, err = tx.Exec(ctx, one); err != nil {
				return err
			}
		}
		if done == 0 {
			return errors.New("the day has nothing that this could damage")
		}
		rows, err := tx.Query(ctx, check.Query)
		if err != nil {
			return err
		}
		broken, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		found = len(broken)
		return errUndone
	})
	if !errors.Is(err, errUndone) {
		t.Fatalf("%s: %v", statement, err)
	}
	return found
}
