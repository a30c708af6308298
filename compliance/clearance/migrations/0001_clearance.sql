CREATE TABLE IF NOT EXISTS clearance (
	party_hash    TEXT        NOT NULL,
	list          TEXT        NOT NULL,
	entry         TEXT        NOT NULL,
	entry_version TEXT        NOT NULL,
	cleared_at    TIMESTAMPTZ NOT NULL,
	expires_at    TIMESTAMPTZ NOT NULL,
	proposer_id   UUID        NOT NULL,
	decider_id    UUID        NOT NULL,
	CONSTRAINT clearance_pk PRIMARY KEY (party_hash, list, entry),
	CONSTRAINT clearance_four_eyes CHECK (proposer_id <> decider_id),
	CONSTRAINT clearance_ends CHECK (expires_at > cleared_at)
)
