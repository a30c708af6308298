-- The version that was in force before, which the changes are against; '' if there was none or nobody wrote it down.
ALTER TABLE list_version ADD COLUMN IF NOT EXISTS previous TEXT NOT NULL DEFAULT ''
