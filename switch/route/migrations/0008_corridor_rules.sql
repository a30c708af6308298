-- When a corridor is open, for which wallets and from which amount. No hours are all
-- hours, no wallets all wallets; the hours are in the form of route.ParseHours, the
-- wallets separated by spaces.
ALTER TABLE corridor
	ADD COLUMN IF NOT EXISTS minimum_minor BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS hours TEXT NOT NULL DEFAULT '',
	ADD COLUMN IF NOT EXISTS wallets TEXT NOT NULL DEFAULT '',
	ADD COLUMN IF NOT EXISTS closed BOOLEAN NOT NULL DEFAULT false
