DROP INDEX IF EXISTS ledger_entry_by_credit
