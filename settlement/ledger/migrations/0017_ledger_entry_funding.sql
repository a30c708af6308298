-- Prefunding that comes in and goes out.
ALTER TABLE ledger_entry
	DROP CONSTRAINT IF EXISTS ledger_entry_kind_known,
	DROP CONSTRAINT IF EXISTS ledger_entry_kind_funding,
	ADD CONSTRAINT ledger_entry_kind_funding CHECK (kind IN ('PAYMENT', 'RETURN', 'MARKUP', 'ROUNDING', 'FEE', 'SPREAD',
		'PROMOTION', 'DEAL', 'REVALUATION', 'REALISATION', 'SETTLEMENT', 'ADJUSTMENT', 'SCHEDULE', 'FUNDING'))
