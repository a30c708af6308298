-- Whether the row still says who paid and who was paid.
ALTER TABLE payment ADD COLUMN IF NOT EXISTS personal BOOLEAN NOT NULL DEFAULT true
