-- What was settled payment by payment in a window, beside its nets.
CREATE TABLE IF NOT EXISTS window_gross (
	window_id      UUID   NOT NULL,
	participant_id TEXT   NOT NULL,
	currency       TEXT   NOT NULL,
	debits_minor   BIGINT NOT NULL,
	credits_minor  BIGINT NOT NULL,
	entries        BIGINT NOT NULL,
	CONSTRAINT window_gross_pk PRIMARY KEY (window_id, participant_id, currency)
)
