-- A price on both legs that a participant may pay at, once, until it expires.
-- offer is the JSON of both legs with their quote ids.
CREATE TABLE IF NOT EXISTS fx_firm_quote (
	id            UUID        NOT NULL,
	region        TEXT        NOT NULL,
	owner_id      TEXT        NOT NULL,
	acquirer_id   TEXT        NOT NULL,
	wallet_id     TEXT        NOT NULL,
	product       TEXT        NOT NULL,
	currency      TEXT        NOT NULL,
	amount_minor  BIGINT      NOT NULL,
	offer         BYTEA       NOT NULL,
	quoted_at     TIMESTAMPTZ NOT NULL,
	expires_at    TIMESTAMPTZ NOT NULL,
	used_at       TIMESTAMPTZ NULL,
	used_by       UUID        NULL,
	CONSTRAINT fx_firm_quote_pk PRIMARY KEY (id),
	CONSTRAINT fx_firm_quote_amount CHECK (amount_minor > 0),
	CONSTRAINT fx_firm_quote_life CHECK (expires_at > quoted_at),
	CONSTRAINT fx_firm_quote_owner CHECK (owner_id = acquirer_id OR owner_id = wallet_id),
	CONSTRAINT fx_firm_quote_use CHECK (
		(used_at IS NULL AND used_by IS NULL)
		OR (used_at IS NOT NULL AND used_by IS NOT NULL AND used_at < expires_at))
)
