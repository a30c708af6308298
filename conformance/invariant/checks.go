package invariant

// Checks returns all checks in the order of their numbers.
func Checks() []Check {
	return []Check{
		{"I1", "debits equal credits in every currency", debitsEqualCredits},
		{"I2", "every balance is the sum of its entries", balancesAreSums},
		{"I2", "every posted position is its account's net debit", positionsAreBalances},
		{"I2", "what was reserved and posted is the first entry", reservedIsPosted},
		{"I3", "posted, reserved and what is paid out stay under the cap", capHolds},
		{"I3", "what is set aside is the rest of what is paid out", payingIsInstructed},
		{"I3", "what the regions are allotted is the cap: limit and prefunding", allotmentsAreCap},
		{"I3", "what a cap counts as prefunded is on the prefunding account", prefundedIsThere},
		{"I3", "prefunding that came in or went out is in the ledger", fundingIsPosted},
		{"I4", "what is reserved is the sum of the pending reservations", reservedIsPending},
		{"I4", "a reservation is pending exactly while its payment is open", pendingIsOpen},
		{"I4", "what is reserved for a payment is what its payer agreed to", reservedIsAgreed},
		{"I5", "one debit and one credit for a posted payment, none for any other", onePosting},
		{"I5", "at most one debit and one credit for a posted return, none for any other", oneReturn},
		{"I6", "every payment is on record as it came, and every end with its status report", paymentsOnRecord},
		{"I6", "every return is on record as it came, and every end with what it came to", returnsOnRecord},
		{"I6", "what partners said stands beside an ISO 20022 message of the same payment", pairsOnRecord},
		{"I7", "a final state is never left", finalAbsorbs},
		{"I8", "every payment holds the claim of its request", claimed},
		{"I9", "every change has its outbox event", everyChangeHasEvent},
		{"I10", "a quote is used by one payment, before its expiry", quotesUsedOnce},
		{"I10", "amounts agreed are amounts posted", agreedIsPosted},
		{"I10", "no more is given back than was paid", backIsPaid},
		{"I10", "what is given back is so on both sides, and is the whole if all is given back", backIsWhole},
		{"I10", "what disputes gave back is in the ledger", ruledIsPosted},
		{"I10", "a quote is that of its payment or return", quotedIsAgreed},
		{"I10", "what is converted has one quote for each side on which it is", convertedIsQuoted},
		{"I10", "the parts of a price make the price", partsMakePrice},
		{"I10", "a firm quote that was used is that of its payment", firmIsAgreed},
		{"I11", "every posted payment and return is in one window", oneWindow},
		{"I11", "the nets of a window sum to zero in every currency", netsSumToZero},
		{"I11", "the nets of a window equal its entries", netsEqualGross},
		{"I11", "what was settled in a window equals its entries", settledEqualsEntries},
		{"I11", "what is settled by itself comes to its payment's entries", grossEqualsEntries},
		{"I11", "the gross of a window equals what is settled by itself", grossEqualsObligations},
		{"I11", "what is kept as brought into a window is the sum of those before it", carriedIsSum},
		{"I11", "an obligation is discharged as its steps say", dischargedBySteps},
		{"I11", "a window is settled exactly when nothing of it is left to pay", settledIsPaid},
		{"I11", "what is owed for a window is its net", obligedIsNet},
		{"I11", "what banks moved and people decided is in the ledger", stepsArePosted},
		{"I11", "the volumes that fees are charged by are what the window moved", volumesAreMoved},
		{"I12", "no reservation without a recorded decision that does not refuse it", screened},
		{"I12", "a held payment goes on by the decision of a case and not without", heldIsDecided},
		{"I16", "the exposure in a currency is the exchange account's", exposureIsExchange},
		{"I16", "the book's positions are the sums of its flows", positionsAreFlows},
		{"I16", "the book's profit is the ledger's", profitIsPosted},
		{"I16", "the book's income is the ledger's", incomeIsPosted},
		{"I16", "a flow is what its subject moved through the exchange, at one cost on both sides", flowsAreEntries},
		{"I16", "the income of each position is that of its flows", incomeIsFlows},
		{"I16", "the profit of each position is that of its valuations", profitIsValued},
		{"I16", "a deal is in the ledger as it was made", dealsArePosted},
		{"I16", "what a day gained is what its positions did, and in the ledger", revaluedIsPosted},
		{"I17", "every entry is in its region's chain or waits for it, and not both", linkedOnce},
		{"I17", "every link has its entry and its place before the head", linksHold},
		{"I18", "customs are told of no more than was paid, and of an order once at each office", declaredIsPaid},
	}
}

