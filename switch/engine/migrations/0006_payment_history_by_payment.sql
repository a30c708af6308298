CREATE INDEX IF NOT EXISTS payment_history_by_payment ON payment_history (payment_id, happened_at)
