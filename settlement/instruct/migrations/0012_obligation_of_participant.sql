CREATE INDEX IF NOT EXISTS obligation_of_participant ON obligation (participant_id, created_at, obligation_id)
	WHERE subject_id IS NOT NULL
