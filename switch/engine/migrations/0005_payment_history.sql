CREATE TABLE IF NOT EXISTS payment_history (
	subject_id    UUID        NOT NULL,
	version       BIGINT      NOT NULL,
	region        TEXT        NOT NULL,
	payment_id    UUID        NOT NULL,
	event         TEXT        NOT NULL,
	state         TEXT        NOT NULL,
	effects       TEXT        NOT NULL,
	reason        TEXT        NOT NULL,
	contradiction BOOLEAN     NOT NULL,
	happened_at   TIMESTAMPTZ NOT NULL,
	CONSTRAINT payment_history_pk PRIMARY KEY (subject_id, version)
)
