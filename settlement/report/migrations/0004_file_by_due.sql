CREATE INDEX IF NOT EXISTS report_file_by_due ON report_file (participant_id, due_at, place, file_id)
