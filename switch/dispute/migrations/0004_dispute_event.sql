-- What happened to disputes, in order.
CREATE TABLE IF NOT EXISTS dispute_event (
	dispute_id  UUID        NOT NULL,
	version     BIGINT      NOT NULL,
	region      TEXT        NOT NULL,
	event       TEXT        NOT NULL,
	state       TEXT        NOT NULL,
	happened_at TIMESTAMPTZ NOT NULL,
	CONSTRAINT dispute_event_pk PRIMARY KEY (dispute_id, version)
)
