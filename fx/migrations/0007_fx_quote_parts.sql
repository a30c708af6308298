-- The parts of a price that sources, fees and promotions make, and the way of its
-- rate: currencies and sources in the order of the hops, separated by commas.
ALTER TABLE fx_quote
	ADD COLUMN IF NOT EXISTS spread_minor BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS fee_minor BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS promotion_minor BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS sponsor TEXT NOT NULL DEFAULT '',
	ADD COLUMN IF NOT EXISTS via TEXT NOT NULL DEFAULT '',
	ADD COLUMN IF NOT EXISTS sources TEXT NOT NULL DEFAULT ''
