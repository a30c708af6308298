CREATE TABLE IF NOT EXISTS obligation (
	obligation_id  UUID        NOT NULL,
	window_id      UUID        NOT NULL,
	region         TEXT        NOT NULL,
	participant_id TEXT        NOT NULL,
	direction      TEXT        NOT NULL,
	currency       TEXT        NOT NULL,
	amount_minor   BIGINT      NOT NULL,
	value_date     TIMESTAMPTZ NOT NULL,
	instruction    BYTEA       NOT NULL,
	created_at     TIMESTAMPTZ NOT NULL,
	CONSTRAINT obligation_pk PRIMARY KEY (obligation_id),
	CONSTRAINT obligation_once UNIQUE (window_id, participant_id, currency),
	CONSTRAINT obligation_positive CHECK (amount_minor > 0),
	CONSTRAINT obligation_direction CHECK (direction IN ('PAY_IN', 'PAY_OUT'))
)
