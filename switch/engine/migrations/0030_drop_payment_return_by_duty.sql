DROP INDEX IF EXISTS payment_return_by_duty