const debitsEqualCredits = `
SELECT currency FROM ledger_account GROUP BY currency
HAVING sum(debits_minor)::BIGINT <> sum(credits_minor)::BIGINT`

const balancesAreSums = `
SELECT a.account_id FROM ledger_account a
LEFT JOIN (SELECT debit_account, sum(amount_minor)::BIGINT AS total FROM ledger_entry GROUP BY debit_account) d
	ON d.debit_account = a.account_id
LEFT JOIN (SELECT credit_account, sum(amount_minor)::BIGINT AS total FROM ledger_entry GROUP BY credit_account) c
	ON c.credit_account = a.account_id
WHERE a.debits_minor <> coalesce(d.total, 0) OR a.credits_minor <> coalesce(c.total, 0)`

const positionsAreBalances = `
SELECT p.participant_id || '.' || p.currency FROM (SELECT participant_id, currency, sum(posted_minor)::BIGINT AS posted
	FROM participant_position GROUP BY participant_id, currency) p
LEFT JOIN ledger_account a ON a.owner_id = p.participant_id AND a.currency = p.currency AND a.purpose = 'POSITION'
WHERE p.posted <> coalesce(a.debits_minor - a.credits_minor, 0)`

// capHolds leaves out what is owed whatever room there is: fees and adjustments of windows
// that are not settled.
const capHolds = `
SELECT p.account FROM (SELECT participant_id || '.POSITION.' || currency AS account,
		sum(posted_minor + reserved_minor + paying_minor - cap_minor)::BIGINT AS excess, sum(reserved_minor)::BIGINT AS reserved
	FROM participant_position GROUP BY participant_id, currency) p
LEFT JOIN (SELECT e.debit_account AS account, sum(e.amount_minor)::BIGINT AS owed FROM ledger_entry e
	JOIN settlement_window w ON w.window_id = e.window_id
	WHERE e.kind IN ('SCHEDULE', 'ADJUSTMENT') AND w.state NOT IN ('SETTLED', 'ABORTED')
	GROUP BY e.debit_account) d ON d.account = p.account
WHERE p.excess > coalesce(d.owed, 0) AND p.reserved > 0`

const payingIsInstructed = `
SELECT coalesce(p.participant_id, o.participant_id) || '.' || coalesce(p.currency, o.currency)
FROM (SELECT participant_id, currency, sum(paying_minor)::BIGINT AS paying FROM participant_position
	GROUP BY participant_id, currency) p
FULL JOIN (SELECT participant_id, currency, sum(amount_minor - discharged_minor)::BIGINT AS rest FROM obligation
	WHERE direction = 'PAY_OUT' GROUP BY participant_id, currency) o
	ON o.participant_id = p.participant_id AND o.currency = p.currency
WHERE coalesce(p.paying, 0) <> coalesce(o.rest, 0)`

const allotmentsAreCap = `
SELECT p.participant_id || '.' || p.currency FROM participant_position p
LEFT JOIN position_limit l ON l.participant_id = p.participant_id AND l.currency = p.currency
GROUP BY p.participant_id, p.currency, l.limit_minor, l.prefunded_minor
HAVING sum(p.cap_minor)::BIGINT <> coalesce(l.limit_minor + l.prefunded_minor, -1)`

