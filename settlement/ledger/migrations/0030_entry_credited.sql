-- As ledger_entry_debited.
CREATE INDEX IF NOT EXISTS ledger_entry_credited ON ledger_entry (credit_account, booked_at, entry_id)
	WHERE credit_account NOT LIKE 'HUB.EXCHANGE.%'
