-- How many entries wait together: one and those of the same subject behind it.
ALTER TABLE ledger_unsealed ADD COLUMN IF NOT EXISTS entries SMALLINT NOT NULL DEFAULT 1
