package invariant

// The checks of this file hold figures that are kept beside the ledger to the ledger, and what
// was agreed to what was done: a figure that only its own table knows could be changed by hand.

const reservedIsPosted = `
SELECT r.reservation_id::TEXT FROM reservation r
LEFT JOIN ledger_entry e ON e.subject_id = r.reservation_id AND e.sequence = 1
WHERE r.state = 'POSTED' AND (e.entry_id IS NULL OR e.amount_minor <> r.amount_minor
	OR e.debit_account <> r.participant_id || '.POSITION.' || r.currency)`

const reservedIsAgreed = `
SELECT r.reservation_id::TEXT FROM reservation r
JOIN payment p ON p.payment_id = r.reservation_id
WHERE r.participant_id <> p.wallet_id OR r.currency <> p.payer_currency OR r.amount_minor <> p.payer_minor
UNION ALL
SELECT r.reservation_id::TEXT FROM reservation r
JOIN payment_return p ON p.return_id = r.reservation_id
WHERE r.participant_id <> p.acquirer_id`

const fundingIsPosted = `
SELECT coalesce(m.movement_id, e.subject_id)::TEXT FROM prefunding_movement m
FULL JOIN (SELECT subject_id, account, sum(net)::BIGINT AS net FROM (
		SELECT subject_id, credit_account AS account, amount_minor AS net FROM ledger_entry WHERE kind = 'FUNDING'
		UNION ALL
		SELECT subject_id, debit_account, -amount_minor FROM ledger_entry WHERE kind = 'FUNDING') sides
	WHERE account LIKE '%.PREFUNDING.%' GROUP BY subject_id, account) e
	ON e.subject_id = m.movement_id AND e.account = m.participant_id || '.PREFUNDING.' || m.currency
WHERE coalesce(m.amount_minor, 0) <> coalesce(e.net, 0)`

// quotedIsAgreed knows a return's quote by the moment at which both were made.
const quotedIsAgreed = `
SELECT q.id::TEXT FROM fx_quote q
LEFT JOIN payment p ON p.payment_id = q.payment_id
WHERE q.leg IN ('payer', 'merchant') AND (p.payment_id IS NULL OR q.from_currency <> p.currency
	OR q.from_minor <> p.amount_minor
	OR q.leg = 'payer' AND (q.participant_id <> p.wallet_id OR q.to_currency <> p.payer_currency
		OR q.to_minor <> p.payer_minor)
	OR q.leg = 'merchant' AND (q.participant_id <> p.acquirer_id OR q.to_currency <> p.merchant_currency
		OR q.to_minor <> p.merchant_minor))
UNION ALL
SELECT q.id::TEXT FROM fx_quote q
LEFT JOIN payment_return r ON r.payment_id = q.payment_id AND r.created_at = q.used_at AND r.currency = q.from_currency
	AND r.amount_minor = q.from_minor
LEFT JOIN ledger_entry e ON e.subject_id = r.return_id AND e.kind = 'RETURN'
	AND q.participant_id || '.POSITION.' || q.to_currency = CASE WHEN q.leg = 'return-payer' THEN e.credit_account
		ELSE e.debit_account END
WHERE q.leg IN ('return-payer', 'return-merchant')
GROUP BY q.id, q.to_minor
HAVING sum(CASE WHEN r.state <> 'POSTED' OR e.amount_minor = q.to_minor THEN 1 ELSE 0 END)::BIGINT = 0`

const convertedIsQuoted = `
SELECT p.payment_id::TEXT FROM payment p
JOIN reservation r ON r.reservation_id = p.payment_id
LEFT JOIN (SELECT payment_id, sum(CASE WHEN leg = 'payer' THEN 1 ELSE 0 END)::BIGINT AS payer,
		sum(CASE WHEN leg = 'merchant' THEN 1 ELSE 0 END)::BIGINT AS merchant
	FROM fx_quote GROUP BY payment_id) q ON q.payment_id = p.payment_id
WHERE coalesce(q.payer, 0) <> CASE WHEN p.payer_currency <> p.currency THEN 1 ELSE 0 END
	OR coalesce(q.merchant, 0) <> CASE WHEN p.merchant_currency <> p.currency THEN 1 ELSE 0 END`

const partsMakePrice = `
SELECT id::TEXT FROM fx_quote
WHERE to_minor <> at_mid_minor + residue_minor + (spread_minor + markup_minor + fee_minor - promotion_minor)
		* CASE WHEN leg IN ('payer', 'return-payer') THEN 1 ELSE -1 END
	OR (promotion_minor <> 0 AND sponsor = '')`

