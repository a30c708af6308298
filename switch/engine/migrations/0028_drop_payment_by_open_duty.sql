DROP INDEX IF EXISTS payment_by_open_duty
