-- When the window stopped taking payments, NULL while it is open. Statements and
-- value dates go by it, whatever happens to the window later.
ALTER TABLE settlement_window ADD COLUMN IF NOT EXISTS closed_at TIMESTAMPTZ
