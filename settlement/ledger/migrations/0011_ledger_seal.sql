CREATE TABLE IF NOT EXISTS ledger_seal (
	region      TEXT        NOT NULL,
	number      BIGINT      NOT NULL,
	hash        BYTEA       NOT NULL,
	signed_at   TIMESTAMPTZ NOT NULL,
	key_version BIGINT      NOT NULL,
	signature   BYTEA       NOT NULL,
	CONSTRAINT ledger_seal_pk PRIMARY KEY (region, number)
)
