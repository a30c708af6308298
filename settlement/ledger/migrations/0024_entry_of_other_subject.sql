-- The entries of a payment itself are found by ledger_entry_once; what is about it and of another subject, such as a
-- return, needs a place of its own.
CREATE INDEX IF NOT EXISTS ledger_entry_of_other_subject ON ledger_entry (payment_id) WHERE subject_id <> payment_id
