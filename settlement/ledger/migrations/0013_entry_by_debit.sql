CREATE INDEX IF NOT EXISTS ledger_entry_by_debit ON ledger_entry (debit_account, booked_at, entry_id)
