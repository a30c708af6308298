CREATE INDEX IF NOT EXISTS payment_return_by_duty ON payment_return (region, duty, due_at)