const prefundedIsThere = `
SELECT coalesce(a.account_id, l.participant_id || '.PREFUNDING.' || l.currency) FROM position_limit l
FULL JOIN (SELECT account_id, owner_id, currency, credits_minor - debits_minor AS there FROM ledger_account
	WHERE purpose = 'PREFUNDING') a ON a.owner_id = l.participant_id AND a.currency = l.currency
WHERE coalesce(l.prefunded_minor, 0) <> coalesce(a.there, 0)`

const reservedIsPending = `
SELECT p.participant_id || '.' || p.currency || '.' || p.region FROM participant_position p
LEFT JOIN (SELECT participant_id, currency, region, sum(amount_minor)::BIGINT AS total
	FROM reservation WHERE state = 'PENDING' GROUP BY participant_id, currency, region) r
	ON r.participant_id = p.participant_id AND r.currency = p.currency AND r.region = p.region
WHERE p.reserved_minor <> coalesce(r.total, 0)`

const pendingIsOpen = `
SELECT p.payment_id::TEXT FROM payment p
LEFT JOIN reservation r ON r.reservation_id = p.payment_id
WHERE (p.state IN ('UNDER_REVIEW', 'RESERVED', 'UNRESOLVED', 'PUSHING', 'CANCELLING', 'HELD')) <> (coalesce(r.state, '') = 'PENDING')
	OR (p.state = 'POSTED') <> (coalesce(r.state, '') = 'POSTED')
UNION ALL
SELECT p.return_id::TEXT FROM payment_return p
LEFT JOIN reservation r ON r.reservation_id = p.return_id
WHERE (p.state IN ('RESERVED', 'HELD')) <> (coalesce(r.state, '') = 'PENDING')
	OR (p.state = 'POSTED') <> (coalesce(r.state, '') = 'POSTED')`

const onePosting = `
SELECT p.payment_id::TEXT FROM payment p
LEFT JOIN (SELECT subject_id,
		sum(CASE WHEN debit_account LIKE '%.POSITION.%' THEN 1 ELSE 0 END)::BIGINT AS debits,
		sum(CASE WHEN credit_account LIKE '%.POSITION.%' THEN 1 ELSE 0 END)::BIGINT AS credits
	FROM ledger_entry WHERE kind = 'PAYMENT' GROUP BY subject_id) e ON e.subject_id = p.payment_id
WHERE (p.state = 'POSTED' AND (coalesce(e.debits, 0) <> 1 OR coalesce(e.credits, 0) <> 1))
	OR (p.state <> 'POSTED' AND coalesce(e.debits, 0) + coalesce(e.credits, 0) <> 0)
UNION ALL
SELECT e.entry_id::TEXT FROM ledger_entry e
LEFT JOIN payment p ON p.payment_id = e.subject_id
WHERE e.kind = 'PAYMENT' AND p.payment_id IS NULL`

// oneReturn: what is too little to be converted moves nothing on one side.
const oneReturn = `
SELECT r.return_id::TEXT FROM payment_return r
LEFT JOIN (SELECT subject_id,
		sum(CASE WHEN debit_account LIKE '%.POSITION.%' THEN 1 ELSE 0 END)::BIGINT AS debits,
		sum(CASE WHEN credit_account LIKE '%.POSITION.%' THEN 1 ELSE 0 END)::BIGINT AS credits
	FROM ledger_entry WHERE kind = 'RETURN' GROUP BY subject_id) e ON e.subject_id = r.return_id
WHERE (r.state = 'POSTED' AND (coalesce(e.debits + e.credits, 0) = 0 OR e.debits > 1 OR e.credits > 1))
	OR (r.state <> 'POSTED' AND coalesce(e.debits + e.credits, 0) <> 0)
UNION ALL
SELECT e.entry_id::TEXT FROM ledger_entry e
LEFT JOIN payment_return r ON r.return_id = e.subject_id AND r.payment_id = e.payment_id
WHERE e.kind = 'RETURN' AND r.return_id IS NULL`

