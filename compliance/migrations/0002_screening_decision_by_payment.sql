CREATE INDEX IF NOT EXISTS screening_decision_by_payment ON screening_decision (payment_id)
