-- The version that was in force, which the changes are against; '' if there was none or nobody wrote it down.
ALTER TABLE list_refused ADD COLUMN IF NOT EXISTS previous TEXT NOT NULL DEFAULT ''
