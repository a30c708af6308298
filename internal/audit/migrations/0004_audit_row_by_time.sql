CREATE INDEX IF NOT EXISTS audit_row_by_time ON audit_row (chain, recorded_at, entry_id)
