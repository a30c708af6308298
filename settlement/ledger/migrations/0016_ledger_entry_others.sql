CREATE INDEX IF NOT EXISTS ledger_entry_others ON ledger_entry (window_id)
	WHERE kind IN ('SETTLEMENT', 'ADJUSTMENT', 'SCHEDULE')
