-- Payments that nothing is to be done about any more leave the index.
CREATE INDEX IF NOT EXISTS payment_by_open_duty ON payment (region, duty, due_at) WHERE duty <> 'NONE'
