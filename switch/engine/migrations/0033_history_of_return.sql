-- The history of a payment itself is found by payment_history_pk.
CREATE INDEX IF NOT EXISTS payment_history_of_return ON payment_history (payment_id) WHERE subject_id <> payment_id
