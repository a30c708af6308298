-- What was settled while a window was open: money between positions and
-- settlement accounts, which changes what is owed but is not netted again.
CREATE TABLE IF NOT EXISTS window_settled (
	window_id      UUID   NOT NULL,
	participant_id TEXT   NOT NULL,
	currency       TEXT   NOT NULL,
	debits_minor   BIGINT NOT NULL,
	credits_minor  BIGINT NOT NULL,
	entries        BIGINT NOT NULL,
	CONSTRAINT window_settled_pk PRIMARY KEY (window_id, participant_id, currency),
	CONSTRAINT window_settled_debits_grow CHECK (debits_minor >= 0),
	CONSTRAINT window_settled_credits_grow CHECK (credits_minor >= 0)
)
