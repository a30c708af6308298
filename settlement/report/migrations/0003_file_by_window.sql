CREATE INDEX IF NOT EXISTS report_file_by_window ON report_file (window_id, participant_id, place, file_id)
