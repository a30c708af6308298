CREATE INDEX IF NOT EXISTS agreement_token_by_agreement ON agreement_token (agreement_id)
