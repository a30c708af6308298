CREATE INDEX IF NOT EXISTS limit_counter_by_age ON limit_counter (bucket)
