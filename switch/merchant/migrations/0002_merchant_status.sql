-- Whether a merchant, or a store of it, may be paid by the payers of a wallet.
CREATE TABLE IF NOT EXISTS merchant_status (
	acquirer_id TEXT        NOT NULL,
	merchant_id TEXT        NOT NULL,
	store_id    TEXT        NOT NULL,
	wallet_id   TEXT        NOT NULL,
	request_id  TEXT        NOT NULL,
	status      TEXT        NOT NULL,
	why         TEXT        NOT NULL,
	changed_at  TIMESTAMPTZ NOT NULL,
	CONSTRAINT merchant_status_pk PRIMARY KEY (acquirer_id, merchant_id, store_id, wallet_id),
	CONSTRAINT merchant_status_known CHECK (status IN ('PENDING', 'REGISTERED', 'REFUSED'))
)
