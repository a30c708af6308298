CREATE INDEX IF NOT EXISTS report_file_by_created ON report_file (participant_id, created_at, file_id)
