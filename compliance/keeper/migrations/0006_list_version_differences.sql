-- What became of which entry since the version before, packed; as much as has room.
ALTER TABLE list_version ADD COLUMN IF NOT EXISTS differences BYTEA NOT NULL DEFAULT ''
