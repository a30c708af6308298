-- Who paid is forgotten of payments that nothing is to be done about any more: only these have a place.
CREATE INDEX IF NOT EXISTS payment_over_by_age ON payment (region, created_at) WHERE personal AND duty = 'NONE'
