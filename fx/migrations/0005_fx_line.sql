-- The latest rate of each source for each pair, in the direction it was stated:
-- what prices are made from.
CREATE TABLE IF NOT EXISTS fx_line (
	base         TEXT        NOT NULL,
	quote        TEXT        NOT NULL,
	source       TEXT        NOT NULL,
	observed_at  TIMESTAMPTZ NOT NULL,
	mantissa     BIGINT      NOT NULL,
	scale        SMALLINT    NOT NULL,
	bid_mantissa BIGINT      NOT NULL,
	bid_scale    SMALLINT    NOT NULL,
	ask_mantissa BIGINT      NOT NULL,
	ask_scale    SMALLINT    NOT NULL,
	CONSTRAINT fx_line_pk PRIMARY KEY (base, quote, source),
	CONSTRAINT fx_line_value CHECK (mantissa > 0 AND scale BETWEEN 0 AND 18 AND bid_mantissa >= 0 AND ask_mantissa >= 0)
)
