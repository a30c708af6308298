CREATE INDEX IF NOT EXISTS recon_statement_by_account ON recon_statement (account_id, to_day, statement_id)
