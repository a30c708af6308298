-- Settlement of positions, adjustments, and what schedules charge.
ALTER TABLE ledger_entry
	DROP CONSTRAINT IF EXISTS ledger_entry_kinds,
	DROP CONSTRAINT IF EXISTS ledger_entry_kind_known,
	ADD CONSTRAINT ledger_entry_kind_known CHECK (kind IN ('PAYMENT', 'RETURN', 'MARKUP', 'ROUNDING', 'FEE', 'SPREAD',
		'PROMOTION', 'DEAL', 'REVALUATION', 'REALISATION', 'SETTLEMENT', 'ADJUSTMENT', 'SCHEDULE'))
