-- What lines are known by, so that one that comes again is found.
CREATE TABLE IF NOT EXISTS recon_key (
	account_id TEXT NOT NULL,
	side       TEXT NOT NULL,
	line_key   TEXT NOT NULL,
	line_id    UUID NOT NULL,
	CONSTRAINT recon_key_pk PRIMARY KEY (account_id, side, line_key, line_id)
)
