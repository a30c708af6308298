ALTER TABLE settlement_window
	DROP CONSTRAINT IF EXISTS settlement_window_states,
	ADD CONSTRAINT settlement_window_states CHECK (state IN ('OPEN', 'CLOSING', 'CLOSED', 'SETTLING', 'SETTLED',
		'ABORTED'))
