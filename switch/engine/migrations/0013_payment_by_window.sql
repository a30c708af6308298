CREATE INDEX IF NOT EXISTS payment_by_window ON payment (window_id, completed_at)
