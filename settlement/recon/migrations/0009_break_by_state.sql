CREATE INDEX IF NOT EXISTS recon_break_by_state ON recon_break (state, account_id, value_day, break_id)
