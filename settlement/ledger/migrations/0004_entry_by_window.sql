CREATE INDEX IF NOT EXISTS ledger_entry_by_window ON ledger_entry (window_id, payment_id, subject_id, sequence)
