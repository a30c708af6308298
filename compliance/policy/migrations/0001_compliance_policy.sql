CREATE TABLE IF NOT EXISTS compliance_policy (
	version  BIGINT      NOT NULL,
	state    TEXT        NOT NULL,
	document BYTEA       NOT NULL,
	since    TIMESTAMPTZ NOT NULL,
	CONSTRAINT compliance_policy_pk PRIMARY KEY (version),
	CONSTRAINT compliance_policy_state CHECK (state IN ('SHADOW', 'LIVE', 'RETIRED'))
)
