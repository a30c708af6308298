-- Few payments have an order code; the others need no place in its index.
CREATE INDEX IF NOT EXISTS payment_by_code ON payment (order_code) WHERE order_code <> ''
