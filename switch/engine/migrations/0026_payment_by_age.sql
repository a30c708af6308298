CREATE INDEX IF NOT EXISTS payment_by_age ON payment (region, created_at) WHERE personal
