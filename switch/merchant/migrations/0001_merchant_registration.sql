-- What acquirers asked to register, by the id of the request; the merchant's data is as
-- the acquirer sent it.
CREATE TABLE IF NOT EXISTS merchant_registration (
	acquirer_id   TEXT        NOT NULL,
	request_id    TEXT        NOT NULL,
	region        TEXT        NOT NULL,
	merchant_id   TEXT        NOT NULL,
	store_id      TEXT        NOT NULL,
	checked_hash  BYTEA       NOT NULL,
	body          TEXT        NOT NULL,
	registered_at TIMESTAMPTZ NOT NULL,
	CONSTRAINT merchant_registration_pk PRIMARY KEY (acquirer_id, request_id)
)
