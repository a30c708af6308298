-- One row for each region: who publishes, and how far the stream is known.
CREATE TABLE IF NOT EXISTS outbox_relay (
	region          TEXT        NOT NULL,
	owner           UUID        NOT NULL,
	fence           BIGINT      NOT NULL,
	expires_at      TIMESTAMPTZ NOT NULL,
	stream_epoch    BIGINT      NOT NULL,
	stream_sequence BIGINT      NOT NULL,
	stream_event    UUID        NOT NULL,
	purged_to       TIMESTAMPTZ NOT NULL,
	CONSTRAINT outbox_relay_pk PRIMARY KEY (region),
	CONSTRAINT outbox_relay_sequence CHECK (stream_sequence >= 0)
)
