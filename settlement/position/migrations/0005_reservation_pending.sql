CREATE INDEX IF NOT EXISTS reservation_pending ON reservation (region, expires_at) WHERE state = 'PENDING'
