CREATE TABLE IF NOT EXISTS limit_counter (
	counter      BYTEA       NOT NULL,
	bucket       TIMESTAMPTZ NOT NULL,
	region       TEXT        NOT NULL,
	amount_minor BIGINT      NOT NULL,
	payments     BIGINT      NOT NULL,
	CONSTRAINT limit_counter_pk PRIMARY KEY (counter, bucket),
	CONSTRAINT limit_counter_not_negative CHECK (payments >= 0 AND amount_minor >= 0)
)
