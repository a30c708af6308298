CREATE INDEX IF NOT EXISTS payment_return_by_partner_duty ON payment_return (region, wallet_id, due_at) WHERE duty <> 'NONE'
