-- What a window comes to is asked for participants. Most entries of a payment move money between accounts of the hub.
CREATE INDEX IF NOT EXISTS ledger_entry_of_participant ON ledger_entry (window_id, payment_id)
	WHERE debit_account NOT LIKE 'HUB.%' OR credit_account NOT LIKE 'HUB.%'
