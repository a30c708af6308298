-- What the merchant is called, a JSON array, sealed; empty for registrations from before.
ALTER TABLE merchant_registration ADD COLUMN IF NOT EXISTS names TEXT NOT NULL DEFAULT ''
