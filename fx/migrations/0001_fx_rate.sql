-- Reference rates as they were observed; nothing is ever changed or removed.
CREATE TABLE IF NOT EXISTS fx_rate (
	base        TEXT        NOT NULL,
	quote       TEXT        NOT NULL,
	observed_at TIMESTAMPTZ NOT NULL,
	source      TEXT        NOT NULL,
	mantissa    BIGINT      NOT NULL,
	scale       SMALLINT    NOT NULL,
	CONSTRAINT fx_rate_pk PRIMARY KEY (base, quote, observed_at, source),
	CONSTRAINT fx_rate_pair CHECK (base <> quote),
	CONSTRAINT fx_rate_source CHECK (source <> '' AND length(source) <= 35),
	CONSTRAINT fx_rate_value CHECK (mantissa > 0 AND scale BETWEEN 0 AND 18)
)
