CREATE INDEX IF NOT EXISTS limit_use_by_age ON limit_use (taken_at)
