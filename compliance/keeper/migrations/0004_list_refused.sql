CREATE TABLE IF NOT EXISTS list_refused (
	list        TEXT        NOT NULL,
	version     TEXT        NOT NULL,
	seen_at     TIMESTAMPTZ NOT NULL,
	entries     BIGINT      NOT NULL,
	added       BIGINT      NOT NULL,
	changed     BIGINT      NOT NULL,
	removed     BIGINT      NOT NULL,
	problem     TEXT        NOT NULL,
	accepted_at TIMESTAMPTZ,
	CONSTRAINT list_refused_pk PRIMARY KEY (list)
)
