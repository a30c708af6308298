CREATE INDEX IF NOT EXISTS payment_by_duty ON payment (region, duty, due_at)