// backIsPaid compares in the currency of the order: at the rate of the day more of another
// may come back than was paid. What disputes have given back counts like what refunds have.
const backIsPaid = `
SELECT p.payment_id::TEXT FROM payment p
JOIN (SELECT payment_id, currency, amount_minor FROM payment_return WHERE state <> 'DECLINED'
	UNION ALL SELECT payment_id, currency, refund_minor FROM dispute WHERE state IN ('ACCEPTED', 'SETTLED')) r
	ON r.payment_id = p.payment_id
GROUP BY p.payment_id, p.amount_minor, p.currency
HAVING sum(r.amount_minor)::BIGINT > p.amount_minor OR min(r.currency) <> p.currency OR max(r.currency) <> p.currency`

const finalAbsorbs = `
SELECT subject_id::TEXT FROM payment_history
WHERE state IN ('POSTED', 'DECLINED', 'CANCELLED', 'REJECTED')
GROUP BY subject_id HAVING count(DISTINCT state) > 1`

const claimed = `
SELECT p.payment_id::TEXT FROM payment p
LEFT JOIN request_claim c ON c.participant_id = p.acquirer_id AND c.operation = 'pay' AND c.request_id = p.request_id
WHERE c.subject_id IS NULL OR c.subject_id <> p.payment_id`

const everyChangeHasEvent = `
SELECT h.subject_id::TEXT || ' version ' || h.version::TEXT FROM (
	SELECT subject_id, version FROM payment_history
	UNION ALL SELECT dispute_id, version FROM dispute_event
	UNION ALL SELECT declaration_id, version FROM customs_declaration_event) h
LEFT JOIN outbox o ON o.aggregate = h.subject_id AND o.version = h.version
WHERE o.id IS NULL`

const quotesUsedOnce = `
SELECT id::TEXT FROM fx_quote
WHERE used_by IS NULL OR used_by <> payment_id OR used_at >= expires_at`

const declaredIsPaid = `
SELECT d.payment_id::TEXT FROM customs_declaration d
JOIN payment p ON p.payment_id = d.payment_id
WHERE d.state <> 'REFUSED'
GROUP BY d.payment_id, p.payer_currency, p.payer_minor
HAVING sum(d.amount_minor)::BIGINT > p.payer_minor OR min(d.currency) <> p.payer_currency
	OR max(d.currency) <> p.payer_currency OR count(*) <> count(DISTINCT upper(d.office_code) || ' ' || d.order_id)`

const exposureIsExchange = `
SELECT a.account_id FROM ledger_account a
LEFT JOIN (SELECT currency, sum(amount_minor)::BIGINT AS net FROM fx_position GROUP BY currency) p
	ON p.currency = a.currency
WHERE a.owner_id = 'HUB' AND a.purpose = 'EXCHANGE' AND a.credits_minor - a.debits_minor <> coalesce(p.net, 0)`

const positionsAreFlows = `
SELECT p.currency FROM (SELECT currency, sum(amount_minor)::BIGINT AS net,
		sum(cost_minor - realised_minor)::BIGINT AS cost
	FROM fx_position GROUP BY currency) p
LEFT JOIN (SELECT currency, sum(amount_minor)::BIGINT AS net, sum(cost_minor)::BIGINT AS cost
	FROM fx_flow GROUP BY currency) f ON f.currency = p.currency
WHERE p.net <> coalesce(f.net, 0) OR p.cost <> coalesce(f.cost, 0)`

const profitIsPosted = `
SELECT 'unrealised or realised' FROM
	(SELECT coalesce(sum(unrealised_minor), 0)::BIGINT AS unrealised,
		coalesce(sum(realised_minor), 0)::BIGINT AS realised FROM fx_position) p,
	(SELECT coalesce(sum(CASE WHEN purpose = 'UNREALISED' THEN credits_minor - debits_minor ELSE 0 END), 0)::BIGINT
			AS unrealised,
		coalesce(sum(CASE WHEN purpose = 'REALISED' THEN credits_minor - debits_minor ELSE 0 END), 0)::BIGINT
			AS realised
		FROM ledger_account WHERE owner_id = 'HUB') l
WHERE p.unrealised <> l.unrealised OR p.realised <> l.realised`

