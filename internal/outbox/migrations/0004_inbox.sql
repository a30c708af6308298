-- What each consumer has applied.
CREATE TABLE IF NOT EXISTS inbox (
	consumer TEXT        NOT NULL,
	event_id UUID        NOT NULL,
	shard    SMALLINT    NOT NULL,
	at       TIMESTAMPTZ NOT NULL,
	CONSTRAINT inbox_pk PRIMARY KEY (consumer, event_id),
	CONSTRAINT inbox_shard CHECK (shard >= 0 AND shard < 16)
)
