DROP INDEX IF EXISTS payment_history_by_payment