const incomeIsPosted = `
SELECT a.currency FROM (SELECT currency, sum(credits_minor - debits_minor)::BIGINT AS net FROM ledger_account
	WHERE owner_id = 'HUB' AND purpose IN ('MARKUP', 'SPREAD', 'FEE', 'ROUNDING') GROUP BY currency) a
LEFT JOIN (SELECT currency, sum(income_minor)::BIGINT AS net FROM fx_position GROUP BY currency) p
	ON p.currency = a.currency
WHERE a.net <> coalesce(p.net, 0)`

const linkedOnce = `
SELECT e.entry_id::TEXT FROM ledger_entry e
LEFT JOIN (SELECT p.region, m.entry_id, count(*) AS places FROM
		(SELECT region, entry_id, entries FROM ledger_link UNION ALL SELECT region, entry_id, entries FROM ledger_unsealed) p
		JOIN ledger_entry f ON f.region = p.region AND f.entry_id = p.entry_id
		JOIN ledger_entry m ON m.subject_id = f.subject_id AND m.sequence >= f.sequence AND m.sequence < f.sequence + p.entries
	GROUP BY p.region, m.entry_id) c ON c.region = e.region AND c.entry_id = e.entry_id
WHERE coalesce(c.places, 0) <> 1
UNION ALL
SELECT p.region || ' ' || p.entry_id::TEXT
FROM (SELECT region, entry_id, entries FROM ledger_link UNION ALL SELECT region, entry_id, entries FROM ledger_unsealed) p
JOIN ledger_entry f ON f.region = p.region AND f.entry_id = p.entry_id
JOIN ledger_entry m ON m.subject_id = f.subject_id AND m.sequence >= f.sequence AND m.sequence < f.sequence + p.entries
GROUP BY p.region, p.entry_id, p.entries HAVING count(*) <> p.entries`

const linksHold = `
SELECT l.region || ' ' || l.number::TEXT FROM ledger_link l
LEFT JOIN ledger_entry e ON e.entry_id = l.entry_id AND e.region = l.region
LEFT JOIN ledger_chain c ON c.region = l.region
WHERE e.entry_id IS NULL OR c.region IS NULL OR l.number > c.number
UNION ALL
SELECT c.region || ' ' || c.number::TEXT FROM ledger_chain c
LEFT JOIN (SELECT region, count(*) AS links FROM ledger_link GROUP BY region) l ON l.region = c.region
WHERE c.number <> coalesce(l.links, 0)`

const agreedIsPosted = `
SELECT p.payment_id::TEXT FROM payment p
JOIN ledger_entry e ON e.subject_id = p.payment_id AND e.kind = 'PAYMENT'
WHERE NOT (e.debit_account = p.wallet_id || '.POSITION.' || p.payer_currency AND e.amount_minor = p.payer_minor)
	AND NOT (e.credit_account = p.acquirer_id || '.POSITION.' || p.merchant_currency AND e.amount_minor = p.merchant_minor)
UNION ALL
SELECT p.payment_id::TEXT FROM payment p
LEFT JOIN (SELECT subject_id, debit_account, sum(amount_minor)::BIGINT AS total FROM ledger_entry
	WHERE kind = 'FEE' AND debit_account LIKE '%.POSITION.%' GROUP BY subject_id, debit_account) f
	ON f.subject_id = p.payment_id AND f.debit_account = p.acquirer_id || '.POSITION.' || p.merchant_currency
WHERE p.state = 'POSTED' AND p.fee_minor <> coalesce(f.total, 0)`

const oneWindow = `
SELECT p.payment_id::TEXT FROM payment p
LEFT JOIN (SELECT subject_id, count(DISTINCT window_id) AS windows, min(window_id::TEXT) AS window_id
	FROM ledger_entry GROUP BY subject_id) e ON e.subject_id = p.payment_id
WHERE p.state = 'POSTED' AND (coalesce(e.windows, 0) <> 1 OR e.window_id <> p.window_id::TEXT)
UNION ALL
SELECT r.return_id::TEXT FROM payment_return r
LEFT JOIN (SELECT subject_id, count(DISTINCT window_id) AS windows, min(window_id::TEXT) AS window_id
	FROM ledger_entry GROUP BY subject_id) e ON e.subject_id = r.return_id
WHERE r.state = 'POSTED' AND (coalesce(e.windows, 0) <> 1 OR e.window_id <> r.window_id::TEXT)`

