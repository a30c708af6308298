CREATE INDEX IF NOT EXISTS fx_quote_payment ON fx_quote (payment_id)
