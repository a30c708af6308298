CREATE INDEX IF NOT EXISTS recon_line_by_statement ON recon_line (statement_id)
