CREATE TABLE IF NOT EXISTS corridor (
	payer_country         TEXT   NOT NULL,
	merchant_country      TEXT   NOT NULL,
	payer_markup_points   BIGINT NOT NULL,
	merchant_markup_points BIGINT NOT NULL,
	limit_currency        TEXT   NOT NULL,
	limit_minor           BIGINT NOT NULL,
	CONSTRAINT corridor_pk PRIMARY KEY (payer_country, merchant_country),
	CONSTRAINT corridor_markup CHECK (payer_markup_points >= 0 AND payer_markup_points < 10000
		AND merchant_markup_points >= 0 AND merchant_markup_points < 10000),
	CONSTRAINT corridor_limit CHECK (limit_minor > 0)
)
