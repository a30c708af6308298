-- Entries of a payment have the same key, which the index holds once: few bytes, and few pages that a payment touches.
CREATE INDEX IF NOT EXISTS ledger_entry_of_payment ON ledger_entry (payment_id)