const netsSumToZero = `
SELECT window_id::TEXT || ' ' || currency FROM window_net GROUP BY window_id, currency
HAVING sum(debits_minor)::BIGINT <> sum(credits_minor)::BIGINT
UNION ALL
SELECT window_id::TEXT || ' ' || currency || ' gross' FROM window_gross GROUP BY window_id, currency
HAVING sum(debits_minor)::BIGINT <> sum(credits_minor)::BIGINT
UNION ALL
SELECT window_id::TEXT || ' ' || currency || ' settled' FROM window_settled GROUP BY window_id, currency
HAVING sum(debits_minor)::BIGINT <> sum(credits_minor)::BIGINT`

const netsEqualGross = `
SELECT n.window_id::TEXT || ' ' || n.participant_id || ' ' || n.currency FROM window_net n
LEFT JOIN (SELECT e.window_id, e.debit_account AS account, sum(e.amount_minor)::BIGINT AS total
	FROM ledger_entry e LEFT JOIN obligation o
		ON o.subject_id = e.subject_id AND o.participant_id || '.POSITION.' || o.currency = e.debit_account
	WHERE e.kind <> 'SETTLEMENT' AND o.obligation_id IS NULL GROUP BY e.window_id, e.debit_account) d
	ON d.window_id = n.window_id AND d.account = n.participant_id || '.POSITION.' || n.currency
LEFT JOIN (SELECT e.window_id, e.credit_account AS account, sum(e.amount_minor)::BIGINT AS total
	FROM ledger_entry e LEFT JOIN obligation o
		ON o.subject_id = e.subject_id AND o.participant_id || '.POSITION.' || o.currency = e.credit_account
	WHERE e.kind <> 'SETTLEMENT' AND o.obligation_id IS NULL GROUP BY e.window_id, e.credit_account) c
	ON c.window_id = n.window_id AND c.account = n.participant_id || '.POSITION.' || n.currency
WHERE n.participant_id <> 'HUB'
	AND (n.debits_minor <> coalesce(d.total, 0) OR n.credits_minor <> coalesce(c.total, 0))`

const settledEqualsEntries = `
SELECT coalesce(n.window_id, e.window_id)::TEXT || ' ' || coalesce(n.account, e.account)
FROM (SELECT window_id, participant_id || '.POSITION.' || currency AS account, credits_minor - debits_minor AS net
	FROM window_settled WHERE participant_id <> 'HUB') n
FULL JOIN (SELECT window_id, account, sum(net)::BIGINT AS net FROM (
		SELECT window_id, credit_account AS account, amount_minor AS net FROM ledger_entry WHERE kind = 'SETTLEMENT'
		UNION ALL
		SELECT window_id, debit_account, -amount_minor FROM ledger_entry WHERE kind = 'SETTLEMENT') sides
	WHERE account LIKE '%.POSITION.%' GROUP BY window_id, account) e
	ON e.window_id = n.window_id AND e.account = n.account
WHERE coalesce(n.net, 0) <> coalesce(e.net, 0)`

const grossEqualsEntries = `
SELECT o.obligation_id::TEXT FROM obligation o
LEFT JOIN (SELECT subject_id, account, sum(net)::BIGINT AS net FROM (
		SELECT subject_id, credit_account AS account, amount_minor AS net FROM ledger_entry WHERE kind <> 'SETTLEMENT'
		UNION ALL
		SELECT subject_id, debit_account, -amount_minor FROM ledger_entry WHERE kind <> 'SETTLEMENT') sides
	GROUP BY subject_id, account) e
	ON e.subject_id = o.subject_id AND e.account = o.participant_id || '.POSITION.' || o.currency
WHERE o.subject_id IS NOT NULL
	AND CASE WHEN o.direction = 'PAY_OUT' THEN o.amount_minor ELSE -o.amount_minor END <> coalesce(e.net, 0)`

