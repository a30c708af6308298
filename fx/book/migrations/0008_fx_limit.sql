-- How much of a currency the hub may be long or short before somebody is told.
CREATE TABLE IF NOT EXISTS fx_limit (
	currency    TEXT        NOT NULL,
	limit_minor BIGINT      NOT NULL,
	changed_at  TIMESTAMPTZ NOT NULL,
	CONSTRAINT fx_limit_pk PRIMARY KEY (currency),
	CONSTRAINT fx_limit_amount CHECK (limit_minor >= 0)
)