const firmIsAgreed = `
SELECT f.id::TEXT FROM fx_firm_quote f
LEFT JOIN payment p ON p.payment_id = f.used_by
WHERE f.used_by IS NOT NULL AND (p.payment_id IS NULL OR f.currency <> p.currency OR f.amount_minor <> p.amount_minor
	OR f.acquirer_id <> p.acquirer_id OR f.wallet_id <> p.wallet_id)`

// backIsWhole goes by the payment's own figures where no rate of another day was used: a side
// that was not converted gives back what was asked for, and all returns together, if they are
// the whole payment, all that was paid.
const backIsWhole = `
SELECT r.return_id::TEXT FROM payment_return r
JOIN payment p ON p.payment_id = r.payment_id
JOIN ledger_entry e ON e.subject_id = r.return_id AND e.kind = 'RETURN'
WHERE r.acquirer_id <> p.acquirer_id OR r.wallet_id <> p.wallet_id
	OR CASE WHEN e.debit_account = p.acquirer_id || '.POSITION.' || p.merchant_currency
		THEN p.merchant_currency = p.currency AND p.merchant_minor = p.amount_minor AND e.amount_minor <> r.amount_minor
		WHEN e.credit_account = p.wallet_id || '.POSITION.' || p.payer_currency
		THEN p.payer_currency = p.currency AND p.payer_minor = p.amount_minor AND e.amount_minor <> r.amount_minor
		ELSE true END
UNION ALL
SELECT p.payment_id::TEXT FROM payment p
JOIN (SELECT payment_id, sum(amount_minor)::BIGINT AS given,
		sum(CASE WHEN state = 'POSTED' THEN 0 ELSE 1 END)::BIGINT AS open
	FROM payment_return WHERE state <> 'DECLINED' GROUP BY payment_id) r ON r.payment_id = p.payment_id
LEFT JOIN (SELECT payment_id,
		sum(CASE WHEN debit_account LIKE '%.POSITION.%' THEN amount_minor ELSE 0 END)::BIGINT AS merchant,
		sum(CASE WHEN credit_account LIKE '%.POSITION.%' THEN amount_minor ELSE 0 END)::BIGINT AS payer
	FROM ledger_entry WHERE kind = 'RETURN' GROUP BY payment_id) e ON e.payment_id = p.payment_id
LEFT JOIN (SELECT DISTINCT payment_id FROM fx_quote WHERE leg LIKE 'return-%') q ON q.payment_id = p.payment_id
WHERE q.payment_id IS NULL AND r.open = 0 AND (e.merchant > p.merchant_minor OR e.payer > p.payer_minor
	OR r.given = p.amount_minor
		AND (coalesce(e.merchant, 0) <> p.merchant_minor OR coalesce(e.payer, 0) <> p.payer_minor))`

// ruledIsPosted asks for as much as rulings gave back and no less: people may have adjusted more
// about the same payment.
const ruledIsPosted = `
SELECT p.payment_id::TEXT FROM payment p
JOIN (SELECT payment_id, sum(refund_minor)::BIGINT AS refund FROM dispute WHERE state = 'SETTLED' GROUP BY payment_id) d
	ON d.payment_id = p.payment_id
LEFT JOIN (SELECT payment_id,
		sum(CASE WHEN debit_account LIKE '%.POSITION.%' THEN amount_minor ELSE 0 END)::BIGINT AS merchant,
		sum(CASE WHEN credit_account LIKE '%.POSITION.%' THEN amount_minor ELSE 0 END)::BIGINT AS payer
	FROM ledger_entry WHERE kind = 'ADJUSTMENT' GROUP BY payment_id) e ON e.payment_id = p.payment_id
WHERE coalesce(e.merchant, 0) = 0 OR coalesce(e.payer, 0) = 0
	OR p.merchant_currency = p.currency AND p.merchant_minor = p.amount_minor AND e.merchant < d.refund
	OR p.payer_currency = p.currency AND p.payer_minor = p.amount_minor AND e.payer < d.refund`

const obligedIsNet = `
SELECT coalesce(n.window_id, o.window_id)::TEXT || ' ' || coalesce(n.account, o.account)
FROM (SELECT n.window_id, n.participant_id || '.' || n.currency AS account, n.credits_minor - n.debits_minor AS net
	FROM window_net n JOIN settlement_window w ON w.window_id = n.window_id
	WHERE n.participant_id <> 'HUB' AND w.state NOT IN ('OPEN', 'CLOSING')) n
FULL JOIN (SELECT window_id, participant_id || '.' || currency AS account,
		CASE WHEN direction = 'PAY_OUT' THEN amount_minor ELSE -amount_minor END AS net
	FROM obligation WHERE window_id IS NOT NULL) o ON o.window_id = n.window_id AND o.account = n.account
WHERE coalesce(n.net, 0) <> coalesce(o.net, 0)`

