CREATE TABLE IF NOT EXISTS position_threshold (
	participant_id TEXT     NOT NULL,
	percent        SMALLINT NOT NULL,
	CONSTRAINT position_threshold_pk PRIMARY KEY (participant_id, percent),
	CONSTRAINT position_threshold_percent CHECK (percent BETWEEN 1 AND 100)
)
