CREATE INDEX IF NOT EXISTS payment_return_by_window ON payment_return (window_id, completed_at)
