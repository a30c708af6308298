-- Disputes that still say why, by their end.
CREATE INDEX IF NOT EXISTS dispute_by_age ON dispute (region, closed_at) WHERE why <> ''
