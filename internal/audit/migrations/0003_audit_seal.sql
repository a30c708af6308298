CREATE TABLE IF NOT EXISTS audit_seal (
	chain       TEXT        NOT NULL,
	sequence    BIGINT      NOT NULL,
	hash        BYTEA       NOT NULL,
	sealed_at   TIMESTAMPTZ NOT NULL,
	key_version BIGINT      NOT NULL,
	signature   BYTEA       NOT NULL,
	CONSTRAINT audit_seal_pk PRIMARY KEY (chain, sequence)
)
