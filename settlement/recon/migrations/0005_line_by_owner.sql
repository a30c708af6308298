CREATE INDEX IF NOT EXISTS recon_line_by_owner ON recon_line (belongs_to)
