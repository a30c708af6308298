CREATE TABLE IF NOT EXISTS screening_decision (
	decision_id    UUID        NOT NULL,
	region         TEXT        NOT NULL,
	payment_id     UUID        NOT NULL,
	outcome        TEXT        NOT NULL,
	hits           JSONB       NOT NULL,
	list_version   TEXT        NOT NULL,
	engine_version TEXT        NOT NULL,
	decided_at     TIMESTAMPTZ NOT NULL,
	CONSTRAINT screening_decision_pk PRIMARY KEY (decision_id),
	CONSTRAINT screening_decision_outcome CHECK (outcome IN ('PASS', 'REJECT'))
)
