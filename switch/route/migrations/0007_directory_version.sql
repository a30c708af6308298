-- Every approved change of participants and corridors, in the form in which it was
-- approved.
CREATE TABLE IF NOT EXISTS directory_version (
	version     BIGINT      NOT NULL,
	kind        TEXT        NOT NULL,
	change      TEXT        NOT NULL,
	proposal_id UUID        NOT NULL,
	proposer_id UUID        NOT NULL,
	approver_id UUID        NOT NULL,
	changed_at  TIMESTAMPTZ NOT NULL,
	CONSTRAINT directory_version_pk PRIMARY KEY (version),
	CONSTRAINT directory_version_proposal UNIQUE (proposal_id),
	CONSTRAINT directory_version_number CHECK (version > 0),
	CONSTRAINT directory_version_four_eyes CHECK (proposer_id <> approver_id)
)
