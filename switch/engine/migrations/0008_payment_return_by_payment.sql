CREATE INDEX IF NOT EXISTS payment_return_by_payment ON payment_return (payment_id, created_at)
