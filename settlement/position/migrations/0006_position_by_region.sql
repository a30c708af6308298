-- One row per region: the region's part of the cap, and what was posted and
-- reserved there.
ALTER TABLE participant_position
	DROP CONSTRAINT IF EXISTS participant_position_pk,
	ADD CONSTRAINT participant_position_pk PRIMARY KEY (participant_id, currency, region)
