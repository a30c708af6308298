ALTER TABLE obligation
	DROP CONSTRAINT IF EXISTS obligation_states,
	DROP CONSTRAINT IF EXISTS obligation_not_more,
	ADD CONSTRAINT obligation_states CHECK (state IN ('INSTRUCTED', 'PARTLY', 'FAILED', 'SETTLED', 'MOVED', 'COVERED')),
	ADD CONSTRAINT obligation_not_more CHECK (discharged_minor >= 0 AND discharged_minor <= amount_minor)
