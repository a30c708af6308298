CREATE TABLE IF NOT EXISTS participant_position (
	participant_id TEXT   NOT NULL,
	currency       TEXT   NOT NULL,
	region         TEXT   NOT NULL,
	cap_minor      BIGINT NOT NULL,
	posted_minor   BIGINT NOT NULL,
	reserved_minor BIGINT NOT NULL,
	CONSTRAINT participant_position_pk PRIMARY KEY (participant_id, currency),
	CONSTRAINT participant_position_reserved_not_negative CHECK (reserved_minor >= 0),
	CONSTRAINT participant_position_cap_not_negative CHECK (cap_minor >= 0)
)
