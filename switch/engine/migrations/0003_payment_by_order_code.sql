CREATE INDEX IF NOT EXISTS payment_by_order_code ON payment (order_code)
