-- Pairs that must not be priced and sources that must not price, and those that
-- were. A stop is active until it is lifted.
CREATE TABLE IF NOT EXISTS fx_stop (
	id        UUID        NOT NULL,
	subject   TEXT        NOT NULL,
	base      TEXT        NOT NULL,
	quote     TEXT        NOT NULL,
	source    TEXT        NOT NULL,
	why       TEXT        NOT NULL,
	automatic BOOLEAN     NOT NULL,
	since_at  TIMESTAMPTZ NOT NULL,
	lifted_at TIMESTAMPTZ NULL,
	CONSTRAINT fx_stop_pk PRIMARY KEY (id),
	CONSTRAINT fx_stop_what CHECK ((base = '') = (quote = '') AND (base <> '' OR source <> ''))
)
