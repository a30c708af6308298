ALTER TABLE participant_position
	DROP CONSTRAINT IF EXISTS participant_position_paying_not_negative,
	ADD CONSTRAINT participant_position_paying_not_negative CHECK (paying_minor >= 0)
