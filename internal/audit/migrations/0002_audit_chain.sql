CREATE TABLE IF NOT EXISTS audit_chain (
	chain    TEXT   NOT NULL,
	sequence BIGINT NOT NULL,
	hash     BYTEA  NOT NULL,
	CONSTRAINT audit_chain_pk PRIMARY KEY (chain)
)
