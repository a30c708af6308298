CREATE INDEX IF NOT EXISTS obligation_by_subject ON obligation (subject_id, participant_id) WHERE subject_id IS NOT NULL
