-- Events that were committed with the change they tell of. The key begins with
-- region and shard, so that writers spread out and a region's rows stay in it.
-- A row stays after it was published, with its place in the stream, so that a
-- stream that has lost messages can be filled again.
CREATE TABLE IF NOT EXISTS outbox (
	region          TEXT        NOT NULL,
	shard           SMALLINT    NOT NULL,
	at              TIMESTAMPTZ NOT NULL,
	version         BIGINT      NOT NULL,
	id              UUID        NOT NULL,
	aggregate       UUID        NOT NULL,
	subject         TEXT        NOT NULL,
	payload         BYTEA       NOT NULL,
	traceparent     TEXT        NOT NULL,
	published       BOOLEAN     NOT NULL,
	stream_epoch    BIGINT      NOT NULL,
	stream_sequence BIGINT      NOT NULL,
	CONSTRAINT outbox_pk PRIMARY KEY (region, shard, at, version, id),
	CONSTRAINT outbox_shard CHECK (shard >= 0 AND shard < 16),
	CONSTRAINT outbox_sequence CHECK (stream_sequence >= 0)
)
