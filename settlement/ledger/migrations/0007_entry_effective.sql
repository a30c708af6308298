-- When an entry takes effect for its owners; without a value, when it was booked.
ALTER TABLE ledger_entry ADD COLUMN IF NOT EXISTS effective_at TIMESTAMPTZ
