-- Every entry of the exchange stands under the account of its other side too, so the busiest account has no place here.
CREATE INDEX IF NOT EXISTS ledger_entry_debited ON ledger_entry (debit_account, booked_at, entry_id)
	WHERE debit_account NOT LIKE 'HUB.EXCHANGE.%'
