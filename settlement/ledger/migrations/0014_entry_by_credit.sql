CREATE INDEX IF NOT EXISTS ledger_entry_by_credit ON ledger_entry (credit_account, booked_at, entry_id)
