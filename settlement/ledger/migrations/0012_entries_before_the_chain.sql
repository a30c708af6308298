-- What was booked before there was a chain is its beginning.
INSERT INTO ledger_unsealed (region, entry_id)
SELECT e.region, e.entry_id FROM ledger_entry e
LEFT JOIN ledger_link l ON l.region = e.region AND l.entry_id = e.entry_id
WHERE l.entry_id IS NULL
ON CONFLICT (region, entry_id) DO NOTHING
