DROP INDEX IF EXISTS ledger_entry_of_window
