-- What became of which entry, packed; as much as has room.
ALTER TABLE list_refused ADD COLUMN IF NOT EXISTS differences BYTEA NOT NULL DEFAULT ''
