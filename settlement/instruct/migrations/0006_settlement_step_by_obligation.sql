CREATE INDEX IF NOT EXISTS settlement_step_by_obligation ON settlement_step (obligation_id, at, step_id)
