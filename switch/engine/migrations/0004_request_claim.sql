CREATE TABLE IF NOT EXISTS request_claim (
	participant_id TEXT        NOT NULL,
	operation      TEXT        NOT NULL,
	request_id     TEXT        NOT NULL,
	region         TEXT        NOT NULL,
	checked_hash   BYTEA       NOT NULL,
	subject_id     UUID        NOT NULL,
	claimed_at     TIMESTAMPTZ NOT NULL,
	CONSTRAINT request_claim_pk PRIMARY KEY (participant_id, operation, request_id)
)
