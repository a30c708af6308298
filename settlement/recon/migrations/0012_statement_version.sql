-- Versions of statements that a corrected one has taken the place of.
CREATE TABLE IF NOT EXISTS recon_statement_version (
	statement_id UUID        NOT NULL,
	version      BIGINT      NOT NULL,
	from_day     TIMESTAMPTZ NOT NULL,
	to_day       TIMESTAMPTZ NOT NULL,
	sha256       BYTEA       NOT NULL,
	line_count   BIGINT      NOT NULL,
	taken_at     TIMESTAMPTZ NOT NULL,
	replaced_at  TIMESTAMPTZ NOT NULL,
	CONSTRAINT recon_statement_version_pk PRIMARY KEY (statement_id, version)
)
