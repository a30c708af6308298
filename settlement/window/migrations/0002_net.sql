CREATE TABLE IF NOT EXISTS window_net (
	window_id      UUID   NOT NULL,
	participant_id TEXT   NOT NULL,
	currency       TEXT   NOT NULL,
	debits_minor   BIGINT NOT NULL,
	credits_minor  BIGINT NOT NULL,
	entries        BIGINT NOT NULL,
	CONSTRAINT window_net_pk PRIMARY KEY (window_id, participant_id, currency),
	CONSTRAINT window_net_debits_grow CHECK (debits_minor >= 0),
	CONSTRAINT window_net_credits_grow CHECK (credits_minor >= 0)
)
