-- In which order the statements of an account were taken, a corrected one in the place of
-- its first version.
ALTER TABLE recon_statement ADD COLUMN IF NOT EXISTS taken_number BIGINT NOT NULL DEFAULT 0
