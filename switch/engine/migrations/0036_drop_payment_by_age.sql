DROP INDEX IF EXISTS payment_by_age