const stepsArePosted = `
SELECT coalesce(s.step_id, e.subject_id)::TEXT
FROM (SELECT s.step_id, s.obligation_id, o.participant_id || '.POSITION.' || s.currency AS account,
		CASE WHEN s.direction = 'PAY_IN' THEN s.amount_minor ELSE -s.amount_minor END AS net
	FROM settlement_step s LEFT JOIN obligation o ON o.obligation_id = s.obligation_id
	WHERE s.kind IN ('CONFIRMED', 'MOVED', 'COVERED')) s
FULL JOIN (SELECT subject_id, payment_id, account, sum(net)::BIGINT AS net FROM (
		SELECT subject_id, payment_id, credit_account AS account, amount_minor AS net FROM ledger_entry
		WHERE kind = 'SETTLEMENT'
		UNION ALL
		SELECT subject_id, payment_id, debit_account, -amount_minor FROM ledger_entry WHERE kind = 'SETTLEMENT') sides
	WHERE account LIKE '%.POSITION.%' GROUP BY subject_id, payment_id, account) e
	ON e.subject_id = s.step_id AND e.payment_id = s.obligation_id AND e.account = s.account
WHERE coalesce(s.net, 0) <> coalesce(e.net, 0)`

// volumesAreMoved knows corridors by the flows, which have the same ones on both sides.
const volumesAreMoved = `
SELECT coalesce(v.window_id, m.window_id)::TEXT || ' ' || coalesce(v.account, m.account)
FROM (SELECT window_id, participant_id || '.POSITION.' || currency AS account, corridor,
		sum(payments)::BIGINT AS payments, sum(paid_minor)::BIGINT AS paid,
		sum(returns)::BIGINT AS returns, sum(returned_minor)::BIGINT AS returned
	FROM window_volume GROUP BY window_id, participant_id, currency, corridor) v
FULL JOIN (SELECT s.window_id, s.account, f.corridor,
		sum(CASE WHEN s.kind = 'PAYMENT' THEN 1 ELSE 0 END)::BIGINT AS payments,
		sum(CASE WHEN s.kind = 'PAYMENT' THEN s.amount_minor ELSE 0 END)::BIGINT AS paid,
		sum(CASE WHEN s.kind = 'RETURN' THEN 1 ELSE 0 END)::BIGINT AS returns,
		sum(CASE WHEN s.kind = 'RETURN' THEN s.amount_minor ELSE 0 END)::BIGINT AS returned
	FROM (SELECT window_id, subject_id, debit_account AS account, kind, amount_minor FROM ledger_entry
		UNION ALL
		SELECT window_id, subject_id, credit_account, kind, amount_minor FROM ledger_entry) s
	LEFT JOIN (SELECT DISTINCT subject_id, corridor FROM fx_flow) f ON f.subject_id = s.subject_id
	WHERE s.account LIKE '%.POSITION.%' AND s.kind IN ('PAYMENT', 'RETURN') GROUP BY s.window_id, s.account, f.corridor) m
	ON m.window_id = v.window_id AND m.account = v.account AND m.corridor = v.corridor
WHERE coalesce(v.payments, 0) <> coalesce(m.payments, 0) OR coalesce(v.paid, 0) <> coalesce(m.paid, 0)
	OR coalesce(v.returns, 0) <> coalesce(m.returns, 0) OR coalesce(v.returned, 0) <> coalesce(m.returned, 0)`

const flowsAreEntries = `
SELECT coalesce(f.subject_id, e.subject_id)::TEXT || ' ' || coalesce(f.currency, e.currency)
FROM (SELECT subject_id, currency, sum(amount_minor)::BIGINT AS net, sum(income_minor)::BIGINT AS income
	FROM fx_flow GROUP BY subject_id, currency) f
FULL JOIN (SELECT subject_id, currency,
		sum(CASE WHEN credit_account = 'HUB.EXCHANGE.' || currency THEN amount_minor
			WHEN debit_account = 'HUB.EXCHANGE.' || currency THEN -amount_minor ELSE 0 END)::BIGINT AS net,
		sum(CASE WHEN kind NOT IN ('MARKUP', 'SPREAD', 'FEE', 'ROUNDING') THEN 0
			WHEN credit_account = 'HUB.' || kind || '.' || currency THEN amount_minor
			WHEN debit_account = 'HUB.' || kind || '.' || currency THEN -amount_minor ELSE 0 END)::BIGINT AS income
	FROM ledger_entry WHERE kind IN ('PAYMENT', 'RETURN', 'MARKUP', 'SPREAD', 'FEE', 'ROUNDING', 'PROMOTION', 'DEAL')
	GROUP BY subject_id, currency) e ON e.subject_id = f.subject_id AND e.currency = f.currency
WHERE coalesce(f.net, 0) <> coalesce(e.net, 0) OR coalesce(f.income, 0) <> coalesce(e.income, 0)
UNION ALL
SELECT subject_id::TEXT FROM fx_flow GROUP BY subject_id HAVING sum(cost_minor)::BIGINT <> 0`

