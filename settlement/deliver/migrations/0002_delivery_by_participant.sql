CREATE INDEX IF NOT EXISTS report_delivery_by_participant
	ON report_delivery (region, participant_id, state, due_at, place)
