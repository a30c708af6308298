CREATE INDEX IF NOT EXISTS ledger_entry_by_payment ON ledger_entry (payment_id, subject_id, sequence)
