-- Which hub of the region delivers to a participant, so that one does.
CREATE TABLE IF NOT EXISTS report_courier (
	region         TEXT        NOT NULL,
	participant_id TEXT        NOT NULL,
	owner          UUID        NOT NULL,
	expires_at     TIMESTAMPTZ NOT NULL,
	CONSTRAINT report_courier_pk PRIMARY KEY (region, participant_id)
)
