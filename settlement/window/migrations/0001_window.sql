CREATE TABLE IF NOT EXISTS settlement_window (
	window_id  UUID        NOT NULL,
	region     TEXT        NOT NULL,
	number     BIGINT      NOT NULL,
	state      TEXT        NOT NULL,
	opened_at  TIMESTAMPTZ NOT NULL,
	changed_at TIMESTAMPTZ NOT NULL,
	CONSTRAINT settlement_window_pk PRIMARY KEY (window_id),
	CONSTRAINT settlement_window_number UNIQUE (region, number),
	CONSTRAINT settlement_window_state CHECK (state IN ('OPEN', 'CLOSED', 'INSTRUCTED'))
)
