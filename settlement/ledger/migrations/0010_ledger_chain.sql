CREATE TABLE IF NOT EXISTS ledger_chain (
	region     TEXT        NOT NULL,
	number     BIGINT      NOT NULL,
	hash       BYTEA       NOT NULL,
	owner      UUID        NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL,
	CONSTRAINT ledger_chain_pk PRIMARY KEY (region)
)