const incomeIsFlows = `
SELECT coalesce(p.partner_id, f.partner_id) || ' ' || coalesce(p.currency, f.currency)
FROM fx_position p
FULL JOIN (SELECT corridor, partner_id, currency, value_date, sum(income_minor)::BIGINT AS income,
		sum(income_worth_minor)::BIGINT AS worth
	FROM fx_flow GROUP BY corridor, partner_id, currency, value_date) f
	ON f.corridor = p.corridor AND f.partner_id = p.partner_id AND f.currency = p.currency AND f.value_date = p.value_date
WHERE coalesce(p.income_minor, 0) <> coalesce(f.income, 0) OR coalesce(p.income_worth_minor, 0) <> coalesce(f.worth, 0)`

const dealsArePosted = `
SELECT coalesce(d.deal_id, e.subject_id)::TEXT || ' ' || coalesce(d.currency, e.currency)
FROM (SELECT deal_id, buy_currency AS currency, buy_minor AS net FROM fx_deal
	UNION ALL SELECT deal_id, sell_currency, -sell_minor FROM fx_deal) d
FULL JOIN (SELECT subject_id, currency, sum(CASE WHEN credit_account LIKE 'HUB.EXCHANGE.%' THEN amount_minor
		ELSE -amount_minor END)::BIGINT AS net
	FROM ledger_entry WHERE kind = 'DEAL' GROUP BY subject_id, currency) e
	ON e.subject_id = d.deal_id AND e.currency = d.currency
WHERE coalesce(d.net, 0) <> coalesce(e.net, 0)`

const revaluedIsPosted = `
SELECT coalesce(r.id, e.payment_id)::TEXT FROM fx_revaluation r
FULL JOIN (SELECT payment_id, currency,
		sum(CASE WHEN kind = 'REALISATION' THEN 0 WHEN credit_account LIKE 'HUB.UNREALISED.%' THEN amount_minor
			ELSE -amount_minor END)::BIGINT AS gain,
		sum(CASE WHEN kind = 'REVALUATION' THEN 0 WHEN credit_account LIKE 'HUB.REALISED.%' THEN amount_minor
			ELSE -amount_minor END)::BIGINT AS realised
	FROM ledger_entry WHERE kind IN ('REVALUATION', 'REALISATION') GROUP BY payment_id, currency) e
	ON e.payment_id = r.id AND e.currency = r.currency
WHERE coalesce(r.gain_minor, 0) <> coalesce(e.gain, 0) OR coalesce(r.realised_minor, 0) <> coalesce(e.realised, 0)
UNION ALL
SELECT coalesce(r.value_day, v.value_day)::TEXT FROM fx_revaluation r
FULL JOIN (SELECT value_day, sum(gain_minor)::BIGINT AS gain, sum(realised_minor)::BIGINT AS realised
	FROM fx_valuation GROUP BY value_day) v ON v.value_day = r.value_day
WHERE coalesce(r.gain_minor, 0) <> coalesce(v.gain, 0) OR coalesce(r.realised_minor, 0) <> coalesce(v.realised, 0)`

const profitIsValued = `
SELECT coalesce(p.partner_id, v.partner_id) || ' ' || coalesce(p.currency, v.currency)
FROM fx_position p
FULL JOIN (SELECT corridor, partner_id, currency, value_date, sum(gain_minor)::BIGINT AS gain,
		sum(realised_minor)::BIGINT AS realised
	FROM fx_valuation GROUP BY corridor, partner_id, currency, value_date) v
	ON v.corridor = p.corridor AND v.partner_id = p.partner_id AND v.currency = p.currency AND v.value_date = p.value_date
WHERE coalesce(p.realised_minor, 0) <> coalesce(v.realised, 0)
	OR coalesce(p.unrealised_minor + p.realised_minor, 0) <> coalesce(v.gain, 0)`
