CREATE INDEX IF NOT EXISTS agreement_by_wallet ON agreement (wallet_id, client_id, reference_id)
