-- Whether the acquirer is to be told what a registration has come to, and when it is
-- tried next.
ALTER TABLE merchant_registration
	ADD COLUMN IF NOT EXISTS untold BOOLEAN NOT NULL DEFAULT false,
	ADD COLUMN IF NOT EXISTS notice_attempts BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS notice_at TIMESTAMPTZ NOT NULL DEFAULT '2026-01-01T00:00:00Z'
