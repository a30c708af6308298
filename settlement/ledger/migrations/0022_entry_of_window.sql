-- As ledger_entry_of_payment: the few entries of a payment are put in order when they are read.
CREATE INDEX IF NOT EXISTS ledger_entry_of_window ON ledger_entry (window_id, payment_id)
