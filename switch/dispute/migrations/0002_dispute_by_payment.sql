CREATE INDEX IF NOT EXISTS dispute_by_payment ON dispute (payment_id)
