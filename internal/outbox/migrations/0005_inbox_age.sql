CREATE INDEX IF NOT EXISTS inbox_age ON inbox (shard, at)
