-- How far an obligation is discharged. What was instructed before is taken for
-- instructed and unpaid.
ALTER TABLE obligation
	ADD COLUMN IF NOT EXISTS state TEXT NOT NULL DEFAULT 'INSTRUCTED',
	ADD COLUMN IF NOT EXISTS discharged_minor BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS attempt BIGINT NOT NULL DEFAULT 1,
	ADD COLUMN IF NOT EXISTS final_at TIMESTAMPTZ
