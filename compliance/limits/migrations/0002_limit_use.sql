CREATE TABLE IF NOT EXISTS limit_use (
	payment_id   UUID        NOT NULL,
	counter      BYTEA       NOT NULL,
	bucket       TIMESTAMPTZ NOT NULL,
	region       TEXT        NOT NULL,
	amount_minor BIGINT      NOT NULL,
	taken_at     TIMESTAMPTZ NOT NULL,
	CONSTRAINT limit_use_pk PRIMARY KEY (payment_id, counter)
)
