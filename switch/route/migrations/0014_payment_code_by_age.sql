CREATE INDEX IF NOT EXISTS payment_code_by_age ON payment_code (expires_at)
