-- Payers are found by a hash of network, wallet and payer, since their references are
-- sealed.
ALTER TABLE network_customer ADD COLUMN IF NOT EXISTS payer_hash BYTEA NOT NULL DEFAULT ''
