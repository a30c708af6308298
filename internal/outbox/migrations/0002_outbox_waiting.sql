CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (region, shard, at, version, id) WHERE NOT published
