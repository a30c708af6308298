-- Which payment codes are issued by other networks: a code belongs to the longest
-- prefix that it begins with. A network has one row for each of its agreements.
CREATE TABLE IF NOT EXISTS issuer_prefix (
	prefix         TEXT NOT NULL,
	participant_id TEXT NOT NULL,
	CONSTRAINT issuer_prefix_pk PRIMARY KEY (prefix, participant_id)
)
