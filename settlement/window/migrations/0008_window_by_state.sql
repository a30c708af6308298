CREATE INDEX IF NOT EXISTS settlement_window_by_state ON settlement_window (region, state, number)
