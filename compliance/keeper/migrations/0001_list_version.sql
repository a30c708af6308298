CREATE TABLE IF NOT EXISTS list_version (
	list       TEXT        NOT NULL,
	version    TEXT        NOT NULL,
	fetched_at TIMESTAMPTZ NOT NULL,
	entries    BIGINT      NOT NULL,
	added      BIGINT      NOT NULL,
	changed    BIGINT      NOT NULL,
	removed    BIGINT      NOT NULL,
	CONSTRAINT list_version_pk PRIMARY KEY (list, version)
)
