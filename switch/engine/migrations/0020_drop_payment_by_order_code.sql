DROP INDEX IF EXISTS payment_by_order_code
