CREATE TABLE IF NOT EXISTS proposal (
	proposal_id UUID        NOT NULL,
	kind        TEXT        NOT NULL,
	change      BYTEA       NOT NULL,
	change_hash BYTEA       NOT NULL,
	proposer_id UUID        NOT NULL,
	created_at  TIMESTAMPTZ NOT NULL,
	expires_at  TIMESTAMPTZ NOT NULL,
	state       TEXT        NOT NULL,
	decider_id  UUID        NOT NULL,
	decided_at  TIMESTAMPTZ NOT NULL,
	CONSTRAINT proposal_pk PRIMARY KEY (proposal_id),
	CONSTRAINT proposal_state CHECK (state IN ('OPEN', 'APPROVED', 'REJECTED', 'EXPIRED')),
	CONSTRAINT proposal_four_eyes CHECK (state <> 'APPROVED' OR decider_id <> proposer_id),
	CONSTRAINT proposal_has_decider CHECK (state IN ('OPEN', 'EXPIRED')
		OR decider_id <> '00000000-0000-0000-0000-000000000000'),
	CONSTRAINT proposal_in_time CHECK (state <> 'APPROVED' OR decided_at < expires_at)
)
