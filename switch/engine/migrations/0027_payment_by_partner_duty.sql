-- By whom a duty calls: what is due with one partner is read without what is due with others.
CREATE INDEX IF NOT EXISTS payment_by_partner_duty ON payment (region,
	(CASE duty WHEN 'PUSH' THEN acquirer_id WHEN 'EXPIRE' THEN '' ELSE wallet_id END), due_at) WHERE duty <> 'NONE'
