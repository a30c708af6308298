-- The days whose positions were revalued, each once.
CREATE TABLE IF NOT EXISTS fx_revaluation (
	id             UUID        NOT NULL,
	region         TEXT        NOT NULL,
	value_day      DATE        NOT NULL,
	currency       TEXT        NOT NULL,
	gain_minor     BIGINT      NOT NULL,
	realised_minor BIGINT      NOT NULL,
	revalued_at    TIMESTAMPTZ NOT NULL,
	CONSTRAINT fx_revaluation_pk PRIMARY KEY (id),
	CONSTRAINT fx_revaluation_day UNIQUE (value_day)
)
