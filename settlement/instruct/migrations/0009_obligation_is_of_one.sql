ALTER TABLE obligation
	DROP CONSTRAINT IF EXISTS obligation_of_one,
	ADD CONSTRAINT obligation_of_one CHECK ((window_id IS NULL) <> (subject_id IS NULL))
