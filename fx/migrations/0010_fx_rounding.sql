-- The rounding of conversions into a currency, where no contract names another.
CREATE TABLE IF NOT EXISTS fx_rounding (
	currency   TEXT        NOT NULL,
	rounding   TEXT        NOT NULL,
	changed_at TIMESTAMPTZ NOT NULL,
	CONSTRAINT fx_rounding_pk PRIMARY KEY (currency),
	CONSTRAINT fx_rounding_name CHECK (rounding IN ('half-even', 'half-up', 'down', 'up'))
)
