CREATE INDEX IF NOT EXISTS recon_line_by_account ON recon_line (account_id, state, side, booked_at)