const grossEqualsObligations = `
SELECT coalesce(g.window_id, o.window_id)::TEXT || ' ' || coalesce(g.account, o.account)
FROM (SELECT window_id, participant_id || '.POSITION.' || currency AS account, credits_minor - debits_minor AS net
	FROM window_gross WHERE participant_id <> 'HUB') g
FULL JOIN (SELECT e.window_id, o.participant_id || '.POSITION.' || o.currency AS account,
		sum(CASE WHEN o.direction = 'PAY_OUT' THEN o.amount_minor ELSE -o.amount_minor END)::BIGINT AS net
	FROM obligation o JOIN (SELECT DISTINCT subject_id, window_id FROM ledger_entry) e ON e.subject_id = o.subject_id
	GROUP BY e.window_id, o.participant_id, o.currency) o
	ON o.window_id = g.window_id AND o.account = g.account
WHERE coalesce(g.net, 0) <> coalesce(o.net, 0)`

// carriedIsSum goes through the windows once, whatever is kept of how many of them. A row that
// is missing is found because the others do not sum to zero.
const carriedIsSum = `
SELECT s.region || ' ' || s.number::TEXT || ' ' || s.participant_id || ' ' || s.currency FROM (
	SELECT f.region, f.number, f.participant_id, f.currency, f.kept, f.kept_debits, f.kept_credits,
		(sum(f.debits) OVER before_it)::BIGINT AS debits, (sum(f.credits) OVER before_it)::BIGINT AS credits
	FROM (SELECT region, number, participant_id, currency, 0 AS place, true AS kept, debits_minor AS kept_debits,
			credits_minor AS kept_credits, 0::BIGINT AS debits, 0::BIGINT AS credits FROM window_carried
		UNION ALL SELECT w.region, w.number, n.participant_id, n.currency, 1, false, 0, 0, n.debits_minor, n.credits_minor
		FROM (SELECT window_id, participant_id, currency, debits_minor, credits_minor FROM window_net
			UNION ALL SELECT window_id, participant_id, currency, debits_minor, credits_minor FROM window_gross
			UNION ALL SELECT window_id, participant_id, currency, debits_minor, credits_minor FROM window_settled) n
		JOIN settlement_window w ON w.window_id = n.window_id) f
	WINDOW before_it AS (PARTITION BY f.region, f.participant_id, f.currency ORDER BY f.number, f.place)) s
WHERE s.kept AND (s.kept_debits <> s.debits OR s.kept_credits <> s.credits)
UNION ALL
SELECT region || ' ' || number::TEXT || ' ' || currency FROM window_carried GROUP BY region, number, currency
HAVING sum(debits_minor)::BIGINT <> sum(credits_minor)::BIGINT`

const dischargedBySteps = `
SELECT o.obligation_id::TEXT FROM obligation o
LEFT JOIN (SELECT obligation_id, sum(amount_minor)::BIGINT AS total FROM settlement_step
	WHERE kind IN ('CONFIRMED', 'MOVED', 'COVERED') GROUP BY obligation_id) s ON s.obligation_id = o.obligation_id
WHERE o.discharged_minor <> coalesce(s.total, 0)
	OR (o.discharged_minor = o.amount_minor) <> (o.state IN ('SETTLED', 'MOVED', 'COVERED'))
	OR (o.final_at IS NULL) <> (o.discharged_minor < o.amount_minor)`

const settledIsPaid = `
SELECT w.window_id::TEXT FROM settlement_window w
LEFT JOIN (SELECT window_id, count(*) AS open FROM obligation
	WHERE state NOT IN ('SETTLED', 'MOVED', 'COVERED') GROUP BY window_id) o ON o.window_id = w.window_id
WHERE (w.state IN ('SETTLED', 'ABORTED') AND coalesce(o.open, 0) > 0)
	OR (w.state = 'SETTLING' AND coalesce(o.open, 0) = 0)`

