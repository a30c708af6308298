CREATE TABLE IF NOT EXISTS dead_letter (
	event_id       UUID        NOT NULL,
	region         TEXT        NOT NULL,
	consumer       TEXT        NOT NULL,
	participant_id TEXT        NOT NULL,
	payment_id     UUID        NOT NULL,
	problem        TEXT        NOT NULL,
	attempts       BIGINT      NOT NULL,
	died_at        TIMESTAMPTZ NOT NULL,
	replays        BIGINT      NOT NULL,
	replayed       BOOLEAN     NOT NULL,
	CONSTRAINT dead_letter_pk PRIMARY KEY (event_id)
)
