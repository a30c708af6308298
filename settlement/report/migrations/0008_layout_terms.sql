-- What else the files were first issued by, and configuration may say otherwise later: the
-- agreement in their names, the value date, and the first window that is settled on it.
ALTER TABLE report_layout
	ADD COLUMN IF NOT EXISTS agreement TEXT,
	ADD COLUMN IF NOT EXISTS value_date TIMESTAMPTZ,
	ADD COLUMN IF NOT EXISTS day_from BIGINT