const screened = `
SELECT r.reservation_id::TEXT FROM reservation r
JOIN payment p ON p.payment_id = r.reservation_id
LEFT JOIN screening_decision s ON s.payment_id = r.payment_id AND s.outcome IN ('PASS', 'HOLD')
WHERE s.decision_id IS NULL`

const heldIsDecided = `
SELECT p.payment_id::TEXT || ' ' || p.state FROM payment p
JOIN review_case c ON c.payment_id = p.payment_id
WHERE (p.state = 'UNDER_REVIEW') <> (c.state = 'OPEN' AND c.held)
	OR (p.state NOT IN ('UNDER_REVIEW', 'REJECTED', 'CANCELLED')) AND c.state <> 'RELEASED'
	OR (c.state IN ('REFUSED', 'LAPSED')) AND p.state <> 'REJECTED'
UNION ALL
SELECT p.payment_id::TEXT || ' ' || p.state FROM payment p
JOIN screening_decision s ON s.payment_id = p.payment_id AND s.outcome = 'HOLD'
LEFT JOIN review_case c ON c.payment_id = p.payment_id
WHERE c.case_id IS NULL AND p.state NOT IN ('REJECTED', 'CREATED', 'CANCELLED')
	AND NOT EXISTS (SELECT 1 FROM screening_decision o WHERE o.payment_id = p.payment_id AND o.outcome = 'PASS')`

// What was said about payments whose persons were forgotten went with them.
const paymentsOnRecord = `
SELECT p.payment_id::TEXT || ' ' || p.state FROM payment p
LEFT JOIN (SELECT payment_id,
		sum(CASE WHEN name LIKE 'pacs.008.%' AND leg = 'acquirer' THEN 1 ELSE 0 END)::BIGINT AS received,
		sum(CASE WHEN name LIKE 'pacs.008.%' AND leg = 'wallet' THEN 1 ELSE 0 END)::BIGINT AS sent,
		sum(CASE WHEN name LIKE 'pacs.002.%' AND direction = 'OUT' THEN 1 ELSE 0 END)::BIGINT AS statuses
	FROM message_record GROUP BY payment_id) m ON m.payment_id = p.payment_id
WHERE p.personal AND (coalesce(m.received, 0) = 0
	OR (p.state IN ('RESERVED', 'UNRESOLVED', 'PUSHING', 'CANCELLING', 'HELD', 'POSTED', 'DECLINED') AND m.sent <> 1)
	OR (p.state IN ('POSTED', 'DECLINED', 'CANCELLED', 'REJECTED') AND m.statuses = 0))`

const returnsOnRecord = `
SELECT r.return_id::TEXT || ' ' || r.state FROM payment_return r
JOIN payment p ON p.payment_id = r.payment_id AND p.personal
LEFT JOIN (SELECT return_id,
		sum(CASE WHEN name LIKE 'pacs.004.%' THEN 1 ELSE 0 END)::BIGINT AS transfers,
		sum(CASE WHEN name LIKE 'camt.056.%' AND direction = 'IN' THEN 1 ELSE 0 END)::BIGINT AS requests,
		sum(CASE WHEN name LIKE 'pacs.002.%' AND direction = 'OUT' THEN 1 ELSE 0 END)::BIGINT AS statuses
	FROM message_record GROUP BY return_id) m ON m.return_id = r.return_id
WHERE (r.kind = 'REFUND' AND (coalesce(m.transfers, 0) <> 2 OR r.state IN ('POSTED', 'DECLINED') AND m.statuses = 0))
	OR (r.kind = 'CANCEL' AND (coalesce(m.requests, 0) = 0 OR r.state = 'POSTED' AND m.transfers <> 2))`

const pairsOnRecord = `
SELECT m.message_id::TEXT || ' ' || m.name FROM message_record m
LEFT JOIN message_record i ON i.message_id = m.pair_id
WHERE m.pair_id <> '00000000-0000-0000-0000-000000000000' AND (i.message_id IS NULL OR i.pair_id <> i.message_id
	OR i.payment_id <> m.payment_id OR i.partner_id <> m.partner_id OR i.direction <> m.direction)`
