-- What all windows of a region before one with a number bring into it, kept now and then, so that
-- it need not be added up from the first window on.
CREATE TABLE IF NOT EXISTS window_carried (
	region         TEXT   NOT NULL,
	number         BIGINT NOT NULL,
	participant_id TEXT   NOT NULL,
	currency       TEXT   NOT NULL,
	debits_minor   BIGINT NOT NULL,
	credits_minor  BIGINT NOT NULL,
	entries        BIGINT NOT NULL,
	CONSTRAINT window_carried_pk PRIMARY KEY (region, number, participant_id, currency)
)
