-- wallet_id and payer_reference name the partner and its reference of the person: a wallet
-- and its customer, or an acquirer and the merchant that is paid. Of what is kept, kept_open
-- is not over.
ALTER TABLE erasure
	ADD COLUMN IF NOT EXISTS side TEXT NOT NULL DEFAULT 'PAYER',
	ADD COLUMN IF NOT EXISTS declarations BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS kept_open BIGINT NOT NULL DEFAULT 0
