-- The files that were issued. What is in them is a function of the books; the
-- body is kept of signatures alone, which are not.
CREATE TABLE IF NOT EXISTS report_file (
	file_id        UUID        NOT NULL,
	window_id      UUID        NOT NULL,
	region         TEXT        NOT NULL,
	participant_id TEXT        NOT NULL,
	currency       TEXT        NOT NULL,
	kind           TEXT        NOT NULL,
	part           BIGINT      NOT NULL,
	path           TEXT        NOT NULL,
	row_count      BIGINT      NOT NULL,
	byte_count     BIGINT      NOT NULL,
	sha256         BYTEA       NOT NULL,
	body           BYTEA       NOT NULL,
	place          BIGINT      NOT NULL,
	due_at         TIMESTAMPTZ NOT NULL,
	created_at     TIMESTAMPTZ NOT NULL,
	CONSTRAINT report_file_pk PRIMARY KEY (file_id),
	CONSTRAINT report_file_path UNIQUE (path)
)
