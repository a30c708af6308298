-- Only posted payments belong to a window.
CREATE INDEX IF NOT EXISTS payment_posted_in ON payment (window_id, completed_at) WHERE state = 'POSTED'
