ALTER TABLE ledger_entry DROP CONSTRAINT IF EXISTS ledger_entry_kind
