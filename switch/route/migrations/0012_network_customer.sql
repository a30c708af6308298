-- Payers of our wallets as other networks know them: by an id that says nothing. They are
-- found by a hash of network, wallet and payer.
CREATE TABLE IF NOT EXISTS network_customer (
	customer_id     TEXT        NOT NULL,
	region          TEXT        NOT NULL,
	network_id      TEXT        NOT NULL,
	payer_hash      BYTEA       NOT NULL,
	wallet_id       TEXT        NOT NULL,
	payer_reference TEXT        NOT NULL,
	payer_name      TEXT        NOT NULL,
	created_at      TIMESTAMPTZ NOT NULL,
	CONSTRAINT network_customer_pk PRIMARY KEY (customer_id),
	CONSTRAINT network_customer_payer UNIQUE (payer_hash)
)
