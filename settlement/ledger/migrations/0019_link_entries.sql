-- How many entries a link holds: one and those of the same subject behind it.
ALTER TABLE ledger_link ADD COLUMN IF NOT EXISTS entries SMALLINT NOT NULL DEFAULT 1
