CREATE TABLE IF NOT EXISTS payment_code (
	code_hash       BYTEA       NOT NULL,
	region          TEXT        NOT NULL,
	wallet_id       TEXT        NOT NULL,
	payer_reference TEXT        NOT NULL,
	payer_name      TEXT        NOT NULL,
	valid_from      TIMESTAMPTZ NOT NULL,
	expires_at      TIMESTAMPTZ NOT NULL,
	used_by         UUID        NOT NULL,
	CONSTRAINT payment_code_pk PRIMARY KEY (code_hash)
)
