-- The balances of a version of the past.
ALTER TABLE recon_statement_version
	ADD COLUMN IF NOT EXISTS has_balances BOOLEAN NOT NULL DEFAULT false,
	ADD COLUMN IF NOT EXISTS opening_minor BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS closing_minor BIGINT NOT NULL DEFAULT 0
