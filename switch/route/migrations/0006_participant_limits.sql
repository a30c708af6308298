-- What is served of a participant and what it is asked; 0 means the connector's
-- default.
ALTER TABLE participant
	ADD COLUMN IF NOT EXISTS inbound_per_second BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS inbound_burst BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS inbound_at_once BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS outbound_per_second BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS outbound_burst BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS outbound_at_once BIGINT NOT NULL DEFAULT 0
