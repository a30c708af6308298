-- What happened to declarations, in order.
CREATE TABLE IF NOT EXISTS customs_declaration_event (
	declaration_id UUID        NOT NULL,
	version        BIGINT      NOT NULL,
	region         TEXT        NOT NULL,
	event          TEXT        NOT NULL,
	state          TEXT        NOT NULL,
	happened_at    TIMESTAMPTZ NOT NULL,
	CONSTRAINT customs_declaration_event_pk PRIMARY KEY (declaration_id, version)
)
