CREATE INDEX IF NOT EXISTS audit_entry_by_time ON audit_entry (recorded_at, entry_id)
