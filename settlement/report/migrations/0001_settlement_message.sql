CREATE TABLE IF NOT EXISTS settlement_message (
	message_id     UUID        NOT NULL,
	window_id      UUID        NOT NULL,
	region         TEXT        NOT NULL,
	participant_id TEXT        NOT NULL,
	currency       TEXT        NOT NULL,
	name           TEXT        NOT NULL,
	part           BIGINT      NOT NULL,
	body           BYTEA       NOT NULL,
	created_at     TIMESTAMPTZ NOT NULL,
	CONSTRAINT settlement_message_pk PRIMARY KEY (message_id),
	CONSTRAINT settlement_message_once UNIQUE (window_id, participant_id, currency, name, part)
)
