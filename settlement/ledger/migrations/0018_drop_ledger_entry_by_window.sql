-- What a window is asked for is found by account or in ledger_entry_others.
DROP INDEX IF EXISTS ledger_entry_by_window
