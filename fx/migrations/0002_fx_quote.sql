-- A price locked for one leg of one payment. used_at and used_by are set once.
-- Between equal currencies there is no rate: its pair is empty, its mantissas 0.
CREATE TABLE IF NOT EXISTS fx_quote (
	id             UUID        NOT NULL,
	region         TEXT        NOT NULL,
	payment_id     UUID        NOT NULL,
	leg            TEXT        NOT NULL,
	participant_id TEXT        NOT NULL,
	from_currency  TEXT        NOT NULL,
	from_minor     BIGINT      NOT NULL,
	to_currency    TEXT        NOT NULL,
	to_minor       BIGINT      NOT NULL,
	rate_base      TEXT        NOT NULL,
	rate_quote     TEXT        NOT NULL,
	rate_mantissa  BIGINT      NOT NULL,
	rate_scale     SMALLINT    NOT NULL,
	mid_mantissa   BIGINT      NOT NULL,
	mid_scale      SMALLINT    NOT NULL,
	at_mid_minor   BIGINT      NOT NULL,
	markup_minor   BIGINT      NOT NULL,
	residue_minor  BIGINT      NOT NULL,
	quoted_at      TIMESTAMPTZ NOT NULL,
	expires_at     TIMESTAMPTZ NOT NULL,
	used_at        TIMESTAMPTZ NULL,
	used_by        UUID        NULL,
	CONSTRAINT fx_quote_pk PRIMARY KEY (id),
	CONSTRAINT fx_quote_leg CHECK (leg IN ('payer', 'merchant', 'return-payer', 'return-merchant')),
	CONSTRAINT fx_quote_amounts CHECK (from_minor > 0 AND to_minor > 0 AND markup_minor >= 0),
	CONSTRAINT fx_quote_rate CHECK (
		(from_currency = to_currency AND rate_mantissa = 0 AND mid_mantissa = 0 AND from_minor = to_minor)
		OR (from_currency <> to_currency AND rate_mantissa > 0 AND mid_mantissa > 0)),
	CONSTRAINT fx_quote_life CHECK (expires_at > quoted_at),
	CONSTRAINT fx_quote_use CHECK (
		(used_at IS NULL AND used_by IS NULL)
		OR (used_at IS NOT NULL AND used_by IS NOT NULL AND used_at < expires_at AND used_by = payment_id))
)
