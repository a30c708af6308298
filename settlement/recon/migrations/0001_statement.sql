-- Statements of banks and partners that were taken, by the account of ours.
CREATE TABLE IF NOT EXISTS recon_statement (
	statement_id  UUID        NOT NULL,
	account_id    TEXT        NOT NULL,
	source        TEXT        NOT NULL,
	holder        TEXT        NOT NULL,
	reference     TEXT        NOT NULL,
	currency      TEXT        NOT NULL,
	from_day      TIMESTAMPTZ NOT NULL,
	to_day        TIMESTAMPTZ NOT NULL,
	has_balances  BOOLEAN     NOT NULL,
	opening_minor BIGINT      NOT NULL,
	closing_minor BIGINT      NOT NULL,
	sha256        BYTEA       NOT NULL,
	line_count    BIGINT      NOT NULL,
	taken_at      TIMESTAMPTZ NOT NULL,
	CONSTRAINT recon_statement_pk PRIMARY KEY (statement_id)
)
