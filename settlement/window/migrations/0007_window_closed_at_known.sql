UPDATE settlement_window SET closed_at = changed_at WHERE closed_at IS NULL AND state <> 'OPEN'
