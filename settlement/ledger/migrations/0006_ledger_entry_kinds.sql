-- Spreads and promotions of payments, deals with liquidity providers, and the
-- revaluation of what the hub is exposed to.
ALTER TABLE ledger_entry
	DROP CONSTRAINT IF EXISTS ledger_entry_kinds,
	ADD CONSTRAINT ledger_entry_kinds CHECK (kind IN ('PAYMENT', 'RETURN', 'MARKUP', 'ROUNDING', 'FEE', 'SPREAD',
		'PROMOTION', 'DEAL', 'REVALUATION', 'REALISATION'))
