CREATE UNIQUE INDEX IF NOT EXISTS network_customer_by_payer ON network_customer (payer_hash)
